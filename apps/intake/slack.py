"""Slack's side of the inbox: which headers are kept, how a delivery is verified and read."""

from collections.abc import Mapping
from typing import Any

from apps.connections.models import Connection
from apps.connectors.base import Message, Reaction
from apps.connectors.slack import inbound

KEPT_HEADERS = (
    "X-Slack-Request-Timestamp",
    "X-Slack-Retry-Num",
    "X-Slack-Retry-Reason",
    "Content-Type",
    "User-Agent",
)


class SlackInbox:
    """How deliveries of a Slack connection are taken in (settings.INBOX_HANDLERS)."""

    kept_headers = KEPT_HEADERS

    def verify(
        self, connection: Connection, *, headers: Mapping[str, str], body: bytes, at: float
    ) -> None:
        """Raises Forged unless the body carries this connection's signature of the last 300 s."""
        secret = connection.secrets.get("signing_secret", "")
        inbound.verify(headers=headers, body=body, signing_secret=secret, at=at)

    def handshake(self, envelope: dict[str, Any]) -> str | None:
        """The answer Slack wants while the address is set up, else None."""
        return inbound.handshake(envelope)

    def delivery_key(self, envelope: dict[str, Any]) -> str | None:
        return inbound.delivery_key(envelope)

    def messages(self, envelope: dict[str, Any]) -> list[Message]:
        """What the delivery says about messages. Raises Unreadable."""
        return inbound.parse(envelope)

    def reactions(self, envelope: dict[str, Any]) -> list[Reaction]:
        """The signs it tells of. Raises Unreadable."""
        return inbound.reactions(envelope)
