"""What an edit of a rota changes in the final schedule: who loses and who gains which time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from apps.oncall.rules.facts import Shift


class Difference(NamedTuple):
    """In [start, end) a duty goes from `loses` to `gains`; None is nobody."""

    start: datetime
    end: datetime
    duty: str
    loses: str | None
    gains: str | None

    def until(self, end: datetime) -> "Difference":
        return self._replace(end=end)


def differences(before: Sequence[Shift], after: Sequence[Shift]) -> list[Difference]:
    """Where two final schedules of the same window differ, by start; neighbours are one."""
    duties = dict.fromkeys(one.duty for one in (*before, *after))
    found = [
        difference
        for duty in duties
        for difference in _of_duty(duty, _held(before, duty), _held(after, duty))
    ]
    return sorted(found, key=lambda one: one.start)


Held = list[tuple[datetime, datetime, str]]


def _held(shifts: Iterable[Shift], duty: str) -> Held:
    return [(one.start, one.end, one.person_key) for one in shifts if one.duty == duty]


def _of_duty(duty: str, before: Held, after: Held) -> Iterator[Difference]:
    """A walk over the edges of both; at each the holder is the shift that lies there."""
    edges = sorted({edge for start, end, _ in (*before, *after) for edge in (start, end)})
    last: Difference | None = None
    was, will = _Walk(before), _Walk(after)
    for start, end in pairwise(edges):
        loses, gains = was.at(start), will.at(start)
        if loses == gains:
            continue
        if last and (last.end, last.loses, last.gains) == (start, loses, gains):
            last = last.until(end)
            continue
        if last:
            yield last
        last = Difference(start, end, duty, loses, gains)
    if last:
        yield last


class _Walk:
    """Who holds a duty, asked for later and later instants; shifts are sorted and disjoint."""

    def __init__(self, held: Held) -> None:
        self._held, self._place = held, 0

    def at(self, instant: datetime) -> str | None:
        while self._place < len(self._held) and self._held[self._place][1] <= instant:
            self._place += 1
        if self._place == len(self._held):
            return None
        start, _, person = self._held[self._place]
        return person if start <= instant else None
