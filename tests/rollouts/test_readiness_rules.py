"""When an item is due and how it stands, which numbers a text names, what a waiver covers."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.rollouts.rules.readiness import (
    SOON,
    Finding,
    ItemFacts,
    WaiverFacts,
    due_at,
    due_on,
    findings_digest,
    is_pressing,
    is_waived,
    item_standing,
    may_tick,
    read_numbers,
    uncovered,
)

GO_LIVE = date(2022, 6, 27)
DUE = datetime(2022, 6, 24, 5, tzinfo=UTC)  # the end of 23 June in Chicago
HOUR = timedelta(hours=1)
ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def item(state: str = "open", *, blocks: bool = False, status: str = "planned") -> ItemFacts:
    return ItemFacts(state, DUE, blocks, status)


@pytest.mark.parametrize(
    ("offset", "day"),
    [(-7, date(2022, 6, 20)), (-4, date(2022, 6, 23)), (0, GO_LIVE), (1, date(2022, 6, 28))],
)
def test_it_is_due_so_many_days_from_the_go_live(offset: int, day: date) -> None:
    assert due_on(GO_LIVE, offset) == day


@pytest.mark.parametrize(
    ("zone", "end"),
    [
        ("America/Chicago", DUE),
        ("Asia/Manila", datetime(2022, 6, 23, 16, tzinfo=UTC)),
        ("Pacific/Honolulu", datetime(2022, 6, 24, 10, tzinfo=UTC)),
        ("America/Puerto_Rico", datetime(2022, 6, 24, 4, tzinfo=UTC)),
    ],
)
def test_its_day_ends_by_the_clock_of_the_site(zone: str, end: datetime) -> None:
    assert due_at(GO_LIVE, -4, ZoneInfo(zone)) == end


@given(day=DAYS, offset=st.integers(-60, 60), zone=ZONES, weeks=st.integers(-20, 20))
def test_it_follows_a_go_live_that_is_moved(
    day: date, offset: int, zone: ZoneInfo, weeks: int
) -> None:
    moved = day + timedelta(weeks=weeks)
    assert due_on(moved, offset) - due_on(day, offset) == timedelta(weeks=weeks)
    gap = due_at(day, offset + 1, zone) - due_at(day, offset, zone)
    assert timedelta(0) <= gap <= timedelta(hours=50)  # a zone may skip a day, or repeat hours


@pytest.mark.parametrize(
    ("facts", "late", "standing"),
    [
        (item("done", blocks=True), HOUR, "ok"),
        (item("not_applicable", blocks=True), HOUR, "ok"),
        (item(), -HOUR, "due"),
        (item(), 0 * HOUR, "overdue"),
        (item(blocks=True), -HOUR, "due"),
        (item(blocks=True), 0 * HOUR, "red"),
        (item(blocks=True, status="live"), HOUR, "red"),
        (item(blocks=True, status="paused"), HOUR, "due"),
        (item(status="cancelled"), HOUR, "due"),
        (item(status="rolled_back"), HOUR, "due"),
    ],
)
def test_it_stands_so_at_an_instant(facts: ItemFacts, late: timedelta, standing: str) -> None:
    assert item_standing(facts, DUE + late) == standing


@pytest.mark.parametrize(
    ("facts", "at", "is_so"),
    [
        (item(), DUE - SOON - HOUR, False),
        (item(), DUE - SOON, True),
        (item(), DUE + 30 * SOON, True),
        (item("done"), DUE, False),
        (item(status="paused"), DUE, False),
    ],
)
def test_it_presses_when_it_is_due_soon(facts: ItemFacts, at: datetime, is_so: bool) -> None:
    assert is_pressing(facts, at) is is_so


@given(
    state=st.sampled_from(["open", "done", "not_applicable"]), blocks=st.booleans(),
    status=st.sampled_from(["planned", "live", "paused", "rolled_back", "cancelled"]),
    hours=st.integers(-2000, 2000),
)  # fmt: skip
def test_what_is_late_presses_and_only_time_makes_it_late(
    state: str, blocks: bool, status: str, hours: int
) -> None:
    facts = item(state, blocks=blocks, status=status)
    at = DUE + hours * HOUR
    standing = item_standing(facts, at)
    assert (standing in {"overdue", "red"}) <= is_pressing(facts, at)
    later = item_standing(facts, at + HOUR)
    assert later == standing or (standing == "due" and later in {"overdue", "red"})


@pytest.mark.parametrize(
    ("roles", "is_owner", "may"),
    [
        ({"devops"}, False, True),
        ({"engineer"}, False, False),
        ({"engineer"}, True, True),
        ({"pm"}, False, True),
        ({"dm"}, False, True),
        ({"administrator"}, False, True),
        ({"viewer"}, False, False),
        (set(), False, False),
    ],
)
def test_the_owner_its_role_and_the_managers_tick(
    roles: set[str], is_owner: bool, may: bool
) -> None:
    assert may_tick(roles=roles, owner_role="devops", is_owner=is_owner) is may


KNOWN = ("442", "442GC", "589A7", "a.b-1", "636")


@pytest.mark.parametrize(
    ("text", "known", "unknown"),
    [
        ("442, 636", ("442", "636"), ()),
        ("442\t636\r\n589A7;442GC", ("442", "636", "589A7", "442GC"), ()),
        ("«442»|(636) / [589a7]", ("442", "636", "589A7"), ()),
        ("442 442 442", ("442",), ()),
        ("442, 636.", ("442", "636"), ()),
        ("A.B-1", ("a.b-1",), ()),
        ("442gc and 999", ("442GC",), ("and", "999")),
        ("0442 4.42E+02", (), ("0442", "4.42E", "02")),
        ("442-636", (), ("442-636",)),
        ("…–.-_ ", (), ()),
        ("", (), ()),
    ],
)
def test_it_reads_numbers_whatever_stands_between_them(
    text: str, known: tuple[str, ...], unknown: tuple[str, ...]
) -> None:
    found = read_numbers(text, KNOWN)
    assert (found.known, found.unknown) == (known, unknown)


@given(
    numbers=st.lists(st.sampled_from(KNOWN), min_size=1, max_size=12),
    between=st.text(" ,;|/\t\n()«»\"'", min_size=1, max_size=4),
)
def test_no_number_is_lost(numbers: list[str], between: str) -> None:
    found = read_numbers(between.join(numbers), KNOWN)
    assert (set(found.known), found.unknown) == (set(numbers), ())


@given(text=st.text(max_size=60))
def test_what_it_does_not_know_is_told_and_nothing_is_made_up(text: str) -> None:
    found = read_numbers(text, KNOWN)
    assert set(found.known) <= set(KNOWN)
    assert all(number in text for number in found.unknown)
    assert not {one.casefold() for one in found.unknown} & {one.casefold() for one in KNOWN}


def red(key: str = "readiness:poster", *facts: str, level: Any = "red") -> Finding:
    return Finding(key, "words", level, facts=frozenset(facts))


@pytest.mark.parametrize(
    ("waived", "is_so"),
    [
        (WaiverFacts("readiness:poster", frozenset({"442 app", "636 app"})), True),
        (WaiverFacts("readiness:poster", frozenset({"442 app"})), True),
        (WaiverFacts("readiness:poster", frozenset({"636 app"})), False),
        (WaiverFacts("readiness:poster", frozenset()), False),
        (WaiverFacts("severity-1", frozenset({"442 app"})), False),
    ],
)
def test_a_waiver_covers_what_it_was_given_for_and_no_more(
    waived: WaiverFacts, is_so: bool
) -> None:
    finding = red("readiness:poster", "442 app")
    assert is_waived(finding, [waived]) is is_so
    assert (uncovered([finding], [waived]) == []) is is_so


def test_only_red_findings_need_a_waiver() -> None:
    assert uncovered([red(level="amber"), red(level="green")], []) == []


FACTS = st.frozensets(st.sampled_from(["442 app", "636 app", "RC-1", "RC-2"]))


@given(before=FACTS, after=FACTS)
def test_a_finding_that_shrinks_stays_waived_one_that_grows_does_not(
    before: frozenset[str], after: frozenset[str]
) -> None:
    waiver = WaiverFacts("k", before)
    assert is_waived(red("k", *after), [waiver]) is (after <= before)


@given(first=FACTS, second=FACTS)
def test_the_digest_tells_findings_apart_by_what_they_are_about(
    first: frozenset[str], second: frozenset[str]
) -> None:
    one, two = red("k", *first), red("k", *second)
    assert (findings_digest([one]) == findings_digest([two])) is (first == second)
    other = Finding("k", "other words", "red", "/elsewhere/", first)
    green = red("g", level="green")
    assert findings_digest([one]) == findings_digest([green, other])
