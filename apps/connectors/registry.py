"""The kinds of outside system a connection may have, and how to open each."""

from collections.abc import Callable
from dataclasses import dataclass

from apps.connectors.base import Chat, ConnectorError, Inbound, Secrets, Settings, TicketDesk
from apps.connectors.servicenow import config as servicenow
from apps.connectors.servicenow.client import ServiceNowDesk
from apps.connectors.slack import config as slack
from apps.connectors.slack import inbound as slack_inbound
from apps.connectors.slack.client import SlackChat
from apps.core.http import Http, HttpProblem

NOT_USED = "configured; not used by this version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of connection: the keys its configuration takes and what can be opened.

    settings: keys that may be shown; secrets: keys that are kept encrypted; required: those of
    both that must be there. hears: it may post to /hooks/. `inbound`, `desk` and `chat` are
    what this version can do with it.
    """

    key: str
    settings: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    default_base_url: str = ""
    hears: bool = False
    inbound: Inbound | None = None
    desk: Callable[[str, Settings, Secrets], TicketDesk] | None = None
    chat: Callable[[str, Settings, Secrets], Chat] | None = None

    @property
    def supported(self) -> bool:
        """Whether this version does anything with such a connection."""
        return bool(self.inbound or self.desk or self.chat)

    @property
    def note(self) -> str:
        """What to tell the one who configures it; "" when there is nothing to say."""
        return "" if self.supported else NOT_USED


def open_desk(kind: str, base_url: str, settings: Settings, secrets: Secrets) -> TicketDesk:
    """The ticket desk of a connection. Raises ConnectorError (permanent) when it has none."""
    desk = kind_of(kind).desk
    if desk is None:
        raise ConnectorError(f"A {kind} connection keeps no tickets.", permanent=True)
    return desk(base_url, settings, secrets)


def open_chat(kind: str, base_url: str, settings: Settings, secrets: Secrets) -> Chat:
    """The chat of a connection. Raises ConnectorError (permanent) when it has none."""
    chat = kind_of(kind).chat
    if chat is None:
        raise ConnectorError(f"A {kind} connection cannot post to channels.", permanent=True)
    return chat(base_url, settings, secrets)


def kind_of(key: str) -> Kind:
    """The kind with this key. Raises ConnectorError (permanent) when there is none."""
    if key not in KINDS:
        raise ConnectorError(f"There is no kind of connection called {key}.", permanent=True)
    return KINDS[key]


def _servicenow_desk(base_url: str, settings: Settings, secrets: Secrets) -> TicketDesk:
    config = servicenow.ServiceNowConfig.from_settings(base_url, settings, secrets)
    return ServiceNowDesk(config, _http(config.base_url))


def _slack_chat(base_url: str, settings: Settings, secrets: Secrets) -> Chat:
    config = slack.SlackConfig.from_settings(base_url, settings, secrets)
    return SlackChat(config, _http(config.base_url))


def _http(base_url: str) -> Http:
    try:
        return Http(base_url)
    except HttpProblem as problem:
        raise ConnectorError(f"{problem}.", permanent=True) from problem


def _waiting(
    key: str,
    *,
    settings: str = "",
    secrets: str = "",
    base_url: str = "",
    hears: bool = False,
) -> Kind:
    """A kind that can be configured already and that no client exists for yet."""
    return Kind(
        key=key,
        settings=frozenset(settings.split()),
        secrets=frozenset(secrets.split()),
        default_base_url=base_url,
        hears=hears,
    )


_ALL = (
    Kind(
        key="slack",
        settings=slack.SETTINGS,
        secrets=slack.SECRETS,
        required=slack.REQUIRED,
        default_base_url=slack.DEFAULT_BASE_URL,
        hears=True,
        inbound=slack_inbound,
        chat=_slack_chat,
    ),
    Kind(
        key="servicenow",
        settings=servicenow.SETTINGS,
        secrets=servicenow.SECRETS,
        required=servicenow.REQUIRED,
        hears=True,
        desk=_servicenow_desk,
    ),
    _waiting("teams", secrets="hmac_secret workflow_url", hears=True),
    _waiting(
        "graph",
        settings="tenant_id client_id",
        secrets="client_secret",
        base_url="https://graph.microsoft.com",
        hears=True,
    ),
    _waiting(
        "datadog",
        secrets="api_key app_key webhook_secret",
        base_url="https://api.ddog-gov.com",
        hears=True,
    ),
    _waiting(
        "sentry",
        settings="organization",
        secrets="client_secret token",
        base_url="https://sentry.io",
        hears=True,
    ),
    _waiting(
        "aws",
        settings="region role_arn topics",
        secrets="access_key_id secret_access_key",
        hears=True,
    ),
    _waiting("alertmanager", secrets="webhook_secret", hears=True),
    _waiting(
        "pagerduty",
        secrets="token webhook_secret",
        base_url="https://api.pagerduty.com",
        hears=True,
    ),
    _waiting("email", settings="address", secrets="webhook_secret", hears=True),
    _waiting(
        "github",
        settings="repository",
        secrets="token webhook_secret",
        base_url="https://api.github.com",
        hears=True,
    ),
    _waiting("jira", settings="username project", secrets="token webhook_secret", hears=True),
    _waiting("generic", secrets="webhook_secret", hears=True),
)
KINDS: dict[str, Kind] = {kind.key: kind for kind in _ALL}
