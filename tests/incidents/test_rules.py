"""Priority, clocks, and what the words of a message propose."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.incidents.rules import (
    Clocks,
    clock_rules,
    impact_and_urgency,
    next_due,
    priority,
    propose_category,
    propose_severity,
    proposed_title,
    start_clocks,
)

EASTERN = clock_rules({}, zone="America/New_York")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_it_has_a_priority_for_every_impact_and_urgency() -> None:
    found = {(i, u): priority(i, u) for i, u in product((1, 2, 3), repeat=2)}
    assert found[1, 1] == 1
    assert found[3, 3] == 5
    assert all(priority(i, u) == priority(u, i) for i, u in found)


def test_it_never_ranks_a_graver_severity_lower() -> None:
    ranks = [priority(*impact_and_urgency(severity)) for severity in (1, 2, 3)]
    assert ranks == sorted(ranks)
    assert ranks[0] == 1


@pytest.mark.parametrize(
    ("opened", "minutes"),
    [
        ("2022-06-27T11:00", 15),  # Monday 07:00 Eastern: support hours begin
        ("2022-06-27T10:59", 60),
        ("2022-06-27T23:59", 15),  # 19:59 Eastern
        ("2022-06-28T00:00", 60),  # 20:00 Eastern: they have ended
        ("2022-06-25T16:00", 60),  # Saturday
        ("2022-11-07T12:30", 15),  # 07:30 Eastern standard time, after the clocks went back
        ("2022-11-04T11:30", 15),  # 07:30 Eastern daylight time, before
    ],
)
def test_it_wants_an_acknowledgement_sooner_in_support_hours(opened: str, minutes: int) -> None:
    clocks = start_clocks(EASTERN, at(opened))
    assert clocks.acknowledge_due_at - at(opened) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2022-06-27T14:40", "2022-06-28T14:40"),
        ("2022-06-24T14:40", "2022-06-27T14:40"),  # Friday → Monday
        ("2022-07-01T14:40", "2022-07-05T14:40"),  # Monday is the holiday
        ("2022-11-04T14:40", "2022-11-07T15:40"),  # the same wall time after the clocks went back
    ],
)
def test_it_wants_a_first_response_within_one_business_day(opened: str, due: str) -> None:
    rules = clock_rules({}, zone="America/New_York", holidays=[date(2022, 7, 4)])
    assert start_clocks(rules, at(opened)).response_due_at == at(due)


def test_it_takes_what_the_programme_says() -> None:
    sla: dict[str, Any] = {
        "acknowledge": {"support_minutes": 5, "other_minutes": 30},
        "first_response_business_days": 2,
        "support_hours": {"mon-sun": "00:00-24:00"},
        "time_zone": "Asia/Manila",
    }
    clocks = start_clocks(clock_rules(sla, zone="UTC"), at("2022-06-25T16:30"))
    assert clocks.acknowledge_due_at == at("2022-06-25T16:35")


@given(st.integers(0, 5 * 366 * 24 * 60))
def test_it_never_puts_the_response_before_the_acknowledgement(minutes: int) -> None:
    clocks = start_clocks(EASTERN, at("2022-01-01T00:00") + timedelta(minutes=minutes))
    assert clocks.acknowledge_due_at < clocks.response_due_at


@pytest.mark.parametrize(
    ("acknowledged", "answered", "resolved", "due"),
    [(False, False, False, 1), (True, False, False, 2), (True, True, False, None),
     (False, False, True, None), (False, True, False, 1)],
)  # fmt: skip
def test_it_runs_one_clock_at_a_time(
    acknowledged: bool, answered: bool, resolved: bool, due: int | None
) -> None:
    clocks = Clocks(at("2022-06-27T01:00"), at("2022-06-27T02:00"))
    found = next_due(acknowledged=acknowledged, answered=answered, resolved=resolved, clocks=clocks)
    assert (found.hour if found else None) == due


WORDS = [("link", ["link", "qr code"]), ("text", ["text", "sms"]), ("vista", ["vista"])]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("the QR code on the poster and the link fail", "link"),
        ("no SMS, no text came, only a link", "text"),
        ("context menu is texty, linked", ""),
        ("VistA says error", "vista"),
        ("link or text", "link"),
        ("", ""),
    ],
)
def test_it_proposes_the_category_with_most_words(text: str, category: str) -> None:
    assert propose_category(text, WORDS) == category


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("Check-in is down for everyone", 1),
        ("system-wide OUTAGE", 1),
        ("check-in link gives an error", 2),
        ("MSA checks people in by hand", 2),
        ("download the poster where?", 3),
        ("how do we order posters", 3),
    ],
)
def test_it_proposes_a_severity(text: str, severity: int) -> None:
    assert propose_severity(text) == severity


@given(st.text(max_size=400))
def test_it_makes_a_title_of_one_line_that_fits(text: str) -> None:
    title = proposed_title(text)
    assert len(title) <= 120
    assert "\n" not in title


def test_it_cuts_a_title_at_a_word() -> None:
    assert proposed_title("\n\n  " + "word " * 40) == "word " * 22 + "word…"
