"""Posting to Slack and finding our own posts again, through `core.http`."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.connectors.base import ConnectorError
from apps.connectors.problems import from_reading, from_writing
from apps.connectors.slack.config import SlackConfig
from apps.connectors.slack.errors import not_json, refusal
from apps.core.http import Answer, Http, HttpProblem

EVENT_TYPE = "rollcall_delivery"
PERSON = ("U", "W")  # how the id of a person begins
PAGE_SIZE = 200
MAX_PAGES = 50  # a thread of 10,000 messages


class SlackChat:
    """A Chat on Slack's Web API."""

    def __init__(self, config: SlackConfig, http: Http) -> None:
        self._headers = {"Authorization": f"Bearer {config.bot_token}"}
        self._http = http

    def post(self, *, channel_ref: str, thread_ref: str, text: str, key: str) -> str:
        """Posts plain text (in a thread when `thread_ref` is given) and returns its ts.

        `&`, `<` and `>` are escaped, so text taken from people cannot mention a whole channel.
        Raises ConnectorError.
        """
        payload: dict[str, Any] = {
            "channel": channel_ref,
            "text": escape(text),
            "unfurl_links": False,
            "unfurl_media": False,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": key}},
        }
        if thread_ref:
            payload["thread_ts"] = thread_ref
        source_ref = self._write("chat.postMessage", payload).get("ts")
        if not isinstance(source_ref, str) or not source_ref:
            raise ConnectorError("Slack did not say which message it posted.", ambiguous=True)
        return source_ref

    def find_post(self, *, channel_ref: str, thread_ref: str, key: str) -> str | None:
        """The ts of the message we posted with `key`, or None when there is none.

        Reads all of the thread; without `thread_ref` the channel's newest messages, of which
        the last MAX_PAGES pages are read. A person's id is their direct messages with us, which
        needs the scope `im:write`. Raises ConnectorError.
        """
        for message in self._messages(self._conversation(channel_ref), thread_ref):
            if posted_key(message) == key:
                return str(message.get("ts", "")) or None
        return None

    def _conversation(self, ref: str) -> str:
        """Slack takes a person for a channel to post to, not to read."""
        if not ref.startswith(PERSON):
            return ref
        channel = self._write("conversations.open", {"users": ref}).get("channel")
        found = channel.get("id") if isinstance(channel, dict) else None
        if not isinstance(found, str) or not found:
            raise ConnectorError("Slack did not say where it keeps these direct messages.")
        return found

    def _messages(self, channel_ref: str, thread_ref: str) -> Iterator[dict[str, Any]]:
        method = "conversations.replies" if thread_ref else "conversations.history"
        params = {"channel": channel_ref, "limit": str(PAGE_SIZE), "include_all_metadata": "true"}
        if thread_ref:
            params["ts"] = thread_ref
        for _ in range(MAX_PAGES):
            page = self._read(method, params)
            yield from _message_list(page)
            cursor = _next_cursor(page)
            if not cursor:
                return
            params["cursor"] = cursor
        if thread_ref:  # stopping here and saying "not there" could post it twice
            raise ConnectorError("This Slack thread is too long to search.", permanent=True)

    def _read(self, method: str, params: Mapping[str, str]) -> dict[str, Any]:
        try:
            answer = self._http.get(method, params=params, headers=self._headers)
        except HttpProblem as problem:
            raise from_reading(problem) from problem
        return _opened(answer, writes=False)

    def _write(self, method: str, payload: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = self._http.post_json(method, payload=payload, params={}, headers=self._headers)
        except HttpProblem as problem:
            raise from_writing(problem) from problem
        return _opened(answer, writes=True)


def escape(text: str) -> str:
    """Plain text in Slack's markup, nothing in it taken for a mention or a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def posted_key(message: dict[str, Any]) -> str | None:
    """The key we put into this message's metadata, None when it is not one of ours."""
    metadata = message.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != EVENT_TYPE:
        return None
    payload = metadata.get("event_payload")
    key = payload.get("key") if isinstance(payload, dict) else None
    return key if isinstance(key, str) else None


def _opened(answer: Answer, *, writes: bool) -> dict[str, Any]:
    """The body of an answer that says `ok`. A status of 200 alone says nothing at Slack."""
    try:
        body = answer.json()
    except ValueError as error:
        raise not_json(answer, writes=writes) from error
    if not isinstance(body, dict) or not isinstance(body.get("ok"), bool):
        raise not_json(answer, writes=writes)
    if not body["ok"] or answer.status >= 400:
        raise refusal(answer, body.get("error"), body.get("needed"), writes=writes)
    return body


def _message_list(page: dict[str, Any]) -> Iterator[dict[str, Any]]:
    messages = page.get("messages")
    if not isinstance(messages, list):
        raise ConnectorError("Slack's answer holds no list of messages.")
    return (each for each in messages if isinstance(each, dict))


def _next_cursor(page: dict[str, Any]) -> str:
    metadata = page.get("response_metadata")
    cursor = metadata.get("next_cursor") if isinstance(metadata, dict) else ""
    return cursor if isinstance(cursor, str) else ""
