"""Slack's signs on messages."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.connectors.base import Reaction, Unreadable
from apps.connectors.slack.inbound import parse, reactions
from tests.connectors.samples import load, ours, recorded
from tests.connectors.test_slack_mapping import JSON, NAMES, NODES

SAMPLE = next(path for path in ours("slack") if path.stem == "reaction")
RECORDED = [
    path for path in recorded("slack/events_and_interactivity") if "_reaction_" in path.stem
]


def envelope(**event: Any) -> dict[str, Any]:
    whole: dict[str, Any] = load(SAMPLE)["envelope"]
    return whole | {"event": whole["event"] | event}


def test_it_reads_who_put_which_sign_on_what_and_when() -> None:
    assert reactions(envelope(reaction="raised_hand::skin-tone-2")) == [
        Reaction(
            channel_ref="C0GOLIVE", source_ref="1655128800.000100",
            posted_at=datetime(2022, 6, 13, 14, 0, 0, 100, tzinfo=UTC), author_ref="U0MSA",
            name="raised_hand", at=datetime(2022, 6, 13, 14, 3, 19, 100, tzinfo=UTC),
        )
    ]  # fmt: skip
    assert parse(envelope()) == []


@pytest.mark.parametrize(
    "event",
    [{"type": "reaction_removed"}, {"type": "message", "channel": "C1", "ts": "1.000001"},
     {"item": {"type": "file", "file": "F1"}}, {"item": None}],
)  # fmt: skip
def test_other_events_hold_none(event: dict[str, Any]) -> None:
    assert reactions(envelope(**event)) == []


@pytest.mark.parametrize(
    "event",
    [{"item": {"type": "message", "channel": "C1"}}, {"event_ts": 7},
     {"item": {"type": "message", "ts": "1.000001"}}],
)  # fmt: skip
def test_one_that_names_no_message_is_unreadable(event: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        reactions(envelope(**event))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
@pytest.mark.skipif(not RECORDED, reason="the shared payloads are not here")
def test_it_reads_recorded_ones(path: Any) -> None:
    payload = load(path)
    is_added = payload["event"]["type"] == "reaction_added"
    assert [one.name for one in reactions(payload)] == [payload["event"]["reaction"]] * is_added


@given(st.dictionaries(st.sampled_from([*NAMES, "item", "reaction", "event_ts"]), NODES) | JSON)
def test_it_survives_any_event(event: Any) -> None:
    try:
        found = reactions({"type": "event_callback", "event": event})
    except Unreadable:
        return
    assert len(found) <= 1
