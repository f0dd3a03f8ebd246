"""What `conversations.replies` and `conversations.history` answer: pages of messages; pure."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from apps.simulator.fakes.slack.workspace import Message, order

MAX_LIMIT = 1000


class BadCursor(Exception):
    """A cursor that we did not give."""


def thread(messages: Sequence[Message], ts: str) -> list[Message]:
    """The root first, then its replies, oldest first; of a reply's own ts only that reply."""
    root = [with_replies(each, messages) for each in messages if each["ts"] == ts]
    return root + [each for each in messages if each.get("thread_ts") == ts != each["ts"]]


def timeline(messages: Sequence[Message], params: Mapping[str, str]) -> list[Message]:
    """What stands in the channel itself, newest first, between `oldest` and `latest`."""
    shown = (each for each in messages if _in_channel(each))
    found = [with_replies(each, messages) for each in shown if _within(each, params)]
    return found[::-1]


def with_replies(root: Message, messages: Sequence[Message]) -> Message:
    """The root with what Slack adds to it once it has replies."""
    ts = root["ts"]
    replies = [each for each in messages if each.get("thread_ts") == ts != each["ts"]]
    if not replies:
        return root
    users = list(dict.fromkeys(each.get("user", "") for each in replies))
    return root | {
        "thread_ts": ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "reply_users": users,
        "latest_reply": replies[-1]["ts"],
    }


def page(
    found: Sequence[Message], params: Mapping[str, str], *, limit: int, root: bool
) -> dict[str, Any]:
    """One page; with `root` the first message stands at the top of every page, not counted.

    Raises BadCursor.
    """
    fixed = list(found[:1]) if root else []
    rest = found[len(fixed) :]
    said = params.get("limit", "")
    size = min(int(said), MAX_LIMIT) if said.isdecimal() and int(said) else limit
    start = _position(params.get("cursor", ""))
    more = start + size < len(rest)
    messages = [_shown(each, params) for each in [*fixed, *rest[start : start + size]]]
    cursor = _cursor(start + size) if more else ""
    return {
        "ok": True,
        "messages": messages,
        "has_more": more,
        "response_metadata": {"next_cursor": cursor},
    }


def _shown(message: Message, params: Mapping[str, str]) -> Message:
    """Metadata only for those who ask for it."""
    if params.get("include_all_metadata", "").lower() in {"true", "1"}:
        return message
    return {name: value for name, value in message.items() if name != "metadata"}


def _in_channel(message: Message) -> bool:
    root = message.get("thread_ts", message["ts"])
    return bool(root == message["ts"] or message.get("subtype") == "thread_broadcast")


def _within(message: Message, params: Mapping[str, str]) -> bool:
    at = order(message)
    oldest, latest = _bound(params.get("oldest")), _bound(params.get("latest"))
    if params.get("inclusive", "").lower() in {"true", "1"}:
        return (oldest is None or at >= oldest) and (latest is None or at <= latest)
    return (oldest is None or at > oldest) and (latest is None or at < latest)


def _bound(text: str | None) -> int | None:
    """`1503435956.000247`, also with fewer decimals or none, in microseconds."""
    seconds, _, fraction = (text or "").partition(".")
    if not seconds.isdecimal() or not (fraction or "0").isdecimal():
        return None
    return int(seconds) * 1_000_000 + int(f"{fraction:0<6}"[:6])


def _cursor(position: int) -> str:
    return base64.b64encode(f"next_ts:{position}".encode()).decode()


def _position(cursor: str) -> int:
    try:
        text = base64.b64decode(cursor, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise BadCursor(cursor) from error
    mark, _, position = text.partition(":")
    if cursor and (mark != "next_ts" or not position.isdecimal()):
        raise BadCursor(cursor)
    return int(position or 0)
