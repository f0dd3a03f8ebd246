"""Slack's event envelopes as messages; pure."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from apps.connectors.base import Message, Reaction, Unreadable
from apps.connectors.slack.text import readable, storable

TIMESTAMP = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,6}))?")
MAX_REF = 64
MAX_NAME = 120
EVENT_TYPES = frozenset({"message", "app_mention"})  # one post may come as both
# Subtypes that are posts by somebody; every other one (joins, topics, archive …) is not.
POSTS = frozenset({"", "thread_broadcast", "file_share", "me_message", "bot_message"})
SLACKBOT = "USLACKBOT"


def parse(envelope: Any) -> list[Message]:
    """The messages an Events API envelope tells of.

    [] for events that are no post, edit or deletion: reactions, joins, unfurled links, changed
    reply counts. Raises Unreadable when it is no envelope or lacks what identifies a message.
    """
    event = _event(envelope)
    if event is None or event.get("type") not in EVENT_TYPES:
        return []
    own_app = _text(envelope.get("api_app_id"))
    subtype = _text(event.get("subtype"))
    if subtype == "message_changed":
        return _changed(event, own_app)
    if subtype == "message_deleted":
        return [_deleted(event, _dict(event.get("previous_message")), own_app)]
    return [_posted(event, own_app)] if subtype in POSTS else []


def reactions(envelope: Any) -> list[Reaction]:
    """The sign somebody put on a message; [] for every other event, and for signs on files.

    Raises Unreadable as `parse` does.
    """
    event = _event(envelope)
    item = _dict(event.get("item")) if event else {}
    if event is None or event["type"] != "reaction_added" or item.get("type") != "message":
        return []
    source_ref = _stamp(item.get("ts"))
    return [
        Reaction(
            channel_ref=_channel(item),
            source_ref=source_ref,
            posted_at=instant(source_ref),
            author_ref=_author_ref(event),
            name=storable(_text(event.get("reaction")).partition("::")[0])[:MAX_REF],
            at=instant(_stamp(event.get("event_ts"))),
        )
    ]


def _event(envelope: Any) -> dict[str, Any] | None:
    """The event inside; None for an envelope that carries none."""
    if not isinstance(envelope, dict) or not isinstance(envelope.get("type"), str):
        raise Unreadable("this is not a Slack envelope: it has no type")
    if envelope["type"] != "event_callback":
        return None
    event = envelope.get("event")
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        raise Unreadable("this Slack envelope has no event with a type")
    return event


def _posted(event: dict[str, Any], own_app: str) -> Message:
    source_ref = _stamp(event.get("ts"))
    edited = _dict(event.get("edited"))
    if edited:  # an app_mention also comes for an edit, in the shape of a post
        version = _edit_version(edited, event, source_ref)
        return _message("edited", event, event, source_ref, version, own_app)
    return _message("posted", event, event, source_ref, orderable(source_ref), own_app)


def _changed(event: dict[str, Any], own_app: str) -> list[Message]:
    """An edit, a root deleted under its replies, or (nothing to tell) an unfurl."""
    message = _dict(event.get("message"))
    previous = _dict(event.get("previous_message"))
    if message.get("subtype") == "tombstone":
        return [_deleted(event, {**previous, **message}, own_app)]
    edited = _dict(message.get("edited"))
    if not edited:
        return []
    source_ref = _stamp(message.get("ts") or previous.get("ts"))
    version = _edit_version(edited, event, source_ref)
    return [_message("edited", event, message, source_ref, version, own_app)]


def _deleted(event: dict[str, Any], message: dict[str, Any], own_app: str) -> Message:
    source_ref = _stamp(event.get("deleted_ts") or message.get("ts"))
    version = orderable(_stamp(event.get("event_ts") or event.get("ts")))
    return _message("deleted", event, message, source_ref, version, own_app)


def _message(
    kind: Literal["posted", "edited", "deleted"],
    event: dict[str, Any],
    message: dict[str, Any],
    source_ref: str,
    version: str,
    own_app: str,
) -> Message:
    root = _text(message.get("thread_ts"))
    return Message(
        event=kind,
        channel_ref=_channel(event),
        source_ref=source_ref,
        thread_ref="" if root in ("", source_ref) else _stamp(root),
        version=version,
        source_at=instant(source_ref),
        author_ref=_author_ref(message),
        author_name=_author_name(message),
        text="" if kind == "deleted" else readable(message),
        is_own=_is_own(event, message, own_app),
        is_bot=_is_bot(message),
    )


def _edit_version(edited: dict[str, Any], event: dict[str, Any], source_ref: str) -> str:
    """`edited.ts`, in whole seconds at Slack; later than the post even within its second."""
    changed = edited.get("ts") or event.get("event_ts")
    version, posted = orderable(_stamp(changed)), orderable(source_ref)
    return version if version > posted else f"{posted}+"


def orderable(stamp: str) -> str:
    """A Slack timestamp in fixed width, so that text order is time order."""
    seconds, _, fraction = stamp.partition(".")
    return f"{seconds:0>10}.{fraction:0<6}"


def instant(stamp: str) -> datetime:
    """A Slack timestamp ("1503435956.000247") as an aware instant in UTC."""
    seconds, _, fraction = orderable(stamp).partition(".")
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(fraction))


def _stamp(value: Any) -> str:
    """The timestamp exactly as written: it is the message's name and must not be a number."""
    if not isinstance(value, str) or not TIMESTAMP.fullmatch(value):
        raise Unreadable("this Slack message has no readable timestamp")
    return value


def _channel(event: dict[str, Any]) -> str:
    channel = event.get("channel")
    ref = _text(_dict(channel).get("id")) or _text(channel)
    if not ref or len(ref) > MAX_REF:
        raise Unreadable("this Slack message names no channel")
    return storable(ref)


def _author_ref(message: dict[str, Any]) -> str:
    user = message.get("user")
    ref = _text(user) or _text(_dict(user).get("id")) or _text(message.get("bot_id"))
    return storable(ref)[:MAX_REF]


def _author_name(message: dict[str, Any]) -> str:
    """The best name the event itself gives; "" when it gives none."""
    profile = _dict(message.get("user_profile"))
    names = (
        message.get("username"),
        profile.get("display_name"),
        profile.get("real_name"),
        _dict(message.get("user")).get("name"),
        _dict(message.get("bot_profile")).get("name"),
    )
    return storable(next(filter(None, map(_text, names)), ""))[:MAX_NAME]


def _is_own(event: dict[str, Any], message: dict[str, Any], own_app: str) -> bool:
    apps = (
        event.get("app_id"),
        message.get("app_id"),
        _dict(event.get("bot_profile")).get("app_id"),
        _dict(message.get("bot_profile")).get("app_id"),
    )
    return bool(own_app) and own_app in apps


def _is_bot(message: dict[str, Any]) -> bool:
    marks = (message.get("bot_id"), message.get("bot_profile"))
    return any(marks) or message.get("subtype") == "bot_message" or message.get("user") == SLACKBOT


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
