"""What holds for every rota."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.oncall.choices import Source, Unit
from apps.oncall.rules import (
    LeaveFacts,
    OverrideFacts,
    RotaFacts,
    Shift,
    Turn,
    final_schedule,
    next_on_duty,
    on_duty,
)
from tests.oncall.clock import readings
from tests.oncall.facts import rota, version
from tests.oncall.strategies import (
    EPOCH,
    SPAN,
    ZONES,
    days,
    instants,
    leaves,
    participants,
    people,
    rotas,
)

WINDOW = (EPOCH - timedelta(days=7), EPOCH + 3 * SPAN)
EIGHT = time(8)
WEEK = timedelta(days=7)
INSTANT = timedelta(microseconds=1)
zones = st.sampled_from(ZONES)
duties = st.sampled_from(["primary", "backup"])
patient = settings(deadline=None)


def whole(facts: RotaFacts, duty: str = "") -> list[Shift]:
    return [shift for shift in final_schedule(facts, *WINDOW) if duty in ("", shift.duty)]


def is_whole(shift: Shift) -> bool:
    return WINDOW[0] < shift.start and shift.end < WINDOW[1]


@patient
@given(rotas())
def test_nobody_has_two_duties_and_no_duty_two_people(facts: RotaFacts) -> None:
    shifts = whole(facts)
    assert all(shift.start < shift.end for shift in shifts)
    for key in ("duty", "person_key"):
        groups: dict[str, list[Shift]] = {}
        for shift in shifts:
            groups.setdefault(getattr(shift, key), []).append(shift)
        for group in groups.values():
            assert all(one.end <= other.start for one, other in pairwise(group))


@patient
@given(rotas(), st.lists(instants, min_size=1, max_size=10))
def test_one_instant_says_what_the_schedule_says(facts: RotaFacts, ats: list[datetime]) -> None:
    shifts = whole(facts)
    edges = [edge for shift in shifts[:6] for edge in (shift.start, shift.end)]
    for at in (*ats, *edges):
        held = [shift for shift in shifts if shift.start <= at < shift.end]
        if all(is_whole(shift) for shift in held):
            assert on_duty(facts, at) == {shift.duty: shift for shift in held}


@patient
@given(rotas(), instants, instants)
def test_a_smaller_window_is_the_schedule_cut(
    facts: RotaFacts, one: datetime, other: datetime
) -> None:
    start, end = sorted([one, other])
    expected = [
        shift._replace(start=max(start, shift.start), end=min(end, shift.end))
        for shift in whole(facts)
        if shift.start < end and start < shift.end
    ]
    assert sorted(final_schedule(facts, start, end)) == sorted(expected if start < end else [])


@patient
@given(rotas(), instants)
def test_the_next_shift_is_the_first_of_the_schedule_to_start(
    facts: RotaFacts, after: datetime
) -> None:
    horizon = timedelta(days=30)
    coming = next_on_duty(facts, after, horizon)
    for duty in ("primary", "backup"):
        starts = [shift.start for shift in whole(facts, duty)]
        first = min((at for at in starts if after < at < after + horizon), default=None)
        assert (coming[duty].start if duty in coming else None) == first


@patient
@given(people, st.sampled_from([Unit.DAY, Unit.WEEK, Unit.SPRINT]), zones, days)
def test_without_windows_there_is_no_gap(
    names: list[str], unit: Unit, zone: ZoneInfo, starts_on: date
) -> None:
    facts = rota(version({"primary": names}, unit=unit, starts_on=starts_on), zone=zone)
    shifts = whole(facts)
    assert shifts[-1].end == WINDOW[1]
    assert all(one.end == other.start for one, other in pairwise(shifts))


@patient
@given(people, st.sampled_from(list(Unit)), zones, days)
def test_with_nobody_away_it_is_slot_number_modulo_people(
    names: list[str], unit: Unit, zone: ZoneInfo, starts_on: date
) -> None:
    windows = {"mon-sun": "08:00-12:00,13:00-20:00"} if unit is Unit.SHIFT else None
    one = version({"primary": names}, unit=unit, starts_on=starts_on, windows=windows)
    found = [shift.person_key for shift in whole(rota(one, zone=zone))]
    assert found == [names[number % len(names)] for number in range(len(found))]


@patient
@given(rotas(), instants, st.integers(1, 5000), duties)
def test_the_override_made_last_wins_half_open(
    facts: RotaFacts, start: datetime, minutes: int, duty: str
) -> None:
    end = start + timedelta(minutes=minutes)
    last = OverrideFacts(duty=duty, person="vic", starts_at=start, ends_at=end)
    covered = replace(facts, overrides=(*facts.overrides, last))
    shifts = [one for one in final_schedule(covered, start, end) if one.duty == duty]
    assert [(one.person_key, one.start, one.end) for one in shifts] == [("vic", start, end)]
    assert {one.source for one in shifts} == {Source.OVERRIDE}
    for outside in (start - INSTANT, end):
        held = on_duty(covered, outside).get(duty)
        assert held is None or held.person_key != "vic"


@patient
@given(rotas(), instants, st.integers(1, 5000), duties)
def test_an_override_changes_nothing_outside_its_period(
    facts: RotaFacts, start: datetime, minutes: int, duty: str
) -> None:
    end = start + timedelta(minutes=minutes)
    last = OverrideFacts(duty=duty, person="ana", starts_at=start, ends_at=end)
    covered = replace(facts, overrides=(*facts.overrides, last))
    for window in ((WINDOW[0], start), (end, WINDOW[1])):
        assert final_schedule(covered, *window) == final_schedule(facts, *window)


@patient
@given(rotas(), days)
def test_an_edit_changes_nothing_before_it(facts: RotaFacts, on: date) -> None:
    latest = max([on, *(one.effective_from for one in facts.versions)])
    edit = replace(version({"primary": ["pam"], "backup": ["dee"]}), effective_from=latest)
    edited = replace(facts, versions=(*facts.versions, edit))
    before = readings(latest, time(), facts.zone)[0]
    assert final_schedule(edited, WINDOW[0], before) == final_schedule(facts, WINDOW[0], before)


# --- leave and participants: against the rule played week by week --------------------------------


def played(
    lists: Sequence[Sequence[Turn]], absent: Sequence[LeaveFacts], starts_on: date, zone: ZoneInfo
) -> list[list[str | None]]:
    """Who has each duty in each weekly slot, by the words of the rule and nothing cleverer."""
    queues = [list(turns) for turns in lists]
    on, found = starts_on - timedelta(days=starts_on.weekday()), []
    while (at := readings(on, EIGHT, zone)[0]) < WINDOW[1]:
        gone = {leave.person for leave in absent if leave.starts_at <= at < leave.ends_at}
        busy: list[str | None] = []
        for queue in queues:
            who = next(
                (
                    turn
                    for turn in queue
                    if (turn.starts_on or on) <= on <= (turn.ends_on or on)
                    and turn.person not in {*gone, *busy}
                ),
                None,
            )
            busy.append(who.person if who else None)
            if who:
                queue.remove(who)
                queue.append(who)
        found.append(busy)
        on += WEEK
    return found


@patient
@given(participants(), participants(), st.lists(leaves(), max_size=6), days, zones)
def test_turns_are_the_rule_played_week_by_week(
    primary: list[Turn],
    backup: list[Turn],
    absent: list[LeaveFacts],
    starts_on: date,
    zone: ZoneInfo,
) -> None:
    one = version({"primary": primary, "backup": backup}, starts_on=starts_on)
    facts = rota(one, zone=zone, leaves=tuple(absent))
    on = starts_on - timedelta(days=starts_on.weekday())
    for holders in played([primary, backup], absent, starts_on, zone):
        at = readings(on, EIGHT, zone)[0]
        held = on_duty(facts, at)
        names = [held[duty].person_key if duty in held else None for duty in ("primary", "backup")]
        assert names == holders
        on += WEEK
