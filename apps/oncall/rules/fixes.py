"""The cheapest way to close a hole: who could take it within their own hours, least busy first."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from apps.core.periods import Period
from apps.oncall.rules.facts import LeaveFacts, Shift
from apps.oncall.rules.presence import Worker, working


@dataclass(frozen=True)
class Fix:
    """Who could take the time of a hole, and how much of it: [start, end) of their own hours."""

    person: str
    start: datetime
    end: datetime


class Helpers:
    """Who could help: within their own hours, not away, without a duty; the least busy first."""

    def __init__(
        self,
        shifts: Sequence[Shift],
        workers: Mapping[str, Worker],
        leaves: Sequence[LeaveFacts],
        window: Period,
    ) -> None:
        people = list(workers)
        self._busy = {one: _periods_of(shifts, one) for one in people}
        self._away = {
            one: [Period(leave.starts_at, leave.ends_at) for leave in leaves if leave.person == one]
            for one in people
        }
        self._load = {
            one: sum((_length(period) for period in self._busy[one]), start=0.0) for one in people
        }
        self._free = {one: self._free_time(workers[one], one, window) for one in people}
        self._known: dict[tuple[datetime, datetime], Fix | None] = {}

    def cheapest(self, start: datetime, end: datetime) -> Fix | None:
        """Who can take most of [start, end) in one piece; of those the one with the least load."""
        asked = (start, end)
        if asked not in self._known:
            self._known[asked] = self._look(Period(start, end))
        return self._known[asked]

    def _look(self, hole: Period) -> Fix | None:
        offers = [
            (-_length(part), self._load[one], one, part)
            for one, free in self._free.items()
            if (part := _longest(free, hole)) is not None
        ]
        if not offers:
            return None
        _, _, person, part = min(offers)
        return Fix(person, part.start, part.end)

    def _free_time(self, worker: Worker, person: str, window: Period) -> list[Period]:
        taken = sorted([*self._busy[person], *self._away[person]])
        return [free for period in working(worker, window) for free in _without(period, taken)]


def _periods_of(shifts: Iterable[Shift], person: str) -> list[Period]:
    return sorted(Period(one.start, one.end) for one in shifts if one.person_key == person)


def _length(period: Period) -> float:
    return (period.end - period.start).total_seconds()


def _longest(free: Sequence[Period], hole: Period) -> Period | None:
    parts = (part for period in _near(free, hole) if (part := period.overlap(hole)))
    return max(parts, key=_length, default=None)


def _near(free: Sequence[Period], hole: Period) -> Iterator[Period]:
    """Those of sorted, disjoint periods that may touch the hole."""
    first = bisect_right(free, hole.start, key=itemgetter(1))
    for period in free[first:]:
        if period.start >= hole.end:
            return
        yield period


def _without(period: Period, taken: Sequence[Period]) -> Iterator[Period]:
    """What is left of a period outside sorted ones, which may overlap each other."""
    start = period.start
    for other in taken:
        if other.end <= start:
            continue
        if other.start >= period.end:
            break
        if start < other.start:
            yield Period(start, other.start)
        start = max(start, other.end)
    if start < period.end:
        yield Period(start, period.end)
