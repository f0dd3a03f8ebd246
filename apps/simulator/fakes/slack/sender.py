"""Sends signed events to a hook over real HTTP, as Slack does."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from apps.simulator.fakes.slack.events import Envelope, person_message, posted

TIMEOUT = 30.0  # seconds; Slack itself gives up after 3


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = build_opener(ProxyHandler({}), _NoRedirects())


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the hook answered, and what it had been sent."""

    status: int
    body: str
    headers: Mapping[str, str]
    envelope: Envelope = field(default_factory=dict)

    @property
    def ts(self) -> str:
        """The `ts` of the message the event is about; "" for an event about none."""
        event = self.envelope.get("event", {})
        inner = event.get("message") or event.get("previous_message") or event
        return str(inner.get("ts", ""))


def signed(body: bytes, signing_secret: str, *, at: float) -> dict[str, str]:
    """The headers that prove a body sent at `at` (unix seconds) to be Slack's."""
    stamp = str(int(at))
    base = b"v0:" + stamp.encode() + b":" + body
    digest = hmac.new(signing_secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def deliver(
    hook_url: str,
    signing_secret: str,
    envelope: Mapping[str, Any],
    *,
    at: float | None = None,
    retry_num: int = 0,
    retry_reason: str = "http_timeout",
    timeout: float = TIMEOUT,
) -> Delivered:
    """Sign and post one envelope. `at` (unix seconds) is the time of sending, now if None.

    A repeated delivery has its `retry_num` (1 to 3), and like Slack's a signature of its own
    time. Raises OSError when no answer comes.
    """
    body = json.dumps(envelope, separators=(",", ":")).encode()
    headers = signed(body, signing_secret, at=time.time() if at is None else at)
    headers |= {"Content-Type": "application/json", "User-Agent": "Slackbot 1.0"}
    if retry_num:
        headers |= {"X-Slack-Retry-Num": str(retry_num), "X-Slack-Retry-Reason": retry_reason}
    return _post(hook_url, body, headers, timeout, dict(envelope))


def send_message(
    hook_url: str,
    signing_secret: str,
    channel: str,
    text: str,
    user: str,
    thread_ts: str | None = None,
    event_id: str | None = None,
    ts: str | None = None,
    *,
    fake_url: str = "",
    user_name: str = "",
    markup: bool = False,
    at: float | None = None,
    timeout: float = TIMEOUT,
) -> Delivered:
    """Somebody writes in a channel, and the hook is told.

    With `fake_url` (where the fake Slack runs, in whatever process) the message is stored there
    first, so that its thread can be read and answered. `text` is plain; with `markup` it is
    Slack's own. Raises OSError when one of the two does not answer, ValueError when the fake
    Slack does not take the message.
    """
    fields = person_message(text=text, user=user, thread_ts=thread_ts, markup=markup)
    if fake_url:
        wanted = {"channel": channel, "ts": ts or "", "fields": fields, "user_name": user_name}
        message = _stored(fake_url, wanted, timeout)
    else:
        message = {"type": "message", **fields, "ts": ts or _stamp(time.time())}
    envelope = posted(channel, message, event_id=event_id)
    return deliver(hook_url, signing_secret, envelope, at=at, timeout=timeout)


def _stored(fake_url: str, wanted: Mapping[str, Any], timeout: float) -> dict[str, Any]:
    url = f"{fake_url.rstrip('/').removesuffix('/api')}/_fake/message"
    kind = {"Content-Type": "application/json"}
    answer = _post(url, json.dumps(wanted).encode(), kind, timeout, {})
    if answer.status != 200:
        raise ValueError(f"the fake Slack answered {answer.status}: {answer.body}")
    message: dict[str, Any] = json.loads(answer.body)["message"]
    return message


def _stamp(at: float) -> str:
    micros = int(at * 1_000_000)
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


def _post(
    url: str, body: bytes, headers: Mapping[str, str], timeout: float, envelope: Envelope
) -> Delivered:
    request = Request(url, data=body, headers=dict(headers), method="POST")
    try:
        with _OPENER.open(request, timeout=timeout) as answer:
            words = answer.read().decode("utf-8", "replace")
            return Delivered(answer.status, words, dict(answer.headers), envelope)
    except HTTPError as refused:
        with refused:
            words = refused.read().decode("utf-8", "replace")
            return Delivered(refused.code, words, dict(refused.headers), envelope)
