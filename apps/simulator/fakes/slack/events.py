"""Envelopes of the Events API for what happens to a message; pure."""

import secrets
from collections.abc import Mapping
from typing import Any

from apps.simulator.fakes.slack.workspace import APP, BOT_USER, TEAM

Envelope = dict[str, Any]


def escape(text: str) -> str:
    """People's text in Slack's markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def person_message(
    *, text: str, user: str, thread_ts: str | None = None, markup: bool = False
) -> dict[str, Any]:
    """The fields of a message somebody writes; with `markup` the text is Slack's own markup."""
    element = {"type": "text", "text": text}
    section = {"type": "rich_text_section", "elements": [element]}
    fields: dict[str, Any] = {
        "user": user,
        "team": TEAM,
        "text": text if markup else escape(text),
        "client_msg_id": secrets.token_hex(16),
    }
    if not markup:
        fields["blocks"] = [{"type": "rich_text", "block_id": "b1", "elements": [section]}]
    return fields | ({"thread_ts": thread_ts} if thread_ts else {})


def posted(channel: str, message: Mapping[str, Any], *, event_id: str | None = None) -> Envelope:
    """A new message, also one of our own bot's (Slack sends those back too)."""
    return _envelope({**message, "channel": channel, "event_ts": message["ts"]}, event_id)


def mention(channel: str, message: Mapping[str, Any], *, event_id: str | None = None) -> Envelope:
    """The twin that comes beside `posted`, in either order, when the bot is mentioned."""
    event = {**message, "type": "app_mention", "channel": channel, "event_ts": message["ts"]}
    return _envelope(event, event_id)


def edited(
    channel: str,
    message: Mapping[str, Any],
    previous: Mapping[str, Any],
    *,
    at_ts: str,
    event_id: str | None = None,
) -> Envelope:
    """A message as it is now and as it was. Without `edited` in it this is what an unfurled link
    or a changed reply count looks like."""
    event = {"message": dict(message), "previous_message": dict(previous)}
    return _envelope(_hidden("message_changed", channel, at_ts) | event, event_id)


def deleted(
    channel: str, previous: Mapping[str, Any], *, at_ts: str, event_id: str | None = None
) -> Envelope:
    """A message that is no more."""
    event = {"deleted_ts": previous["ts"], "previous_message": dict(previous)}
    return _envelope(_hidden("message_deleted", channel, at_ts) | event, event_id)


def reacted(
    channel: str,
    message: Mapping[str, Any],
    *,
    user: str,
    name: str,
    at_ts: str,
    event_id: str | None = None,
) -> Envelope:
    """Somebody put a sign on a message."""
    event = {
        "type": "reaction_added",
        "user": user,
        "reaction": name,
        "item_user": message["user"],
        "item": {"type": "message", "channel": channel, "ts": message["ts"]},
        "event_ts": at_ts,
    }
    return _wrapped(event, event_id, channel)


def again(envelope: Mapping[str, Any], *, event_id: str | None = None) -> Envelope:
    """The same event under another event_id, as Slack has been seen to send it."""
    return {**envelope, "event_id": event_id or new_event_id()}


def new_event_id() -> str:
    return f"Ev{secrets.token_hex(5).upper()}"


def _hidden(subtype: str, channel: str, at_ts: str) -> dict[str, Any]:
    return {
        "type": "message",
        "subtype": subtype,
        "channel": channel,
        "hidden": True,
        "ts": at_ts,
        "event_ts": at_ts,
    }


def _envelope(event: Mapping[str, Any], event_id: str | None) -> Envelope:
    return _wrapped({**event, "channel_type": "channel"}, event_id, event["channel"])


def _wrapped(event: Mapping[str, Any], event_id: str | None, channel: str) -> Envelope:
    grant = {
        "enterprise_id": None,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": "not-used",
        "team_id": TEAM,
        "api_app_id": APP,
        "event": dict(event),
        "type": "event_callback",
        "event_id": event_id or new_event_id(),
        "event_time": int(str(event["event_ts"]).partition(".")[0]),
        "authorizations": [grant],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event['type']}-{TEAM}-{channel}",
    }
