"""The engine against the slow oracle: a year of minutes of any rota, and every change of a clock.

ORACLE_ROTAS says how many rotas are compared over a year; `make oracle` compares 1,000.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings

from apps.core.periods import WeeklyHours
from apps.oncall.choices import Unit
from apps.oncall.rules import (
    LeaveFacts,
    OverrideFacts,
    RotaFacts,
    Turn,
    VersionFacts,
    final_schedule,
    on_duty,
)
from tests.oncall.facts import version
from tests.oncall.oracle import Cell, Table, filled, table
from tests.oncall.strategies import ALL_ZONES, EPOCH, all_kinds

ROTAS = int(os.environ.get("ORACLE_ROTAS", "42"))
IS_WHOLE = ROTAS >= 1000
YEAR = EPOCH, EPOCH + timedelta(days=366)
HALF = timedelta(seconds=30)
HOUR = timedelta(hours=1)
NAMES = [zone.key for zone in ALL_ZONES]

pytestmark = pytest.mark.sqlite_only  # pure arithmetic: once is enough


def difference(found: Table, expected: Table, start: datetime) -> str:
    """The first minute in which two tables differ, in words; empty where they are the same."""
    for duty, row in expected.items():
        for minute, (one, other) in enumerate(zip(found[duty], row, strict=True)):
            if one != other:
                return f"{duty} {start + timedelta(minutes=minute)}: {one}, not {other}"
    return "" if found == expected else "other duties"


@pytest.mark.parametrize("name", NAMES)
def test_a_year_is_what_the_oracle_says_minute_by_minute(name: str) -> None:
    @settings(
        max_examples=-(-ROTAS // len(NAMES)), phases=[Phase.generate], derandomize=not IS_WHOLE
    )
    @given(all_kinds(ZoneInfo(name)))
    def compare(facts: RotaFacts) -> None:
        found = filled(final_schedule(facts, *YEAR), facts, *YEAR)
        assert not difference(found, table(facts, *YEAR), YEAR[0])

    compare()


# --- around changes of the clock -----------------------------------------------------------------


def changes(zone: ZoneInfo) -> list[datetime]:
    """The hours from 2026 to 2030 with which the zone's offset changes, found by looking at each;
    for a zone without any, two in which others change."""
    hours = [datetime(2026, 1, 1, tzinfo=UTC) + HOUR * number for number in range(5 * 366 * 24)]
    found = [
        later
        for earlier, later in pairwise(hours)
        if earlier.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset()
    ]
    return found or changes(ZoneInfo("America/Chicago"))[:2]


NIGHT = {"mon-sun": "22:00-06:00"}
THIRDS = {"mon-sun": "00:00-01:30,01:30-02:15,02:15-02:45,02:45-24:00"}
BROKEN = {"mon-sun": "00:30-02:20,02:40-20:00"}
NEAR = timedelta(minutes=25)


def plain(zone: ZoneInfo, change: datetime) -> RotaFacts:
    """Weeks that hand over in the hour of the change, or in which it is gone."""
    wall = "01:45" if change.month > 7 else "02:15"
    return rota_of(zone, change, hand_off=f"{change.astimezone(zone):%a} {wall}".lower())


def broken(zone: ZoneInfo, change: datetime) -> RotaFacts:
    return rota_of(zone, change, unit=Unit.DAY, hand_off="02:15", windows=BROKEN)


def thirds(zone: ZoneInfo, change: datetime) -> RotaFacts:
    return rota_of(zone, change, unit=Unit.SHIFT, windows=THIRDS)


def following(zone: ZoneInfo, change: datetime) -> RotaFacts:
    """People who work by night in the zone, and others far away."""
    night, day = WeeklyHours.parse(NIGHT), WeeklyHours.parse({"mon-sun": "01:30-13:00"})
    people = [
        Turn("ana", None, None, night, zone),
        Turn("ben", None, None, night, ZoneInfo("America/Denver")),
        Turn("dee", None, None, day, zone),
        Turn("dev", None, None, day, ZoneInfo("Asia/Kathmandu")),
    ]
    facts = rota_of(zone, change, unit=Unit.DAY, hand_off="01:45")
    duties = version({"primary": people, "backup": people[::-1]}).duties
    return replace(facts, versions=(replace(facts.versions[0], duties=duties, follows=True),))


def layered(zone: ZoneInfo, change: datetime) -> RotaFacts:
    """A layer by night, an edit, an override and leave, all near the change."""
    (below,) = broken(zone, change).versions
    (above,) = thirds(zone, change).versions
    hours = WeeklyHours.parse(NIGHT)
    edit = replace(
        below,
        effective_from=(change - NEAR).astimezone(zone).date(),
        made_at=change - NEAR,
        duties=below.duties[::-1],
    )
    return RotaFacts(
        zone=zone,
        versions=(below, edit, replace(above, layer="above", windows=hours)),
        leaves=(LeaveFacts("ben", change - 5 * NEAR, change + NEAR),),
        overrides=(
            OverrideFacts(
                duty="primary", person="dev", starts_at=change - NEAR, ends_at=change + 3 * NEAR
            ),
        ),
    )


KINDS = [plain, broken, thirds, following, layered]


def rota_of(zone: ZoneInfo, change: datetime, **columns: object) -> RotaFacts:
    starts_on = (change - timedelta(days=17)).astimezone(zone).date()
    duties = {"primary": ["ana", "ben", "dee"], "backup": ["ben", "dev", "ana"]}
    one: VersionFacts = version(duties, starts_on=starts_on, **columns)  # type: ignore[arg-type]
    return RotaFacts(zone=zone, versions=(one,))


def halves(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += HALF


def is_asked(at: datetime, change: datetime) -> bool:
    """Whether `on_duty` is asked too: at every half minute near the change, else now and then."""
    near, then = (3 * HOUR, 5) if IS_WHOLE else (HOUR / 3, 20)
    return abs(at - change) < near or at.minute % then == 0


def compare_around(facts: RotaFacts, change: datetime) -> None:
    start, end = change - 36 * HOUR, change + 36 * HOUR
    expected, shifts = table(facts, start, end), final_schedule(facts, start, end)
    for at in halves(start, end):
        minute = (at - start) // timedelta(minutes=1)
        said = {duty: row[minute] for duty, row in expected.items() if row[minute]}
        held = {
            one.duty: Cell(one.person_key, one.source, one.slot)
            for one in shifts
            if one.start <= at < one.end
        }
        assert held == said, at
        if is_asked(at, change):
            asked = on_duty(facts, at)
            cells = {duty: Cell(*shift[3:]) for duty, shift in asked.items()}
            assert cells == said, at


@pytest.mark.parametrize("name", NAMES)
def test_every_half_minute_around_a_change_of_the_clock(name: str) -> None:
    zone = ZoneInfo(name)
    for number, change in enumerate(changes(zone)):
        for kind in KINDS if IS_WHOLE else [KINDS[number % len(KINDS)]]:
            compare_around(kind(zone, change), change)
