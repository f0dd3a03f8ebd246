"""What Slack posts to us: who signed it, what kind of delivery it is, what it says."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.signature import Clock, SignatureVerifier

from apps.connectors.base import Forged
from apps.connectors.slack.mapping import parse, reactions

__all__ = ["delivery_key", "handshake", "parse", "reactions", "verify"]


class _Instant(Clock):
    """A clock that stands still, so that the caller says what time it is."""

    def __init__(self, at: float) -> None:
        self._at = at

    def now(self) -> float:
        return self._at


def verify(*, headers: Mapping[str, str], body: bytes, signing_secret: str, at: float) -> None:
    """Raises Forged unless `body` (the raw bytes) was signed within 300 s of `at` (unix seconds).

    The timestamp may be 300 s off in either direction, not more. An empty secret verifies
    nothing. Slack's own verifier raises on malformed headers; that is a forgery too.
    """
    try:
        verifier = SignatureVerifier(signing_secret, clock=_Instant(at))
        valid = verifier.is_valid_request(body, dict(headers))
    except (ValueError, TypeError, OverflowError) as error:
        raise Forged("the signature or its timestamp is malformed") from error
    if not valid:
        raise Forged("the signature is missing, wrong or too old")


def handshake(envelope: Any) -> str | None:
    """The challenge to answer when Slack checks our address, else None."""
    if not isinstance(envelope, dict) or envelope.get("type") != "url_verification":
        return None
    challenge = envelope.get("challenge")
    return challenge if isinstance(challenge, str) else None


def delivery_key(envelope: Any) -> str | None:
    """`api_app_id:team_id:event_id`, the same for each retry; None unless all three are there.

    The same event_id is sent to every app that hears the event, so it is not enough alone.
    """
    if not isinstance(envelope, dict):
        return None
    parts = [envelope.get(name) for name in ("api_app_id", "team_id", "event_id")]
    if not all(isinstance(part, str) and part for part in parts):
        return None
    return ":".join(str(part) for part in parts)
