"""Rotas for hypothesis: any unit, zone, windows, people, leave, overrides and edits."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from apps.core.periods import WeeklyHours
from apps.oncall.choices import Unit
from apps.oncall.rules import (
    DutyFacts,
    HandOff,
    LeaveFacts,
    OverrideFacts,
    RotaFacts,
    Turn,
    VersionFacts,
    final_schedule,
)
from apps.oncall.rules.facts import LONG_AGO
from tests.oncall.facts import version

ZONES = [
    ZoneInfo(name)
    for name in (
        "America/New_York",
        "America/Phoenix",
        "America/Adak",
        "Pacific/Honolulu",
        "Australia/Lord_Howe",
        "Asia/Manila",
        "Asia/Kathmandu",
    )
]
NAMES = ["ana", "ben", "dee", "dev", "pam"]
HAND_OFFS = ["mon 08:00", "sun 01:30", "sun 02:30", "thu 23:30"]
WINDOWS: list[dict[str, str]] = [
    {"mon-fri": "08:00-20:00"},
    {"mon-sun": "08:00-20:00,20:00-08:00"},
    {"sat,sun": "00:30-02:15", "tue": "22:00-24:00"},
]
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
SPAN = timedelta(days=120)  # rotas start in it; the clocks of March and April are within

instants = st.integers(0, int(2 * SPAN / timedelta(minutes=1))).map(
    lambda minutes: EPOCH + timedelta(minutes=minutes)
)
days = st.integers(0, SPAN.days).map(lambda number: EPOCH.date() + timedelta(days=number))
people = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True)


@st.composite
def leaves(draw: st.DrawFn) -> LeaveFacts:
    start = draw(instants)
    return LeaveFacts(
        draw(st.sampled_from(NAMES)), start, start + timedelta(hours=draw(st.integers(1, 400)))
    )


@st.composite
def overrides(draw: st.DrawFn) -> OverrideFacts:
    start = draw(instants)
    return OverrideFacts(
        duty=draw(st.sampled_from(["primary", "backup"])),
        person=draw(st.sampled_from(NAMES)),
        starts_at=start,
        ends_at=start + timedelta(minutes=draw(st.integers(1, 20000))),
    )


@st.composite
def participants(draw: st.DrawFn) -> list[Turn]:
    """People in order; some come later, some leave."""
    found = []
    for person in draw(people):
        first: date | None = draw(st.none() | days)
        last = first or EPOCH.date()
        length = draw(st.none() | st.integers(0, 60))
        found.append(Turn(person, first, None if length is None else last + timedelta(length)))
    return found


@st.composite
def versions(draw: st.DrawFn, /, **fixed: Any) -> VersionFacts:
    unit = draw(st.sampled_from(list(Unit)))
    choices = WINDOWS if unit is Unit.SHIFT else [None, *WINDOWS]
    columns: dict[str, Any] = {
        "unit": unit,
        "hand_off": draw(st.sampled_from(HAND_OFFS)),
        "windows": draw(st.sampled_from(choices)),
        "starts_on": draw(days),
    }
    duties = {"primary": draw(participants()), "backup": draw(participants())}
    return version(duties, **columns | fixed)


@st.composite
def rotas(draw: st.DrawFn) -> RotaFacts:
    first = draw(versions())
    edits = [
        draw(versions(effective_from=on, starts_on=draw(st.just(first.starts_on) | days)))
        for on in sorted(draw(st.lists(days, max_size=2)))
    ]
    return RotaFacts(
        zone=draw(st.sampled_from(ZONES)),
        versions=(first, *edits),
        leaves=tuple(draw(st.lists(leaves(), max_size=3))),
        overrides=tuple(draw(st.lists(overrides(), max_size=4))),
    )


# --- everything a rota may be made of ------------------------------------------------------------

ALL_ZONES = [
    ZoneInfo(name)
    for name in (
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Phoenix",
        "America/Los_Angeles",
        "America/Anchorage",
        "America/Adak",
        "Pacific/Honolulu",
        "America/Puerto_Rico",
        "Pacific/Guam",
        "Asia/Manila",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "UTC",
    )
]
ALL_HAND_OFFS = ["mon 08:00", "sun 00:00", "sun 01:30", "sun 02:15", "thu 23:59", "tue 17:00"]
ALL_WINDOWS: list[dict[str, str]] = [
    {"mon-fri": "08:00-20:00"},
    {"mon-fri": "20:00-08:00", "sat,sun": "00:00-24:00"},
    {"mon-sun": "08:00-20:00,20:00-08:00"},
    {"mon-sun": "00:00-02:15,02:15-02:45,02:45-12:00,12:00-24:00"},
    {"sat,sun": "00:30-01:45", "tue": "22:00-24:00"},
    {"mon,wed,fri": "06:00-14:00,13:30-22:00"},
]
HOURS = [
    WeeklyHours.parse(hours)
    for hours in (
        {"mon-fri": "08:00-16:00"},
        {"mon-fri": "08:00-16:00"},
        {"mon-thu": "07:00-17:30"},
        {"tue-sat": "09:00-12:00,13:00-18:00"},
        {"sun-wed": "22:00-06:00"},
        {"sun": "00:00-03:00", "mon-sun": "12:00-13:00"},
    )
]
DUTIES = ["primary", "backup", "lead"]
zones = st.sampled_from(ALL_ZONES)
seldom = st.none() | st.none() | days
soon = st.integers(0, 20).map(lambda number: EPOCH.date() + timedelta(days=number))


Hours = dict[str, tuple[WeeklyHours | None, ZoneInfo]]


@st.composite
def working_hours(draw: st.DrawFn) -> Hours:
    """Of each person, as they are when a version is made; some have not entered them."""
    some = st.sampled_from([None, *HOURS, *HOURS])
    return {name: (draw(some), draw(zones)) for name in NAMES}


@st.composite
def workers(draw: st.DrawFn, hours: Hours) -> list[Turn]:
    """People in order, some for a time, with working hours of their own."""
    return [
        Turn(person, draw(seldom), draw(seldom), *hours[person])
        for person in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    ]


@st.composite
def edited_people(draw: st.DrawFn, old: DutyFacts, hours: Hours) -> DutyFacts:
    """A list as people edit it: somebody goes, comes, changes places or days."""
    turns = [
        replace(turn, hours=hours[turn.person][0], zone=hours[turn.person][1]) for turn in old.turns
    ]
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(turns)))
        match draw(st.sampled_from(["goes", "comes", "moves", "stops", "turns"])):
            case "goes" if len(turns) > 1:
                turns.pop(place - 1)
            case "comes":
                known = {turn.person for turn in turns}
                new = [one for one in draw(workers(hours)) if one.person not in known]
                turns[place:place] = new[:1]
            case "moves":
                turns.insert(place, turns.pop())
            case "stops":
                turns[place - 1] = replace(turns[place - 1], ends_on=draw(st.none() | days))
            case "turns":
                turns = [*turns[place:], *turns[:place]]
    return DutyFacts(old.duty, tuple(turns))


@st.composite
def units(draw: st.DrawFn) -> dict[str, Any]:
    """How a version hands over, and within which windows."""
    unit = draw(st.sampled_from(list(Unit)))
    choices = ALL_WINDOWS if unit is Unit.SHIFT else [None, *ALL_WINDOWS]
    return {
        "unit": unit,
        "hand_off": HandOff.parse(draw(st.sampled_from(ALL_HAND_OFFS))),
        "windows": draw(st.sampled_from(choices).map(lambda one: one and WeeklyHours.parse(one))),
    }


@st.composite
def edits(draw: st.DrawFn, old: VersionFacts, hours: Hours) -> VersionFacts:
    """A version as somebody makes it from the one before."""
    on = max(old.effective_from, draw(days))
    duties = tuple(draw(edited_people(duty, hours)) for duty in old.duties)
    fields: dict[str, Any] = {"effective_from": on, "duties": duties}
    if draw(st.integers(0, 3)) == 0:
        fields |= draw(units())
    if draw(st.integers(0, 5)) == 0:
        fields["starts_on"] = draw(days)
    if draw(st.integers(0, 5)) == 0:
        fields["follows"] = not old.follows
    if draw(st.integers(0, 3)) == 0:
        made = datetime.combine(on, time(), UTC) + timedelta(minutes=draw(st.integers(-999, 5000)))
        fields["made_at"] = max(made, old.made_at)
    return replace(old, **fields)


@st.composite
def layers(draw: st.DrawFn, name: str = "") -> list[VersionFacts]:
    """The versions of a layer."""
    hours = draw(working_hours())
    duties = draw(st.sampled_from([DUTIES[:1], DUTIES[:2], DUTIES]))
    starts_on = draw(soon)
    first = VersionFacts(
        effective_from=draw(st.just(starts_on) | soon),
        starts_on=starts_on,
        duties=tuple(DutyFacts(duty, tuple(draw(workers(hours)))) for duty in duties),
        layer=name,
        zone=draw(st.none() | zones) if name else None,
        follows=draw(st.integers(0, 3)) == 0,
        made_at=draw(st.just(LONG_AGO) | instants) if name else LONG_AGO,
        **draw(units()),
    )
    found = [first]
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        found.append(draw(edits(found[-1], draw(st.just(hours) | working_hours()))))
    return found


@st.composite
def all_kinds(draw: st.DrawFn, zone: ZoneInfo) -> RotaFacts:
    """A rota of any kind."""
    names = ["", "night", "weekend"][: draw(st.sampled_from([1, 1, 2, 3]))]
    found = [version for name in names for version in draw(layers(name))]
    facts = RotaFacts(
        zone=zone,
        versions=tuple(found),
        leaves=tuple(draw(st.lists(leaves(), max_size=5))),
    )
    return replace(facts, overrides=tuple(draw(st.lists(changes(facts), max_size=6))))


@st.composite
def changes(draw: st.DrawFn, facts: RotaFacts) -> OverrideFacts:
    """An override of any period, or of a slot some version has or had."""
    plain = draw(overrides())
    if draw(st.booleans()):
        return plain
    kept = facts.versions[: draw(st.integers(1, len(facts.versions)))]
    around = plain.starts_at - timedelta(days=3), plain.starts_at + timedelta(days=3)
    shifts = final_schedule(replace(facts, versions=kept), *around)
    if not shifts:
        return plain
    shift = draw(st.sampled_from(shifts))
    return replace(
        plain, duty=shift.duty, starts_at=shift.start, ends_at=shift.end, slot=shift.slot
    )
