"""Slack's signatures, handshake and delivery keys."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.connectors.base import Forged
from apps.connectors.slack.inbound import delivery_key, handshake, verify

SECRET = "8f0c1d"
AT = 1_656_000_000.0
BODY = b'{"type":"event_callback","text":"caf\xc3\xa9"}'
VECTOR = Path(__file__).parents[2].parent / "shared/payloads/vectors/slack_signature_official.json"
STAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"


def sign(body: bytes = BODY, *, secret: str = SECRET, stamp: str = str(int(AT))) -> dict[str, str]:
    text = b"v0:" + stamp.encode() + b":" + body
    digest = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    return {STAMP: stamp, SIGNATURE: f"v0={digest}"}


def accepted(
    headers: dict[str, str], *, body: bytes = BODY, at: float = AT, secret: str = SECRET
) -> bool:
    try:
        verify(headers=headers, body=body, signing_secret=secret, at=at)
    except Forged:
        return False
    return True


def test_it_accepts_what_slack_signed() -> None:
    assert accepted(sign())


@pytest.mark.parametrize(
    ("off", "expected"),
    [(0, True), (299, True), (300, True), (300.5, False), (301, False), (86_400, False)],
)
@pytest.mark.parametrize("direction", [1, -1])
def test_it_accepts_five_minutes_either_way(off: float, expected: bool, direction: int) -> None:
    assert accepted(sign(), at=AT + direction * off) is expected


@pytest.mark.parametrize("change", [str.lower, str.upper])
def test_it_reads_headers_in_any_case(change: Any) -> None:
    assert accepted({change(name): value for name, value in sign().items()})


@pytest.mark.parametrize(
    "changes",
    [
        {SIGNATURE: ""},
        {SIGNATURE: "v0="},
        {SIGNATURE: "v1=" + "0" * 64},
        {SIGNATURE: "v0=" + "0" * 64},
        {SIGNATURE: "v0=é"},
        {SIGNATURE: "\udcff"},
        {STAMP: ""},
        {STAMP: "soon"},
        {STAMP: "1656000000.0"},
        {STAMP: "9" * 400},
        {STAMP: "9" * 5000},
        {STAMP: "-1656000000"},
        {STAMP: "nan"},
        {STAMP: "1656000001"},
    ],
)
def test_it_calls_malformed_headers_forged(changes: dict[str, str]) -> None:
    assert not accepted({**sign(), **changes})


@pytest.mark.parametrize("missing", [STAMP, SIGNATURE])
def test_it_calls_missing_headers_forged(missing: str) -> None:
    headers = sign()
    del headers[missing]

    assert not accepted(headers)


@pytest.mark.parametrize("body", [b"", BODY + b" ", BODY.replace(b"caf", b"Caf"), b"\xff\xfe"])
def test_it_refuses_another_body(body: bytes) -> None:
    assert not accepted(sign(), body=body)


def test_it_refuses_a_body_that_is_not_utf8_though_signed() -> None:
    assert not accepted(sign(b"\xff"), body=b"\xff")


@pytest.mark.parametrize("secret", ["", " ", "\n"])
def test_it_verifies_nothing_with_an_empty_secret(secret: str) -> None:
    with pytest.raises(Forged):
        verify(headers=sign(secret=secret), body=BODY, signing_secret=secret, at=AT)


def test_it_refuses_another_secret() -> None:
    assert not accepted(sign(secret="other"))


@given(st.dictionaries(st.sampled_from([STAMP, SIGNATURE, "Host"]), st.text()), st.binary())
def test_it_never_accepts_or_breaks_on_anything_made_up(
    headers: dict[str, str], body: bytes
) -> None:
    assert not accepted(headers, body=body)


@pytest.mark.skipif(not VECTOR.exists(), reason="the shared payloads are not here")
def test_it_agrees_with_the_vector_slack_publishes() -> None:
    vector = json.loads(VECTOR.read_text())
    headers = {STAMP: vector["timestamp"], SIGNATURE: vector["signature"]}
    body, at = vector["body"].encode(), float(vector["timestamp"]) + vector["max_skew_s"]

    assert accepted(headers, body=body, at=at, secret=vector["signing_secret"])
    assert not accepted(headers, body=body, at=at + 1, secret=vector["signing_secret"])


@pytest.mark.parametrize(
    ("envelope", "expected"),
    [
        ({"type": "url_verification", "challenge": "abc"}, "abc"),
        ({"type": "url_verification", "challenge": ""}, ""),
        ({"type": "url_verification"}, None),
        ({"type": "url_verification", "challenge": 7}, None),
        ({"type": "event_callback", "challenge": "abc"}, None),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
def test_it_answers_only_a_handshake_with_its_challenge(envelope: Any, expected: Any) -> None:
    assert handshake(envelope) == expected


WHOLE = {"api_app_id": "A1", "team_id": "T1", "event_id": "Ev1"}


def test_it_names_a_delivery_by_app_team_and_event() -> None:
    assert delivery_key(WHOLE) == "A1:T1:Ev1"


@pytest.mark.parametrize("name", sorted(WHOLE))
@pytest.mark.parametrize("value", ["", None, 7, ["x"]])
def test_it_names_no_delivery_that_lacks_a_part(name: str, value: Any) -> None:
    assert delivery_key({**WHOLE, name: value}) is None
    assert delivery_key({key: part for key, part in WHOLE.items() if key != name}) is None


@pytest.mark.parametrize("envelope", [None, [], "x", 7, {}])
def test_it_names_no_delivery_that_is_no_envelope(envelope: Any) -> None:
    assert delivery_key(envelope) is None
