"""The methods of the Web API: each takes its arguments and answers what Slack would."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from apps.simulator.fakes.slack import reading
from apps.simulator.fakes.slack.workspace import APP, BOT, BOT_USER, TEAM, Workspace

MAX_TEXT = 40_000
Arguments = Mapping[str, str]
Answer = dict[str, Any]


class Refused(Exception):
    """`ok: false` with this code."""


class Methods:
    """What our bot may ask. It is in every channel but those of `not_in`."""

    def __init__(self, workspace: Workspace, url: str, not_in: Iterable[str]) -> None:
        self._workspace = workspace
        self._url = url
        self._not_in = frozenset(not_in)
        self._known: dict[str, Callable[[Arguments, tuple[str, str]], Answer]] = {
            "auth.test": self._auth_test,
            "chat.postMessage": self._post,
            "conversations.history": self._history,
            "conversations.open": self._open,
            "conversations.replies": self._replies,
            "users.info": self._user,
        }

    def call(self, name: str, arguments: Arguments, cause: tuple[str, str]) -> Answer:
        """The answer; `cause` is the method and path of the request."""
        method = self._known.get(name)
        if method is None:
            return {"ok": False, "error": "unknown_method", "req_method": name}
        try:
            with self._workspace.lock:
                return method(arguments, cause)
        except Refused as refused:
            return {"ok": False, "error": str(refused)}
        except reading.BadCursor:
            return {"ok": False, "error": "invalid_cursor"}

    def _auth_test(self, _: Arguments, __: tuple[str, str]) -> Answer:
        return {
            "ok": True,
            "url": f"{self._url}/",
            "team": "Rollcall demonstration",
            "user": "rollcall",
            "team_id": TEAM,
            "user_id": BOT_USER,
            "bot_id": BOT,
            "is_enterprise_install": False,
        }

    def _post(self, arguments: Arguments, cause: tuple[str, str]) -> Answer:
        direct = self._workspace.direct(arguments.get("channel", ""))  # a person can be posted to
        channel = direct or self._channel(arguments)
        text = arguments.get("text", "")
        blocks, attachments = _part(arguments, "blocks"), _part(arguments, "attachments")
        if not (text or blocks or attachments):
            raise Refused("no_text")
        if len(text) > MAX_TEXT:
            raise Refused("msg_too_long")
        fields: dict[str, Any] = {"text": text, "blocks": blocks, "attachments": attachments}
        fields |= {"metadata": _metadata(arguments), "thread_ts": arguments.get("thread_ts")}
        given = {name: value for name, value in fields.items() if value or name == "text"}
        message = self._workspace.add(channel, _by_bot() | given, cause=cause)
        return {"ok": True, "channel": channel, "ts": message["ts"], "message": message}

    def _replies(self, arguments: Arguments, _: tuple[str, str]) -> Answer:
        messages = self._workspace.messages(self._channel(arguments))
        found = reading.thread(messages, arguments.get("ts", ""))
        if not found:
            raise Refused("thread_not_found")
        return reading.page(found, arguments, limit=reading.MAX_LIMIT, root=True)

    def _history(self, arguments: Arguments, _: tuple[str, str]) -> Answer:
        messages = self._workspace.messages(self._channel(arguments))
        found = reading.timeline(messages, arguments)
        return reading.page(found, arguments, limit=100, root=False)

    def _open(self, arguments: Arguments, _: tuple[str, str]) -> Answer:
        channel = self._workspace.direct(arguments.get("users", ""))
        if not channel:
            raise Refused("user_not_found")
        return {"ok": True, "channel": {"id": channel}}

    def _user(self, arguments: Arguments, _: tuple[str, str]) -> Answer:
        ref = arguments.get("user", "")
        name = self._workspace.people.get(ref)
        if name is None:
            raise Refused("user_not_found")
        handle = name.split()[0].lower()
        profile = {"real_name": name, "display_name": handle, "team": TEAM}
        person = {"id": ref, "team_id": TEAM, "name": handle, "real_name": name}
        marks = {"deleted": False, "is_bot": ref == BOT_USER, "tz": "America/New_York"}
        return {"ok": True, "user": person | marks | {"profile": profile}}

    def _channel(self, arguments: Arguments) -> str:
        channel = arguments.get("channel", "")
        if not self._workspace.has(channel):
            raise Refused("channel_not_found")
        if channel in self._not_in:
            raise Refused("not_in_channel")
        return channel


def _by_bot() -> dict[str, Any]:
    profile = {"id": BOT, "app_id": APP, "team_id": TEAM, "name": "rollcall", "deleted": False}
    return {
        "user": BOT_USER,
        "bot_id": BOT,
        "app_id": APP,
        "team": TEAM,
        "bot_profile": profile,
    }


def _part(arguments: Arguments, name: str) -> list[Any]:
    """Blocks or attachments, which come as JSON text in a form. Raises Refused."""
    try:
        value = json.loads(arguments.get(name) or "[]")
    except ValueError as error:
        raise Refused(f"invalid_{name}") from error
    if not isinstance(value, list):
        raise Refused(f"invalid_{name}")
    return value


def _metadata(arguments: Arguments) -> dict[str, Any] | None:
    """Raises Refused when it is not an event type with a payload."""
    text = arguments.get("metadata", "")
    if not text:
        return None
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Refused("invalid_metadata_format") from error
    if not isinstance(value, dict) or not isinstance(value.get("event_payload"), dict):
        raise Refused("invalid_metadata_schema")
    if not isinstance(value.get("event_type"), str):
        raise Refused("invalid_metadata_schema")
    return value
