"""The support phase of a go-live at an instant (R8), by hand-made tables."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apps.rollouts.rules import Fact, Facts, PhaseAt, phases_of, support_phase

DENVER = ZoneInfo("America/Denver")
START = date(2022, 6, 13)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def facts(*events: tuple[Any, str], **more: Any) -> Facts:
    """A go-live in Denver (UTC-6 in summer) on Monday 2022-06-13."""
    plain: dict[str, Any] = {"starts_on": START, "zone": DENVER}
    return Facts(**plain | more, events=tuple(Fact(kind, at(text)) for kind, text in events))


def told(known: Facts) -> list[str]:
    """Phases with the instant they begin, readable."""
    return [
        f"{one.key} {one.since:%m-%d %H:%M}" if one.since else one.key for one in phases_of(known)
    ]


@pytest.mark.parametrize(
    ("instant", "phase"),
    [
        ("1970-01-01T00:00", "planned"),
        ("2022-06-13T05:59:59", "planned"),
        ("2022-06-13T06:00", "go_live_week"),
        ("2022-06-20T05:59:59", "go_live_week"),
        ("2022-06-20T06:00", "servicenow"),
        ("2199-01-01T00:00", "servicenow"),
    ],
)
def test_it_begins_at_the_site_s_own_midnight_and_ends_seven_days_later(
    instant: str, phase: str
) -> None:
    assert support_phase(facts(), at(instant)).key == phase


def test_it_says_since_when_and_until_when() -> None:
    week = support_phase(facts(), at("2022-06-15T12:00"))
    assert week == PhaseAt("go_live_week", at("2022-06-13T06:00"), at("2022-06-20T06:00"))
    assert support_phase(facts(), at("2022-06-01T00:00")).since is None
    assert support_phase(facts(), at("2022-09-01T00:00")).until is None


@pytest.mark.parametrize(
    ("zone", "starts", "ends"),
    [
        ("Asia/Manila", "2022-06-12T16:00", "2022-06-19T16:00"),
        ("America/Puerto_Rico", "2022-06-13T04:00", "2022-06-20T04:00"),
        ("America/Boise", "2022-06-13T06:00", "2022-06-20T06:00"),
        ("America/Indiana/Indianapolis", "2022-06-13T04:00", "2022-06-20T04:00"),
        ("America/Phoenix", "2022-06-13T07:00", "2022-06-20T07:00"),
        ("America/Anchorage", "2022-06-13T08:00", "2022-06-20T08:00"),
        ("Pacific/Honolulu", "2022-06-13T10:00", "2022-06-20T10:00"),
    ],
)
def test_it_knows_every_zone(zone: str, starts: str, ends: str) -> None:
    week = phases_of(facts(zone=ZoneInfo(zone)))[1]
    assert (week.since, week.until) == (at(starts), at(ends))


@pytest.mark.parametrize(
    ("starts_on", "hours"),
    [(date(2022, 3, 7), 7 * 24 - 1), (date(2022, 10, 31), 7 * 24 + 1), (START, 7 * 24)],
)
def test_it_counts_local_days_across_a_clock_change(starts_on: date, hours: int) -> None:
    week = phases_of(facts(starts_on=starts_on, zone=ZoneInfo("America/New_York")))[1]
    assert week.since is not None
    assert week.until is not None
    assert week.until - week.since == timedelta(hours=hours)


def test_it_starts_at_the_first_reading_of_an_absent_midnight() -> None:
    # Santiago skips from 00:00 to 01:00 on that day; 03:00Z is the earlier of the two readings.
    week = phases_of(facts(starts_on=date(2022, 9, 11), zone=ZoneInfo("America/Santiago")))[1]
    assert week.since == at("2022-09-11T03:00")


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        # a pause in the week: the two days it touches are added
        (
            [("pause", "2022-06-14T18:00"), ("resume", "2022-06-15T18:00")],
            ["planned", "go_live_week 06-13 06:00", "paused 06-14 18:00",
             "go_live_week 06-15 18:00", "servicenow 06-22 06:00"],
        ),
        # two pauses of one day cost one day
        (
            [("pause", "2022-06-14T15:00"), ("resume", "2022-06-14T16:00"),
             ("pause", "2022-06-14T18:00"), ("resume", "2022-06-14T19:00")],
            ["planned", "go_live_week 06-13 06:00", "paused 06-14 15:00",
             "go_live_week 06-14 16:00", "paused 06-14 18:00", "go_live_week 06-14 19:00",
             "servicenow 06-21 06:00"],
        ),
        # a pause that ends on the day the next begins
        (
            [("pause", "2022-06-14T15:00"), ("resume", "2022-06-15T16:00"),
             ("pause", "2022-06-15T18:00"), ("resume", "2022-06-16T15:00")],
            ["planned", "go_live_week 06-13 06:00", "paused 06-14 15:00",
             "go_live_week 06-15 16:00", "paused 06-15 18:00", "go_live_week 06-16 15:00",
             "servicenow 06-23 06:00"],
        ),
        # until the site's midnight exactly: the day that begins there is not lost
        (
            [("pause", "2022-06-14T06:00"), ("resume", "2022-06-15T06:00")],
            ["planned", "go_live_week 06-13 06:00", "paused 06-14 06:00",
             "go_live_week 06-15 06:00", "servicenow 06-21 06:00"],
        ),
        # not resumed: no end
        (
            [("pause", "2022-06-14T18:00")],
            ["planned", "go_live_week 06-13 06:00", "paused 06-14 18:00"],
        ),
        # before the go-live: nothing is lost
        (
            [("pause", "2022-06-01T12:00"), ("resume", "2022-06-02T12:00")],
            ["planned", "paused 06-01 12:00", "planned 06-02 12:00", "go_live_week 06-13 06:00",
             "servicenow 06-20 06:00"],
        ),
        # over the start: the lost days of the week come back
        (
            [("pause", "2022-06-10T12:00"), ("resume", "2022-06-14T12:00")],
            ["planned", "paused 06-10 12:00", "go_live_week 06-14 12:00", "servicenow 06-22 06:00"],
        ),
        # after the week: it changes nothing about the week
        (
            [("pause", "2022-07-01T12:00"), ("resume", "2022-07-02T12:00")],
            ["planned", "go_live_week 06-13 06:00", "servicenow 06-20 06:00", "paused 07-01 12:00",
             "servicenow 07-02 12:00"],
        ),
        # in the day that was added by an earlier pause
        (
            [("pause", "2022-06-14T15:00"), ("resume", "2022-06-14T16:00"),
             ("pause", "2022-06-20T15:00"), ("resume", "2022-06-20T16:00")],
            ["planned", "go_live_week 06-13 06:00", "paused 06-14 15:00",
             "go_live_week 06-14 16:00", "paused 06-20 15:00", "go_live_week 06-20 16:00",
             "servicenow 06-22 06:00"],
        ),
        # a second pause, and a resume of nothing, say nothing new
        (
            [("resume", "2022-06-13T12:00"), ("pause", "2022-06-14T18:00"),
             ("pause", "2022-06-14T20:00"), ("resume", "2022-06-14T22:00"),
             ("resume", "2022-06-15T22:00")],
            ["planned", "go_live_week 06-13 06:00", "paused 06-14 18:00",
             "go_live_week 06-14 22:00", "servicenow 06-21 06:00"],
        ),
        # no time at all
        (
            [("pause", "2022-06-14T18:00"), ("resume", "2022-06-14T18:00")],
            ["planned", "go_live_week 06-13 06:00", "servicenow 06-20 06:00"],
        ),
        # rolled back, and then given up: cancelled from that instant on
        (
            [("roll-back", "2022-06-14T18:00"), ("cancel", "2022-06-20T12:00")],
            ["planned", "go_live_week 06-13 06:00", "rolled_back 06-14 18:00",
             "cancelled 06-20 12:00"],
        ),
        (
            [("roll-back", "2022-06-14T18:00"), ("pause", "2022-06-15T18:00"),
             ("cancel", "2022-06-20T12:00"), ("cancel", "2022-06-21T12:00")],
            ["planned", "go_live_week 06-13 06:00", "rolled_back 06-14 18:00",
             "cancelled 06-20 12:00"],
        ),
        # rolled back for good, whatever comes after it
        (
            [("roll-back", "2022-06-14T18:00"), ("pause", "2022-06-15T18:00")],
            ["planned", "go_live_week 06-13 06:00", "rolled_back 06-14 18:00"],
        ),
        (
            [("pause", "2022-06-14T12:00"), ("roll-back", "2022-06-14T18:00")],
            ["planned", "go_live_week 06-13 06:00", "paused 06-14 12:00",
             "rolled_back 06-14 18:00"],
        ),
        ([("cancel", "2022-06-01T12:00")], ["planned", "cancelled 06-01 12:00"]),
        ([("cancel", "2022-06-13T06:00")], ["planned", "cancelled 06-13 06:00"]),
    ],
)  # fmt: skip
def test_it_is_interrupted(events: list[tuple[Any, str]], expected: list[str]) -> None:
    assert told(facts(*events)) == expected


def test_it_does_not_mind_the_order_of_facts() -> None:
    events = [("resume", "2022-06-15T18:00"), ("pause", "2022-06-14T18:00")]
    assert told(facts(*events)) == told(facts(*reversed(events)))


@pytest.mark.parametrize(
    ("closes_on", "events", "expected"),
    [
        (date(2022, 9, 1), [],
         ["planned", "go_live_week 06-13 06:00", "servicenow 06-20 06:00", "closed 09-01 06:00"]),
        (date(2022, 6, 15), [], ["planned", "go_live_week 06-13 06:00", "closed 06-15 06:00"]),
        (START, [], ["planned", "closed 06-13 06:00"]),
        (date(2022, 6, 1), [], ["planned", "closed 06-01 06:00"]),
        (date(2022, 9, 1), [("cancel", "2022-06-01T12:00")],
         ["planned", "cancelled 06-01 12:00", "closed 09-01 06:00"]),
    ],
)  # fmt: skip
def test_it_closes_with_the_programme(
    closes_on: date, events: list[tuple[Any, str]], expected: list[str]
) -> None:
    assert told(facts(*events, closes_on=closes_on)) == expected


def test_it_takes_another_length_of_the_week() -> None:
    assert told(facts(days=21))[2] == "servicenow 07-04 06:00"
