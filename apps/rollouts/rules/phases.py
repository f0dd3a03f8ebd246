"""The support phase of a go-live at an instant (product R8): derived from facts, never stored.

A go-live passes through planned → go_live_week → servicenow → closed; a pause, a roll-back and a
cancellation interrupt or end that. Day 1 starts at local midnight of the site; days on which the
go-live is paused do not count towards the go-live week.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from apps.core.periods import local_midnight

PLANNED, GO_LIVE_WEEK, SERVICENOW = "planned", "go_live_week", "servicenow"
PAUSED, ROLLED_BACK, CANCELLED, CLOSED = "paused", "rolled_back", "cancelled", "closed"
BEGINNING = datetime.min.replace(tzinfo=UTC)
Kind = Literal["pause", "resume", "roll-back", "cancel"]


@dataclass(frozen=True)
class Fact:
    """Something that interrupts or ends a go-live, from an instant (UTC) on."""

    kind: Kind
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the phase of one go-live follows from. `starts_on` is the actual, else planned date;
    `days` the length of the go-live week; `closes_on` the programme's closing date, if any."""

    starts_on: date
    zone: ZoneInfo
    days: int = 7
    closes_on: date | None = None
    events: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class PhaseAt:
    """A phase and the half-open time it holds (UTC); None is without beginning, or without end."""

    key: str
    since: datetime | None
    until: datetime | None


def support_phase(facts: Facts, at: datetime) -> PhaseAt:
    """The phase at an instant, past or future (UTC)."""
    return next(one for one in phases_of(facts) if one.until is None or at < one.until)


def phases_of(facts: Facts) -> list[PhaseAt]:
    """All phases in order: they touch, the first has no beginning, the last no end."""
    steps = [(None, PLANNED), *_steps(facts)]
    if facts.closes_on is not None:
        closes = local_midnight(facts.closes_on, facts.zone)
        steps = [step for step in steps if step[0] is None or step[0] < closes] + [(closes, CLOSED)]
    return _as_periods(_without_repeats(steps))


Step = tuple[datetime | None, str]


def _steps(facts: Facts) -> Iterator[Step]:
    """Changes of phase, in order, without the closing date."""
    start = local_midnight(facts.starts_on, facts.zone)
    events = sorted(facts.events, key=lambda fact: fact.at)
    ending = next((fact for fact in events if fact.kind in {"roll-back", "cancel"}), None)
    pauses = list(_pauses([fact for fact in events if ending is None or fact.at < ending.at]))
    for at, key in _running(start, facts, pauses):
        if ending is None or at < ending.at:
            yield at, key
    if ending is not None:
        yield ending.at, ROLLED_BACK if ending.kind == "roll-back" else CANCELLED
        yield from _given_up(ending, events)


def _given_up(ending: Fact, events: Sequence[Fact]) -> Iterator[tuple[datetime, str]]:
    """What was rolled back is cancelled once the attempt is given up."""
    later = events[events.index(ending) + 1 :] if ending.kind == "roll-back" else ()
    for fact in later:
        if fact.kind == "cancel":
            yield fact.at, CANCELLED
            return


def _pauses(events: Sequence[Fact]) -> Iterator[tuple[datetime, datetime | None]]:
    """Half-open pauses; one without a resume has no end."""
    since: datetime | None = None
    for fact in events:
        if fact.kind == "pause" and since is None:
            since = fact.at
        elif fact.kind == "resume" and since is not None:
            if since < fact.at:
                yield since, fact.at
            since = None
    if since is not None:
        yield since, None


def _running(
    start: datetime, facts: Facts, pauses: Sequence[tuple[datetime, datetime | None]]
) -> Iterator[tuple[datetime, str]]:
    """Go-live week and ServiceNow, interrupted by pauses; the week is longer by what was lost."""
    week_ends = _end_of_week(start, facts, pauses)
    for at, key in ((start, GO_LIVE_WEEK), (week_ends, SERVICENOW)):
        if at is not None and not _is_paused(at, pauses):
            yield at, key
    for since, until in pauses:
        yield since, PAUSED
        if until is not None:
            yield until, _key_at(until, start, week_ends)


def _is_paused(at: datetime, pauses: Sequence[tuple[datetime, datetime | None]]) -> bool:
    return any(since <= at and (until is None or at < until) for since, until in pauses)


def _key_at(at: datetime, start: datetime, week_ends: datetime | None) -> str:
    if at < start:
        return PLANNED
    return GO_LIVE_WEEK if week_ends is None or at < week_ends else SERVICENOW


def _end_of_week(
    start: datetime, facts: Facts, pauses: Sequence[tuple[datetime, datetime | None]]
) -> datetime | None:
    """The local midnight that ends the week, later by the local days lost to pauses."""
    ends_on, counted_to = facts.starts_on + timedelta(days=facts.days), facts.starts_on
    for since, until in pauses:
        if local_midnight(ends_on, facts.zone) <= since:
            break
        if until is None:
            return None
        if until > start:
            first, after = _days_touched(max(since, start), until, facts.zone)
            # Two pauses of one day cost one day.
            ends_on += max(after - max(first, counted_to), timedelta())
            counted_to = max(after, counted_to)
    return local_midnight(ends_on, facts.zone)


def _days_touched(since: datetime, until: datetime, zone: ZoneInfo) -> tuple[date, date]:
    """The first local day a pause touches and the day after its last: none of them counts."""
    last = (until - timedelta(microseconds=1)).astimezone(zone).date()
    return since.astimezone(zone).date(), last + timedelta(days=1)


def _without_repeats(steps: list[Step]) -> list[Step]:
    """Sorted by instant; of several at one instant the last counts; equal neighbours are one."""
    ordered = sorted(steps, key=lambda step: step[0] or BEGINNING)
    kept: list[Step] = []
    for at, key in ordered:
        if kept and kept[-1][0] == at:
            kept.pop()
        if not kept or kept[-1][1] != key:
            kept.append((at, key))
    return kept


def _as_periods(steps: list[Step]) -> list[PhaseAt]:
    ends = [*(at for at, _ in steps[1:]), None]
    return [PhaseAt(key, at, end) for (at, key), end in zip(steps, ends, strict=True)]
