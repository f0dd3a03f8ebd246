"""What each person carries: tables, and a count minute by minute in several zones."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.periods import Period, WeeklyHours, merged
from apps.oncall.choices import Source
from apps.oncall.rules import Shift, final_schedule
from apps.oncall.rules.fairness import NO_TIME, Carry, Load, loads, together
from apps.oncall.rules.presence import Worker
from tests.oncall.facts import local
from tests.oncall.strategies import EPOCH, NAMES, SPAN, rotas

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OFFICE = WeeklyHours.parse({"mon-fri": "08:00-16:30"})
NIGHTS = WeeklyHours.parse({"sun-thu": "22:00-06:00"})
ZONES = ["America/New_York", "America/Phoenix", "Pacific/Honolulu", "Asia/Manila",
         "Australia/Lord_Howe", "Asia/Kathmandu", "Europe/London"]  # fmt: skip


def shift(
    start: str, end: str, person: str = "ana", duty: str = "primary", slot: str = "s"
) -> Shift:
    return Shift(local(start), local(end), duty, person, Source.ROTA, slot)


def of_ana(
    *shifts: Shift, zone: str = "America/New_York", hours: Any = OFFICE, **more: Any
) -> Load:
    found = loads(shifts, {"ana": Worker(ZoneInfo(zone), hours)}, **more)
    assert len(found) == 1
    return found[0]


def test_hours_outside_of_ones_own_are_told() -> None:
    found = of_ana(shift("2022-05-02T07:00", "2022-05-02T20:00"))
    assert (found.hours, found.outside, found.shifts) == (13 * HOUR, 4.5 * HOUR, 1)


def test_own_hours_are_in_ones_own_zone() -> None:
    found = of_ana(shift("2022-05-02T07:00", "2022-05-02T20:00"), zone="Pacific/Honolulu")
    assert found.outside == 13 * HOUR - 6 * HOUR  # 8:00 there is 14:00 in New York


def test_without_working_hours_nobody_knows_what_is_outside() -> None:
    assert of_ana(shift("2022-05-02T07:00", "2022-05-02T20:00"), hours=None).outside is None
    assert loads([shift("2022-05-02T07:00", "2022-05-02T08:00")], {})[0].outside is None


@pytest.mark.parametrize(
    ("zone", "weekend"), [("America/New_York", 5), ("Pacific/Honolulu", 0), ("Asia/Manila", 8)]
)
def test_a_weekend_is_that_of_the_person(zone: str, weekend: int) -> None:
    friday_night = shift("2022-05-06T21:00", "2022-05-07T05:00")
    assert of_ana(friday_night, zone=zone).weekend == weekend * HOUR


def test_a_holiday_on_a_weekend_counts_as_both() -> None:
    found = of_ana(
        shift("2022-06-18T12:00", "2022-06-20T12:00"), holidays={date(2022, 6, 19)}
    )  # Saturday noon to Monday noon; the holiday is Sunday
    assert (found.weekend, found.holiday) == (36 * HOUR, 24 * HOUR)


@pytest.mark.parametrize(("start", "hours"), [("2022-03-13", 23), ("2022-11-06", 25)])
def test_a_day_on_which_the_clock_changes_has_its_real_hours(start: str, hours: int) -> None:
    day = date.fromisoformat(start)
    found = of_ana(shift(start, str(day + timedelta(days=1))), holidays={day})
    assert (found.hours, found.weekend, found.holiday) == (hours * HOUR,) * 3


def test_a_slot_in_pieces_is_one_shift_and_overrides_of_their_own_time_count() -> None:
    found = of_ana(
        shift("2022-05-02T08:00", "2022-05-02T12:00", slot="a"),
        shift("2022-05-02T14:00", "2022-05-02T16:00", slot="a"),
        shift("2022-05-03T08:00", "2022-05-03T12:00", slot="b"),
        shift("2022-05-04T08:00", "2022-05-04T09:00", slot=""),
        shift("2022-05-05T08:00", "2022-05-05T09:00", slot=""),
    )
    assert found.shifts == 4


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [("2022-05-01", "2022-05-02T08:00", 0), ("2022-05-01", "2022-05-02T08:01", 1),
     ("2022-05-02T12:00", "2022-05-09", 0), ("2022-05-02T11:59", "2022-05-09", 1),
     ("2022-05-02T09:00", "2022-05-02T09:00", 0)],
)  # fmt: skip
def test_a_go_live_is_carried_by_who_has_the_duty_in_its_first_week(
    start: str, end: str, count: int
) -> None:
    week = Carry(("636", "echeckin"), local(start), local(end))
    other = Carry(("442", "echeckin"), local("2022-05-02T08:00"), local("2022-05-02T09:00"))
    found = of_ana(shift("2022-05-02T08:00", "2022-05-02T12:00"), carries=[week, week, other])
    assert len(found.carried) == count + 1


def test_duties_of_one_person_are_added_and_a_go_live_counts_once() -> None:
    week = Carry(("636", "echeckin"), local("2022-05-02"), local("2022-05-09"))
    found = loads(
        [shift("2022-05-02T08:00", "2022-05-02T12:00"),
         shift("2022-05-03T08:00", "2022-05-03T17:00", duty="backup")],
        {"ana": Worker(ZoneInfo("America/New_York"), OFFICE)}, carries=[week],
    )  # fmt: skip
    assert [one.duty for one in found] == ["backup", "primary"]
    both = together("ana", found)
    assert (both.hours, both.outside, both.shifts, len(both.carried)) == (13 * HOUR, HOUR / 2, 2, 1)
    assert together("ben", []) == Load("ben")


@settings(max_examples=60, deadline=None)
@given(rotas())
def test_hours_of_all_people_are_the_covered_hours_of_the_duty(facts: Any) -> None:
    shifts = final_schedule(facts, EPOCH, EPOCH + SPAN)
    found = loads(shifts, {})
    for duty in facts.duties():
        covered = merged(Period(one.start, one.end) for one in shifts if one.duty == duty)
        of_people = sum((one.hours for one in found if one.duty == duty), NO_TIME)
        assert of_people == sum((end - start for start, end in covered), NO_TIME)


def minutes(shifts: Iterable[Shift]) -> Iterable[datetime]:
    for one in shifts:
        at = one.start
        while at < one.end:
            yield at
            at += MINUTE


@settings(max_examples=40, deadline=None)
@given(
    rotas(),
    st.sampled_from(ZONES),
    st.sampled_from([OFFICE, NIGHTS]),
    st.sampled_from([date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 2, 7)]),
)
def test_it_agrees_with_a_count_minute_by_minute(
    facts: Any, name: str, hours: WeeklyHours, around: date
) -> None:
    zone, holidays = ZoneInfo(name), {around, around + timedelta(days=2)}
    start = datetime.combine(around, datetime.min.time(), EPOCH.tzinfo) - timedelta(days=2)
    shifts = final_schedule(facts, start, start + timedelta(days=5))
    workers = {person: Worker(zone, hours) for person in NAMES}
    for load in loads(shifts, workers, holidays=holidays):
        mine = [one for one in shifts if (one.person_key, one.duty) == (load.person, load.duty)]
        held = list(minutes(mine))
        local_days = [at.astimezone(zone).date() for at in held]
        assert load.hours == len(held) * MINUTE
        assert load.weekend == sum(on.weekday() > 4 for on in local_days) * MINUTE
        assert load.holiday == sum(on in holidays for on in local_days) * MINUTE
        open_now = merged(hours.periods(zone, start, start + timedelta(days=5)))
        away = sum(not any(at in one for one in open_now) for at in held)
        assert load.outside == away * MINUTE
