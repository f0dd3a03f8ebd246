"""Until when a message should be a ticket, and what the page makes of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.intake.desk import due_of, lines
from apps.intake.models import Message
from apps.intake.rules.clocks import log_due_at
from tests import build, slack
from tests.intake.conftest import NOW, World
from tests.intake.handling import TEXT, TS, dismiss, message


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("2022-06-27T14:40", 15),  # Monday 10:40 Eastern
        ("2022-06-27T10:59", 60),  # a minute before support hours
        ("2022-06-27T11:00", 15),
        ("2022-06-28T00:00", 60),  # 20:00 Eastern: they have ended
        ("2022-06-26T15:00", 60),  # Sunday
    ],
)
def test_it_is_due_sooner_in_support_hours(written: str, minutes: int) -> None:
    due = log_due_at(at(written), {}, zone="America/New_York")
    assert due - at(written) == timedelta(minutes=minutes)


def test_it_takes_what_the_programme_says() -> None:
    sla: dict[str, Any] = {
        "acknowledge": {"support_minutes": 5, "other_minutes": 30},
        "support_hours": {"mon-sun": "00:00-24:00"},
    }
    assert log_due_at(NOW, sla, zone="Asia/Manila") == NOW + timedelta(minutes=5)


def test_it_counts_from_when_it_was_written(says: Callable[..., int]) -> None:
    says(TEXT)
    found = message()
    assert due_of(found) == found.source_at + timedelta(minutes=15)


def test_nothing_is_due_once_it_has_an_exit(says: Callable[..., int]) -> None:
    says(TEXT)
    assert due_of(dismiss()) is None


def test_nothing_is_due_while_nobody_knows_whose_it_is(world: World) -> None:
    build.programme().connections.add(world.connection)
    world.hears(slack.event(TEXT, channel="C0UNKNOWN"))
    assert due_of(Message.objects.with_facts().get()) is None


def test_one_line_is_the_current_one(says: Callable[..., int]) -> None:
    says(TEXT)
    says("636: more", ts="1656340900.000100")
    rows = list(Message.objects.with_facts().order_by("source_at"))
    assert [one.is_current for one in lines(rows, message(TS))] == [True, False]
    assert not any(one.is_current for one in lines(rows, None))
