"""The settings and secrets of one ServiceNow connection."""

from dataclasses import dataclass, field
from typing import Any, Literal, Self, get_args

from apps.connectors.base import ConnectorError, Secrets, Settings

AuthKind = Literal["basic", "oauth"]
SETTINGS = frozenset({"auth", "username", "client_id", "groups"})
SECRETS = frozenset({"password", "client_secret", "webhook_secret"})
REQUIRED: frozenset[str] = frozenset()  # depends on `auth`; `from_settings` checks it


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNowConfig:
    """Where the instance is and how we sign in to it.

    `auth` oauth uses the password grant when there is a user name, else client credentials.
    """

    base_url: str
    auth: AuthKind
    username: str
    password: str = field(repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    groups: tuple[str, ...] = ()

    @classmethod
    def from_settings(cls, base_url: str, settings: Settings, secrets: Secrets) -> Self:
        """Raises ConnectorError (permanent) naming what is missing or of the wrong form."""
        auth = settings.get("auth", "basic")
        if auth not in get_args(AuthKind):
            raise _wrong("auth must be basic or oauth")
        config = cls(
            base_url=base_url,
            auth=auth,
            username=str(settings.get("username", "")),
            password=secrets.get("password", ""),
            client_id=str(settings.get("client_id", "")),
            client_secret=secrets.get("client_secret", ""),
            groups=_groups(settings.get("groups", ())),
        )
        missing = config.missing()
        if missing:
            raise _wrong(f"{', '.join(missing)} missing")
        return config

    def missing(self) -> list[str]:
        """The names of the keys that this way of signing in needs and that are empty."""
        needed = {"base_url": self.base_url}
        if self.auth == "basic" or self.username:
            needed |= {"username": self.username, "password": self.password}
        if self.auth == "oauth":
            needed |= {"client_id": self.client_id, "client_secret": self.client_secret}
        return [name for name, value in needed.items() if not value]


def _groups(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise _wrong("groups must be a list of names")
    return tuple(value)


def _wrong(what: str) -> ConnectorError:
    return ConnectorError(f"This ServiceNow connection: {what}.", permanent=True)
