"""Deliveries over the API: each in one state, by which they are asked for."""

from datetime import UTC, datetime
from typing import Any

import pytest

from apps.outbox.models import Delivery
from apps.outbox.services import promise
from tests import build
from tests.api import As

NOW = datetime(2022, 6, 27, 14, 40, tzinfo=UTC)
STATES: dict[str, dict[str, Any]] = {
    "waiting": {},
    "sent": {"done_at": NOW, "result": {"ref": "1"}},
    "left_out": {"done_at": NOW, "result": {"left_out": "somebody else has this shift now"}},
    "dead": {"dead_at": NOW},
    "held": {"held_at": NOW},
}


@pytest.fixture
def dev(db: None) -> As:
    """Who runs the programme; there is a delivery in each state."""
    programme = build.programme()
    line = build.connection(programme)
    for state, columns in STATES.items():
        promise(action="note", connection=line, subject="incident", subject_key=state, payload={},
                dedupe_key=state, programme_id=programme.pk, now=NOW)  # fmt: skip
        Delivery.objects.filter(dedupe_key=state).update(**columns)
    dev = build.person("dev")
    build.member(dev, programme, "devops")
    return As(dev)


@pytest.mark.parametrize("state", STATES)
def test_each_is_found_by_its_state(dev: As, state: str) -> None:
    (found,) = dev.get(f"deliveries/?state={state}").json()["results"]
    assert (found["subject_key"], found["state"]) == (state, state)


def test_all_are_listed_the_newest_first(dev: As) -> None:
    found = dev.get("deliveries/").json()["results"]
    assert [one["state"] for one in found] == [*STATES][::-1]
    assert found[2]["result"] == {"left_out": "somebody else has this shift now"}


def test_a_state_there_is_not_is_refused(dev: As) -> None:
    assert dev.get("deliveries/?state=lost").status_code == 400


def test_only_a_dead_one_is_tried_again(dev: As) -> None:
    for state in STATES:
        row = Delivery.objects.get(dedupe_key=state)
        answer = dev.post(f"deliveries/{row.pk}/replay/")
        assert answer.status_code == (200 if state == "dead" else 409), state
    assert Delivery.objects.get(dedupe_key="dead").state == "waiting"
