"""Trying a connection: one harmless call, and its answer in words."""

import time

from apps.connections.models import Connection
from apps.connectors.base import ConnectorError
from apps.connectors.registry import KINDS, open_chat, open_desk

NOWHERE = "rollcall-connection-test"


def try_connection(connection: Connection) -> tuple[bool, str]:
    """Whether the other side answers, and what it said; never a secret."""
    kind = KINDS.get(connection.kind)
    if kind is None or not (kind.desk or kind.chat):
        return False, "This version makes no calls to a connection of this kind."
    started = time.monotonic()
    try:
        if kind.desk:
            desk = open_desk(connection.kind, connection.base_url, connection.settings,
                             connection.secrets)  # fmt: skip
            desk.find(NOWHERE)
        else:
            _ask_chat(connection)
    except ConnectorError as problem:
        return False, str(problem)
    return True, f"It answered in {round((time.monotonic() - started) * 1000)} ms."


def _ask_chat(connection: Connection) -> None:
    """Look for a post of ours in a channel that is not there: refused by name means it answers."""
    chat = open_chat(connection.kind, connection.base_url, connection.settings, connection.secrets)
    try:
        chat.find_post(channel_ref=NOWHERE, thread_ref="1.0", key=NOWHERE)
    except ConnectorError as problem:
        if not any(word in str(problem) for word in ("channel", "thread")):
            raise
