"""The settings and secrets of one Slack connection."""

from dataclasses import dataclass, field
from typing import Self

from apps.connectors.base import ConnectorError, Secrets, Settings

DEFAULT_BASE_URL = "https://slack.com/api/"
SETTINGS: frozenset[str] = frozenset()
SECRETS = frozenset({"signing_secret", "bot_token"})
REQUIRED = frozenset({"signing_secret"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackConfig:
    """Where Slack's Web API is and the token of our bot."""

    base_url: str
    bot_token: str = field(repr=False)

    @classmethod
    def from_settings(cls, base_url: str, settings: Settings, secrets: Secrets) -> Self:
        """Raises ConnectorError (permanent) when the connection has no bot token."""
        token = secrets.get("bot_token", "").strip()
        if not token:
            raise ConnectorError("This Slack connection has no bot_token.", permanent=True)
        return cls(base_url=base_url or DEFAULT_BASE_URL, bot_token=token)
