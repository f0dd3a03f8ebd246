"""Slack's deliveries as Slack signs them, for tests."""

import hashlib
import hmac
import json
import time
from typing import Any

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
CHANNEL = "C02UP02HHGX"


def event(
    text: str, *, ts: str = "1656340800.000100", event_id: str = "Ev1", **more: Any
) -> dict[str, Any]:
    """The envelope of one posted message."""
    inner = {"type": "message", "channel": CHANNEL, "user": "U0SITE", "text": text, "ts": ts}
    return envelope({**inner, **more}, event_id)


def edited(text: str, *, ts: str, at: str, event_id: str = "Ev2") -> dict[str, Any]:
    message = {
        "type": "message",
        "user": "U0SITE",
        "text": text,
        "ts": ts,
        "edited": {"user": "U0SITE", "ts": at},
    }
    inner = {"message": message, "previous_message": {"ts": ts}}
    return envelope(_hidden("message_changed", at) | inner, event_id)


def deleted(*, ts: str, at: str, event_id: str = "Ev3") -> dict[str, Any]:
    previous = {"type": "message", "user": "U0SITE", "text": "gone", "ts": ts}
    inner = {"deleted_ts": ts, "previous_message": previous}
    return envelope(_hidden("message_deleted", at) | inner, event_id)


def _hidden(subtype: str, at: str) -> dict[str, Any]:
    return {
        "type": "message",
        "subtype": subtype,
        "channel": CHANNEL,
        "hidden": True,
        "ts": at,
        "event_ts": at,
    }


def envelope(inner: dict[str, Any], event_id: str) -> dict[str, Any]:
    return {
        "token": "unused",
        "team_id": "T0ROLLCALL",
        "api_app_id": "A0ROLLCALL",
        "event": inner,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": 1656340800,
    }


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The two headers Slack signs a body with, at `at` (unix seconds, now if left out)."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def body_of(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode()
