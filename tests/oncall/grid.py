"""A version of a rota as a table: which slot each minute belongs to, and which minutes are open."""

from array import array
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from typing import NamedTuple

from apps.core.periods import WeeklyHours
from apps.oncall.choices import Unit
from apps.oncall.rules import VersionFacts
from tests.oncall.clock import DAY, Clock, date_of, number_of, wall_of

DAYS = {Unit.DAY: 1, Unit.WEEK: 7, Unit.SPRINT: 14}
MIDNIGHT = time()
ONE_DAY = timedelta(days=1)


class Slot(NamedTuple):
    """The minutes [start, end) of UTC, and the wall time of the start."""

    start: int
    end: int
    wall: int


class Span(NamedTuple):
    """The minutes [start, end) of UTC for which tables have cells."""

    start: int
    end: int

    @property
    def size(self) -> int:
        return self.end - self.start

    def cells(self, start: int, end: int) -> range:
        """The places in a table of the minutes [start, end)."""
        return range(max(start, self.start) - self.start, min(end, self.end) - self.start)


def fill(table: "array[int] | bytearray", cells: Iterable[int], number: int) -> None:
    for cell in cells:
        table[cell] = number


class Grid:
    """The slots of a version from the first on, as if no other version were ever in force."""

    def __init__(self, version: VersionFacts, watch: Clock, span: Span) -> None:
        self.version, self.watch, self.span = version, watch, span
        by_shift = version.unit is Unit.SHIFT
        self.slots = list(self._windows() if by_shift else self._hand_offs())
        self.is_open = painted(version.windows, watch, span)
        self.owner = array("i", [-1]) * span.size
        for number, slot in enumerate(self.slots):
            fill(self.owner, span.cells(slot.start, slot.end), number)  # the newer slot counts

    def cells(self, number: int, first: int) -> list[int]:
        """The open time of a slot from a cell on."""
        slot = self.slots[number]
        return [
            cell
            for cell in self.span.cells(max(slot.start, self.span.start + first), slot.end)
            if self.is_open[cell] and self.owner[cell] == number
        ]

    def date_at(self, cell: int) -> date:
        return self.watch.date_at(self.span.start + cell)

    def counts_from(self, *, is_first: bool, is_late: bool) -> int:
        """The first hand-off of the version's day, else midnight, not before the version's own
        first slot. What a layer says first counts from that, unless its day is after `starts_on`.
        All that is saved later than the rota itself counts from then on at the earliest."""
        on = self.version.effective_from
        starts = [slot.start for slot in self.slots if date_of(slot.wall) == on]
        begins = self.slots[0].start if self.slots else self.span.start
        if not is_first or on > self.version.starts_on:
            begins = max(begins, min(starts, default=self.watch.first(wall_of(on, MIDNIGHT))))
        return max(begins, number_of(self.version.made_at)) if is_late else begins

    def _hand_offs(self) -> Iterator[Slot]:
        on, hand_off = self.version.starts_on, self.version.hand_off
        while self.version.unit is not Unit.DAY and on.weekday() != hand_off.weekday:
            on -= ONE_DAY
        wall, length = wall_of(on, hand_off.wall), DAYS[self.version.unit] * DAY
        while (begins := self.watch.first(wall)) < self.span.end:
            if self._has_time(wall, wall + length):
                yield Slot(begins, self.watch.last(wall + length), wall)
            wall += length

    def _has_time(self, opens: int, closes: int) -> bool:
        """Whether the windows leave time between two wall times."""
        days = (
            date_of(opens) + ONE_DAY * number for number in range(-2, (closes - opens) // DAY + 2)
        )
        return self.version.windows is None or any(
            wall_of(on, MIDNIGHT) + span.opens < closes
            and opens < wall_of(on, MIDNIGHT) + span.closes
            for on in days
            for span in self.version.windows.on(on.weekday())
        )

    def _windows(self) -> Iterator[Slot]:
        assert self.version.windows is not None
        on = self.version.starts_on
        while self.watch.first(wall_of(on, MIDNIGHT)) < self.span.end:
            yield from opened(self.version.windows, self.watch, on)
            on += ONE_DAY


def opened(hours: WeeklyHours, watch: Clock, on: date) -> Iterator[Slot]:
    """The spans of weekly hours that open on a day, from first opening to last closing."""
    midnight = wall_of(on, MIDNIGHT)
    for span in sorted(hours.spans):
        if span.weekday == on.weekday():
            wall = midnight + span.opens
            yield Slot(watch.first(wall), watch.last(midnight + span.closes), wall)


def painted(hours: WeeklyHours | None, watch: Clock, span: Span) -> bytearray:
    """1 for each minute of the span that is within the hours; no hours: all are."""
    if hours is None:
        return bytearray([1]) * span.size
    found = bytearray(span.size)
    on, last = watch.date_at(span.start) - 2 * ONE_DAY, watch.date_at(span.end - 1)
    while on <= last:
        for slot in opened(hours, watch, on):
            fill(found, span.cells(slot.start, slot.end), 1)
        on += ONE_DAY
    return found
