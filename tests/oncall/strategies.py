"""Rotas for hypothesis: any unit, zone, windows, people, leave, overrides and edits."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from apps.oncall.choices import Unit
from apps.oncall.rules import LeaveFacts, OverrideFacts, RotaFacts, Turn, VersionFacts
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
