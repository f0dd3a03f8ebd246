"""Slack's envelopes as messages."""

import copy
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.connectors.base import Message, Unreadable
from apps.connectors.slack.inbound import delivery_key, handshake
from apps.connectors.slack.mapping import instant, orderable, parse
from tests.connectors.samples import load, ours, recorded

STAMPS = st.builds("{}.{:06d}".format, st.integers(1, 9_999_999_000), st.integers(0, 999_999))


def envelope(**event: Any) -> dict[str, Any]:
    whole = {"type": "message", "channel": "C1", "user": "U1", "ts": "1655128800.000100", **event}
    return {"type": "event_callback", "api_app_id": "A1", "event": whole}


def told(message: Message) -> dict[str, Any]:
    return {**asdict(message), "source_at": message.source_at.isoformat()}


@pytest.mark.parametrize("path", ours("slack"), ids=lambda path: path.stem)
def test_it_reads_each_sample(path: Path) -> None:
    sample = load(path)

    assert [told(message) for message in parse(sample["envelope"])] == sample["expected"]


REAL_TEXT = [path for path in recorded("slack/events_realtext") if "message" in path.stem]


@pytest.mark.parametrize("path", REAL_TEXT, ids=lambda path: path.stem)
@pytest.mark.skipif(not REAL_TEXT, reason="the shared payloads are not here")
def test_it_reads_recorded_real_text(path: Path) -> None:
    payload = load(path)
    (message,) = parse(payload)

    assert (message.event, message.source_ref) == ("posted", payload["event"]["ts"])
    assert message.text
    assert "<" not in message.text


RECORDED = recorded("slack/events_and_interactivity")
ABOUT_MESSAGES = [
    path for path in RECORDED if "_message_" in path.stem or "_app_mention_" in path.stem
]


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
@pytest.mark.skipif(not RECORDED, reason="the shared payloads are not here")
def test_it_reads_every_recorded_envelope(path: Path) -> None:
    payload = load(path)
    messages = parse(payload)

    assert len(messages) == (1 if path in ABOUT_MESSAGES else 0)
    assert (handshake(payload) is not None) is (payload["type"] == "url_verification")
    whole = {"api_app_id", "team_id", "event_id"} <= payload.keys()  # an organisation has no team
    assert (delivery_key(payload) is not None) is whole


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "message_changed",
            ("edited", "1665102338.901939", "1665102362.000000", "updated message"),
        ),
        ("message_deleted", ("deleted", "1665368619.804829", "1665368629.007100", "")),
        (
            "bot_message",
            (
                "posted",
                "1610262363.001600",
                "1610262363.001600",
                "Hi there! Thanks for sharing the info!",
            ),
        ),
    ],
)
@pytest.mark.skipif(not RECORDED, reason="the shared payloads are not here")
def test_it_reads_recorded_changes(name: str, expected: tuple[str, ...]) -> None:
    (path,) = [path for path in RECORDED if f"callback_message_{name}" in path.stem]
    (message,) = parse(load(path))

    assert (message.event, message.source_ref, message.version, message.text) == expected


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "text",
        7,
        {},
        {"type": 7},
        {"type": "event_callback"},
        {"type": "event_callback", "event": []},
        {"type": "event_callback", "event": {}},
        envelope(ts=None),
        envelope(ts=1655128800.0001),
        envelope(ts=""),
        envelope(ts="yesterday"),
        envelope(ts="1655128800.0001001"),
        envelope(ts="99999999999.000100"),
        envelope(ts="1655128800.\u0661"),
        envelope(ts="1655128800.000100\n"),
        envelope(channel=None),
        envelope(channel=""),
        envelope(channel=7),
        envelope(channel="C" * 65),
        envelope(thread_ts="the other one"),
        envelope(subtype="message_deleted", ts="x"),
        envelope(subtype="message_changed", message={"edited": {"ts": "1655128860.000000"}}),
        envelope(
            subtype="message_changed", message={"ts": "1655128800.000100", "edited": {"ts": "x"}}
        ),
    ],
)
def test_it_calls_what_slack_does_not_send_unreadable(payload: Any) -> None:
    with pytest.raises(Unreadable):
        parse(payload)


@pytest.mark.parametrize(
    "odd",
    [
        {"text": None},
        {"text": ["a"]},
        {"user": 7},
        {"user": None},
        {"user": {"id": 7, "name": []}},
        {"bot_profile": "x"},
        {"bot_profile": {"app_id": {}}},
        {"app_id": ["A1"]},
        {"blocks": {"type": "rich_text"}},
        {"edited": True},
        {"thread_ts": 7},
        {"subtype": None},
        {"subtype": 7},
        {"user_profile": []},
        {"username": 7},
    ],
)
def test_it_reads_a_message_with_odd_fields(odd: dict[str, Any]) -> None:
    (message,) = parse(envelope(**odd))

    assert (message.event, message.is_own, message.thread_ref) == ("posted", False, "")


def test_it_takes_nothing_for_its_own_without_knowing_its_app() -> None:
    payload = envelope(app_id="", bot_id="B1")
    payload["api_app_id"] = ""

    assert [message.is_own for message in parse(payload)] == [False]


def test_it_reads_a_channel_given_as_an_object() -> None:
    assert parse(envelope(channel={"id": "C7"}))[0].channel_ref == "C7"


def test_it_bounds_names_it_did_not_ask_for() -> None:
    (message,) = parse(envelope(user="U" * 500, username="n\0" * 500))

    assert (len(message.author_ref), len(message.author_name)) == (64, 120)
    assert "\0" not in message.author_name


def test_it_does_not_change_what_it_reads() -> None:
    payload = envelope(subtype="message_changed", message={"subtype": "tombstone", "ts": "1.5"})
    before = copy.deepcopy(payload)
    parse(payload)

    assert payload == before


def test_it_reads_an_instant_to_the_microsecond() -> None:
    assert instant("1503435956.000247") == datetime(2017, 8, 22, 21, 5, 56, 247, UTC)


@given(STAMPS, STAMPS)
def test_it_orders_versions_as_time_does(one: str, other: str) -> None:
    first, second = (tuple(map(int, each.split("."))) for each in (one, other))

    assert (orderable(one) < orderable(other)) is (first < second)


@given(STAMPS)
def test_it_leaves_todays_stamps_as_they_are(stamp: str) -> None:
    assert orderable(stamp) == stamp or len(stamp) < 17


@given(STAMPS, st.integers(0, 3))
def test_it_puts_an_edit_after_the_post_and_before_a_later_deletion(stamp: str, later: int) -> None:
    second = int(stamp.split(".")[0]) + later
    edited = {"ts": stamp, "edited": {"ts": f"{second}.000000"}}
    (post,) = parse(envelope(ts=stamp))
    (edit,) = parse(envelope(subtype="message_changed", message=edited))
    (gone,) = parse(
        envelope(subtype="message_deleted", deleted_ts=stamp, event_ts=f"{second + 1}.000001")
    )

    assert post.version < edit.version < gone.version


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | STAMPS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NAMES = [
    *("type", "subtype", "channel", "user", "ts", "event_ts", "deleted_ts", "thread_ts", "text"),
    *("blocks", "attachments", "files", "edited", "message", "previous_message", "bot_id"),
    *("bot_profile", "app_id", "username", "user_profile", "elements", "fields", "title"),
]
NODES = st.recursive(
    JSON
    | st.sampled_from(
        ["message", "app_mention", "message_changed", "message_deleted", "tombstone", "rich_text"]
    ),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=8)
    ),
    max_leaves=30,
)


def readable_or_nothing(payload: Any) -> list[Message]:
    try:
        return parse(payload)
    except Unreadable:
        return []


@given(JSON)
def test_it_survives_any_json(payload: Any) -> None:
    assert readable_or_nothing(payload) == []


@given(st.dictionaries(st.sampled_from(NAMES), NODES), STAMPS)
def test_it_survives_any_event_and_gives_only_what_can_be_stored(event: Any, stamp: str) -> None:
    event = {"ts": stamp, "channel": "C1", "type": "message", **event}
    for message in readable_or_nothing({"type": "event_callback", "event": event}):
        stored = f"{message.text}{message.author_name}{message.author_ref}{message.channel_ref}"
        assert "\0" not in stored.encode().decode()
        assert message.source_at.tzinfo is UTC
