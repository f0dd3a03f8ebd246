"""The coverage proof: cases told by hand, and every minute of a table filled the slow way."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.periods import WeeklyHours
from apps.oncall.choices import Source
from apps.oncall.rules import LeaveFacts, Shift
from apps.oncall.rules.coverage import Accepted, Coverage, Need, coverage
from apps.oncall.rules.presence import Worker
from tests.oncall.facts import utc

MINUTE = timedelta(minutes=1)
DAY = "2022-05-03T"  # a Tuesday
OFFICE = {"mon-fri": "08:00-16:00"}


def worker(zone: str = "UTC", hours: dict[str, str] | None = OFFICE) -> Worker:
    return Worker(ZoneInfo(zone), None if hours is None else WeeklyHours.parse(hours))


def shift(person: str, duty: str, start: str, end: str) -> Shift:
    return Shift(utc(DAY + start), utc(DAY + end), duty, person, Source.ROTA, "")


def need(site: str, start: str, end: str) -> Need:
    return Need(site, utc(DAY + start), utc(DAY + end))


def told(found: Coverage) -> list[str]:
    return [f"{one.site} {one.duty} {one.start:%H:%M}-{one.end:%H:%M}" for one in found.holes]


PAIR = [shift("ana", "primary", "08:00", "16:00"), shift("ben", "backup", "08:00", "16:00")]
PEOPLE = {"ana": worker(), "ben": worker(), "eli": worker(), "cam": worker()}


def test_it_is_proved_when_two_people_are_there_all_the_time() -> None:
    found = coverage([need("442", "08:00", "16:00")], PAIR, PEOPLE)
    assert found.is_proved
    assert (found.checked, found.sites) == (timedelta(hours=8), 1)


def test_time_without_anybody_is_a_hole_for_both_duties() -> None:
    found = coverage([need("442", "07:00", "09:00")], PAIR, PEOPLE)
    assert told(found) == ["442 backup 07:00-08:00", "442 primary 07:00-08:00"]
    assert {one.why for one in found.holes} == {"nobody has the duty"}


def test_a_duty_outside_ones_own_hours_does_not_count() -> None:
    people = PEOPLE | {"ana": worker(hours={"mon-fri": "08:00-12:00"})}
    found = coverage([need("442", "08:00", "16:00")], PAIR, people)
    assert told(found) == ["442 primary 12:00-16:00"]
    assert found.holes[0].why == "outside the working hours of ana"


def test_unknown_hours_prove_nothing() -> None:
    people = PEOPLE | {"ben": worker(hours=None)}
    found = coverage([need("442", "08:00", "16:00")], PAIR, people)
    assert told(found) == ["442 backup 08:00-16:00"]
    assert found.holes[0].why == "the working hours of ben are not entered"


def test_one_person_with_both_duties_leaves_the_backup_missing() -> None:
    alone = [PAIR[0], shift("ana", "backup", "08:00", "16:00")]
    found = coverage([need("442", "08:00", "09:00")], alone, PEOPLE)
    assert told(found) == ["442 backup 08:00-09:00"]
    assert found.holes[0].why == "ana has both duties"


def test_two_rotas_that_name_the_same_two_people_crosswise_are_enough() -> None:
    crossed = [*PAIR, shift("ben", "primary", "08:00", "16:00")]
    assert coverage([need("442", "08:00", "16:00")], crossed, PEOPLE).is_proved


def test_two_products_of_a_site_need_the_same_time_once() -> None:
    needs = [need("442", "08:00", "12:00"), need("442", "10:00", "13:00")]
    assert coverage(needs, PAIR, PEOPLE).checked == timedelta(hours=5)


def test_the_fix_is_the_least_busy_who_can_take_it_all() -> None:
    shifts = [PAIR[1], shift("eli", "second", "09:00", "10:00")]
    found = coverage([need("442", "12:00", "14:00")], shifts, PEOPLE)
    fix = found.holes[0].fix
    assert fix is not None
    assert (fix.person, fix.start, fix.end) == ("ana", utc(DAY + "12:00"), utc(DAY + "14:00"))


def test_nobody_is_asked_who_is_away_or_busy() -> None:
    away = [LeaveFacts("ana", utc(DAY + "00:00"), utc(DAY + "23:00"))]
    shifts = [PAIR[1], shift("eli", "second", "09:00", "10:00")]
    people = {name: PEOPLE[name] for name in ("ana", "ben", "eli")}
    found = coverage([need("442", "12:00", "14:00")], shifts, people, leaves=away)
    assert [one.fix.person for one in found.holes if one.fix] == ["eli"]


def test_a_fix_may_close_only_a_part() -> None:
    people = PEOPLE | {"eli": worker(hours={"tue": "18:00-19:00"})}
    found = coverage([need("442", "17:00", "20:00")], PAIR, people)
    fix = found.holes[0].fix
    assert fix is not None
    assert (fix.person, fix.start, fix.end) == ("eli", utc(DAY + "18:00"), utc(DAY + "19:00"))


def test_without_anybody_in_their_hours_there_is_no_fix() -> None:
    found = coverage([need("442", "20:00", "22:00")], PAIR, PEOPLE)
    assert [one.fix for one in found.holes] == [None, None]


def test_an_accepted_hole_is_told_apart_and_only_for_its_time_and_site() -> None:
    needs = [need("442", "06:00", "09:00"), need("636", "06:00", "09:00")]
    accepted = [Accepted(utc(DAY + "05:00"), utc(DAY + "07:00"), "442")]
    found = coverage(needs, PAIR, PEOPLE, accepted=accepted)
    assert told(found) == [
        "636 backup 06:00-08:00", "636 primary 06:00-08:00",
        "442 backup 07:00-08:00", "442 primary 07:00-08:00",
    ]  # fmt: skip
    assert [(one.site, one.duty) for one in found.accepted] == [
        ("442", "backup"), ("442", "primary"),
    ]  # fmt: skip


def test_all_accepted_is_proved_with_exceptions() -> None:
    accepted = [Accepted(utc(DAY + "00:00"), utc(DAY + "08:00"))]
    found = coverage([need("442", "07:00", "09:00")], PAIR, PEOPLE, accepted=accepted)
    assert found.is_proved
    assert len(found.accepted) == 2


def test_the_digest_is_of_what_the_proof_rests_on() -> None:
    needs = [need("442", "08:00", "16:00")]
    same = coverage(needs, PAIR, PEOPLE).digest
    assert coverage(needs, PAIR[::-1], dict(reversed(PEOPLE.items()))).digest == same
    assert coverage(needs, PAIR[:1], PEOPLE).digest != same
    assert coverage(needs, PAIR, PEOPLE | {"ana": worker(hours=None)}).digest != same


def test_nothing_needed_is_nothing_checked() -> None:
    found = coverage([], PAIR, PEOPLE)
    assert (found.is_proved, found.checked, found.sites) == (True, timedelta(), 0)


# --- every minute ---------------------------------------------------------------------------------

START = datetime(2026, 3, 7, 6, tzinfo=UTC)  # the clocks of Denver move on the next day
LENGTH = 60 * 60  # minutes
PLACES = ["America/Denver", "Asia/Manila", "Australia/Lord_Howe"]
HOURS: list[dict[str, str] | None] = [
    None, {"mon-sun": "08:00-16:00"}, {"sat": "22:00-06:00", "sun": "01:30-02:30"},
    {"mon-sun": "00:00-24:00"},
]  # fmt: skip
minutes = st.integers(0, LENGTH).map(lambda minute: START + MINUTE * minute)
who = st.sampled_from(["ana", "ben", "eli"])
workers = st.fixed_dictionaries(
    {
        name: st.builds(worker, st.sampled_from(PLACES), st.sampled_from(HOURS))
        for name in ("ana", "ben", "eli")
    }
)


@st.composite
def spans(draw: st.DrawFn) -> tuple[datetime, datetime]:
    start, end = sorted([draw(minutes), draw(minutes)])
    return start, end + MINUTE


@st.composite
def shift_rows(draw: st.DrawFn) -> Shift:
    start, end = draw(spans())
    duty = draw(st.sampled_from(["primary", "backup", "commander"]))
    return Shift(start, end, duty, draw(who), Source.ROTA, "")


@st.composite
def needed(draw: st.DrawFn) -> Need:
    return Need(draw(st.sampled_from(["442", "636"])), *draw(spans()))


@st.composite
def accepted_rows(draw: st.DrawFn) -> Accepted:
    site, duty = draw(st.sampled_from(["", "442"])), draw(st.sampled_from(["", "backup"]))
    return Accepted(*draw(spans()), site, duty)


def works(one: Worker, at: datetime) -> bool:
    return one.hours is not None and one.hours.contains(at, one.zone)


def missing_at(at: datetime, shifts: Sequence[Shift], people: dict[str, Worker]) -> set[str]:
    there: dict[str, set[str]] = {"primary": set(), "backup": set(), "commander": set()}
    for one in shifts:
        if one.start <= at < one.end and works(people[one.person_key], at):
            there[one.duty].add(one.person_key)
    lacking = {duty for duty in ("primary", "backup") if not there[duty]}
    pairs = {(one, two) for one in there["primary"] for two in there["backup"] if one != two}
    if there["primary"] and not pairs:
        lacking.add("backup")
    return lacking


@settings(max_examples=60)
@given(
    st.lists(needed(), max_size=4),
    st.lists(shift_rows(), max_size=7),
    workers,
    st.lists(accepted_rows(), max_size=2),
)
def test_every_minute_agrees_with_the_table(
    needs: list[Need], shifts: list[Shift], people: dict[str, Worker], accepted: list[Accepted]
) -> None:
    found = coverage(needs, shifts, people, accepted=accepted)
    tables: dict[str, set[Any]] = {"open": set(), "accepted": set()}
    checked = set()
    for minute in range(LENGTH + 1):
        at = START + MINUTE * minute
        lacking: set[str] | None = None
        for site in ("442", "636"):
            if not any(one.site == site and one.start <= at < one.end for one in needs):
                continue
            checked.add((site, at))
            lacking = missing_at(at, shifts, people) if lacking is None else lacking
            for duty in lacking:
                is_accepted = any(
                    one.start <= at < one.end and one.site in ("", site) and one.duty in ("", duty)
                    for one in accepted
                )
                tables["accepted" if is_accepted else "open"].add((site, duty, at))
    assert found.checked == MINUTE * len(checked)
    for name, holes in (("open", found.holes), ("accepted", found.accepted)):
        listed = [
            (one.site, one.duty, one.start + MINUTE * step)
            for one in holes
            for step in range(int((one.end - one.start) / MINUTE))
        ]
        assert len(listed) == len(set(listed))
        assert set(listed) == tables[name]


@settings(max_examples=60)
@given(st.lists(needed(), max_size=3), st.lists(shift_rows(), max_size=6), workers)
def test_who_is_proposed_is_free_and_at_work_all_that_time(
    needs: list[Need], shifts: list[Shift], people: dict[str, Worker]
) -> None:
    for hole in coverage(needs, shifts, people).holes:
        if hole.fix is None:
            continue
        assert hole.start <= hole.fix.start < hole.fix.end <= hole.end
        steps = int((hole.fix.end - hole.fix.start) / MINUTE)
        for at in (hole.fix.start + MINUTE * step for step in range(steps)):
            assert works(people[hole.fix.person], at)
            assert not any(
                one.person_key == hole.fix.person and one.start <= at < one.end for one in shifts
            )
