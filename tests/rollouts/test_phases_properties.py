"""What holds for the phases of any go-live (R8)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from apps.core.periods import local_midnight
from apps.rollouts.rules import Fact, Facts, phases_of, support_phase

ZONES = [
    ZoneInfo(name)
    for name in (
        "Asia/Manila",
        "America/Puerto_Rico",
        "America/Boise",
        "America/Indiana/Indianapolis",
        "America/Phoenix",
        "America/Anchorage",
        "Pacific/Honolulu",
        "America/New_York",
        "America/Santiago",  # its clocks change at midnight
        "Australia/Lord_Howe",  # by half an hour
    )
]
EPOCH = datetime(2022, 1, 1, tzinfo=UTC)
SPAN = 400 * 24 * 60
KINDS = ["pause", "resume", "roll-back", "cancel"]
instants = st.integers(0, SPAN).map(lambda minutes: EPOCH + timedelta(minutes=minutes))
days = st.integers(0, 400).map(lambda number: EPOCH.date() + timedelta(days=number))


@st.composite
def midnights(draw: st.DrawFn) -> datetime:
    return local_midnight(draw(days), draw(st.sampled_from(ZONES)))


def facts_with(kinds: list[str]) -> st.SearchStrategy[Facts]:
    events = st.builds(Fact, st.sampled_from(kinds), instants | midnights())
    return st.builds(
        Facts,
        starts_on=days,
        zone=st.sampled_from(ZONES),
        days=st.integers(1, 30),
        closes_on=st.none() | days,
        events=st.lists(events, max_size=6).map(tuple),
    )


@given(facts_with(KINDS))
def test_phases_partition_time(facts: Facts) -> None:
    phases = phases_of(facts)
    assert phases[0].since is None
    assert phases[-1].until is None
    for before, after in pairwise(phases):
        assert before.until is not None
        assert before.until == after.since
        assert before.key != after.key
        assert before.since is None or before.since < before.until


@given(facts_with(KINDS), instants | midnights())
def test_an_instant_lies_in_the_phase_it_is_told(facts: Facts, at: datetime) -> None:
    phase = support_phase(facts, at)
    assert phase.since is None or phase.since <= at
    assert phase.until is None or at < phase.until
    assert phase in phases_of(facts)


@given(facts_with(KINDS[:2]), instants | midnights())
def test_it_says_what_a_walk_through_the_days_says(facts: Facts, at: datetime) -> None:
    """An oracle without closing date or end: day by day, counting those no pause touches."""
    open_ended = replace(facts, closes_on=None)
    assert support_phase(open_ended, at).key == _walked(open_ended, at)


def _walked(facts: Facts, at: datetime) -> str:
    if any(since <= at and (until is None or at < until) for since, until in _pauses(facts)):
        return "paused"
    if at < local_midnight(facts.starts_on, facts.zone):
        return "planned"
    ends_on = _hand_over_day(facts)
    is_over = ends_on is not None and at >= local_midnight(ends_on, facts.zone)
    return "servicenow" if is_over else "go_live_week"


def _hand_over_day(facts: Facts) -> date | None:
    """The first day after `facts.days` days without a pause; None when a pause never ends."""
    paused = _pauses(facts)
    day, counted = facts.starts_on, 0
    while counted < facts.days:
        start, end = (local_midnight(day + timedelta(days=step), facts.zone) for step in (0, 1))
        if any(since < end and until is None for since, until in paused):
            return None
        counted += not any(
            since < end and until is not None and until > start for since, until in paused
        )
        day += timedelta(days=1)
    return day


def _pauses(facts: Facts) -> list[tuple[datetime, datetime | None]]:
    found: list[tuple[datetime, datetime | None]] = []
    since: datetime | None = None
    for event in sorted(facts.events, key=lambda fact: fact.at):
        if event.kind == "pause":
            since = since or event.at
        elif since is not None:
            found += [(since, event.at)] if since < event.at else []
            since = None
    return [*found, (since, None)] if since else found
