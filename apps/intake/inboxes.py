"""Which code takes in the deliveries of which kind of connection."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from apps.connections.models import Connection
from apps.connectors.base import Message, Reaction


class Inbox(Protocol):
    @property
    def kept_headers(self) -> tuple[str, ...]: ...

    def verify(
        self, connection: Connection, *, headers: Mapping[str, str], body: bytes, at: float
    ) -> None: ...

    def handshake(self, envelope: dict[str, Any]) -> str | None: ...

    def delivery_key(self, envelope: dict[str, Any]) -> str | None: ...

    def messages(self, envelope: dict[str, Any]) -> list[Message]: ...

    def reactions(self, envelope: dict[str, Any]) -> list[Reaction]: ...


@cache
def inbox_for(kind: str) -> Inbox | None:
    """The inbox of a kind of connection, None when this version does not listen to that kind."""
    path = settings.INBOX_HANDLERS.get(kind)
    return cast("Inbox", import_string(path)()) if path else None
