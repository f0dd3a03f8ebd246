"""Proposing waves: which sites go live in which week, at a pace, around holidays (product R5).

A wave starts on Monday, or on the next working day after a Monday holiday; a week whose start
falls into a blackout is left out. Nothing here is stored: a proposal is accepted as a schedule
change.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Literal

WEEK, DAY = timedelta(days=7), timedelta(days=1)
LONGEST_SEARCH = 520  # weeks: ten years of blackouts are a mistake, not a plan
GroupBy = Literal["region", "state", ""]
Span = tuple[date, date]  # first and last day, both part of it


@dataclass(frozen=True, slots=True)
class PlanSite:
    """A site to be planned, in the order it should come."""

    number: str
    region: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class ProposedWave:
    """A week of the proposal; `group` names the region or state its sites share, if they do."""

    number: int
    starts_on: date
    group: str
    sites: tuple[str, ...]


class NoSuchWeek(ValueError):
    """The blackouts leave no week to start in."""


def propose_waves(
    sites: Sequence[PlanSite],
    *,
    pace: int,
    first_week: date,
    holidays: Collection[date] = (),
    blackouts: Sequence[Span] = (),
    group_by: GroupBy = "",
    earliest: date | None = None,
) -> list[ProposedWave]:
    """Waves of at most `pace` sites from the week of `first_week` on, numbered from 1; none starts
    before `earliest`.

    With `group_by` the sites of a region or state stay together: groups come in the order in which
    their first site does, a large one takes several weeks, and small ones share a week only when
    they fit whole. Raises ValueError for a pace below 1, NoSuchWeek when blackouts leave no room.
    """
    if pace < 1:
        raise ValueError("the pace is at least one site a week")
    starts = wave_starts(
        first_week, holidays=holidays, blackouts=blackouts, earliest=earliest or first_week - WEEK
    )
    loads = _loads(sites, pace, group_by)
    return [
        ProposedWave(number, start, _shared(load, group_by), tuple(one.number for one in load))
        for number, (load, start) in enumerate(zip(loads, starts, strict=False), start=1)
    ]


def wave_starts(
    first_week: date,
    *,
    holidays: Collection[date] = (),
    blackouts: Sequence[Span] = (),
    earliest: date = date.min,
) -> Iterator[date]:
    """The days waves may start on, week by week, without end. Raises NoSuchWeek."""
    monday = max(first_week, earliest)
    monday -= timedelta(days=monday.weekday())
    skipped = 0
    while skipped < LONGEST_SEARCH:
        start = _first_working_day(monday, holidays)
        is_free = not any(first <= start <= last for first, last in blackouts) if start else False
        if start is None or start < earliest or not is_free:
            skipped += 1
        else:
            skipped = 0
            yield start
        monday += WEEK
    raise NoSuchWeek(f"no week to start in for {LONGEST_SEARCH} weeks")


def _first_working_day(monday: date, holidays: Collection[date]) -> date | None:
    days = (monday + DAY * offset for offset in range(5))
    return next((day for day in days if day not in holidays), None)


def _loads(sites: Sequence[PlanSite], pace: int, group_by: GroupBy) -> list[list[PlanSite]]:
    """The sites of each week."""
    loads: list[list[PlanSite]] = []
    for group in _groups(sites, group_by):
        if loads and group_by and len(loads[-1]) + len(group) <= pace:
            loads[-1].extend(group)
            continue
        loads.extend(_even(group, pace))
    return loads


def _groups(sites: Sequence[PlanSite], group_by: GroupBy) -> list[list[PlanSite]]:
    if not group_by:
        return [list(sites)]
    first_seen: dict[str, int] = {}
    for site in sites:
        first_seen.setdefault(getattr(site, group_by), len(first_seen))
    ordered = sorted(sites, key=lambda site: first_seen[getattr(site, group_by)])
    by_name = groupby(ordered, key=lambda site: getattr(site, group_by))
    return [list(members) for _, members in by_name]


def _even(group: Sequence[PlanSite], pace: int) -> Iterator[list[PlanSite]]:
    """A group in as few weeks as the pace allows, of nearly the same size: 9 at 7 are 5 and 4."""
    weeks = -(-len(group) // pace)
    at = 0
    for week in range(weeks):
        size = len(group) // weeks + (week < len(group) % weeks)
        yield list(group[at : at + size])
        at += size


def _shared(load: Iterable[PlanSite], group_by: GroupBy) -> str:
    if not group_by:
        return ""
    return " and ".join(dict.fromkeys(str(getattr(site, group_by)) for site in load))


def clashes(
    days: Iterable[date], holidays: Collection[date], blackouts: Sequence[Span]
) -> list[date]:
    """Days of a schedule that fall on a holiday or into a blackout: they warn, never refuse."""
    return sorted(
        day
        for day in set(days)
        if day in holidays or any(first <= day <= last for first, last in blackouts)
    )
