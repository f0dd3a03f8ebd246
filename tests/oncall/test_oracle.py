"""The weekly rota against an independent, slow oracle, around every change of the clock."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from apps.oncall.rules import RotaFacts, final_schedule, on_duty
from tests.oncall.facts import rota, version
from tests.oncall.oracle import holder

ZONES = [
    "America/New_York",
    "America/Chicago",
    "America/Phoenix",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "Pacific/Guam",
    "Australia/Lord_Howe",
    "Asia/Manila",
    "Asia/Kathmandu",
    "UTC",
]
HAND_OFFS = ["mon 08:00", "sun 01:30", "sun 02:15", "sat 23:45"]
SPANS = {"sun": "01:15-02:45", "mon-fri": "08:00-20:00", "sat": "22:00-23:30"}
HOURS = [
    (6, time(1, 15), time(2, 45)),
    *((weekday, time(8), time(20)) for weekday in range(5)),
    (5, time(22), time(23, 30)),
]
PEOPLE = ["ana", "ben", "cam"]
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def changes(zone: ZoneInfo, years: int = 2) -> list[datetime]:
    """The hours in which the zone's offset changes, found by looking at every hour."""
    hours = [FIRST + timedelta(hours=hour) for hour in range(years * 366 * 24)]
    return [
        later
        for earlier, later in pairwise(hours)
        if earlier.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset()
    ]


def instants(zone: ZoneInfo) -> list[datetime]:
    """Each quarter of an hour, and a second before, around each change; some days besides."""
    around = changes(zone) or [datetime(2026, 3, 8, 7, tzinfo=UTC)]
    steps = [change + timedelta(minutes=15 * step) for change in around for step in range(-96, 97)]
    scattered = [FIRST + timedelta(hours=37 * step) for step in range(300)]
    return [at for step in (*steps, *scattered) for at in (step - timedelta(seconds=1), step)]


def first_hand_off(weekday: int, starts_on: date) -> date:
    while starts_on.weekday() != weekday:
        starts_on -= timedelta(days=1)
    return starts_on


def by_schedule(facts: RotaFacts, instant: datetime) -> str | None:
    shifts = final_schedule(facts, instant, instant + timedelta(seconds=1))
    return next((shift.person_key for shift in shifts if shift.duty == "primary"), None)


@pytest.mark.parametrize("is_open_always", [True, False])
@pytest.mark.parametrize("hand_off", HAND_OFFS)
@pytest.mark.parametrize("name", ZONES)
def test_it_agrees_with_the_oracle(name: str, hand_off: str, is_open_always: bool) -> None:
    zone, starts_on = ZoneInfo(name), date(2026, 1, 7)
    windows = None if is_open_always else SPANS
    facts = rota(
        version({"primary": PEOPLE}, hand_off=hand_off, starts_on=starts_on, windows=windows),
        zone=zone,
    )
    parsed = facts.versions[0].hand_off
    assert parsed.weekday is not None
    schedule = final_schedule(facts, FIRST, FIRST + timedelta(days=2 * 366))
    place = 0
    for at in sorted(instants(zone)):
        expected = holder(
            at,
            people=PEOPLE,
            first=first_hand_off(parsed.weekday, starts_on),
            wall=parsed.wall,
            zone=zone,
            hours=None if is_open_always else HOURS,
        )
        while place < len(schedule) and schedule[place].end <= at:
            place += 1
        held = place < len(schedule) and schedule[place].start <= at
        assert (schedule[place].person_key if held else None) == expected, at


@pytest.mark.parametrize("name", ["America/New_York", "Australia/Lord_Howe", "Asia/Manila"])
def test_asking_for_one_instant_says_the_same(name: str) -> None:
    zone = ZoneInfo(name)
    facts = rota(
        version({"primary": PEOPLE}, hand_off="sun 01:30", starts_on=FIRST.date(), windows=SPANS),
        zone=zone,
    )
    for at in instants(zone)[::11]:
        shift = on_duty(facts, at).get("primary")
        assert (shift.person_key if shift else None) == by_schedule(facts, at), at
