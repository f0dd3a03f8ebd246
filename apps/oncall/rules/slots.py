"""Hand-offs cut time into numbered slots: arithmetic both ways between number and instant."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apps.core.periods import DAY_MINUTES, WeeklyHours, instant_at, instant_of
from apps.oncall.choices import Unit
from apps.oncall.rules.facts import HandOff, VersionFacts

WEEK_MINUTES = 7 * DAY_MINUTES
CLOCK_JUMP = timedelta(hours=3)  # more than any clock is moved by
TICK = timedelta(microseconds=1)

LENGTHS = {
    Unit.DAY: timedelta(days=1),
    Unit.WEEK: timedelta(days=7),
    Unit.SPRINT: timedelta(days=14),
}

Start = tuple[int, time]  # day of the round, wall time


class Round(NamedTuple):
    """What repeats itself: `days` from `first` on, an ordinal, and the slots that begin in them;
    the first of them is number 0. `reach`: how many may begin within one jump of the clock."""

    first: int
    days: int
    starts: tuple[Start, ...]
    minutes: tuple[int, ...]
    walls: tuple[str, ...]
    reach: int


class Slots:
    """The slots of a version: number 0 holds its `starts_on`, others follow (and precede)."""

    __slots__ = ("_round", "_version", "zone")

    def __init__(self, version: VersionFacts, zone: ZoneInfo) -> None:
        self.zone, self._version = zone, version
        self._round = _round(version.starts_on, version.unit, version.hand_off, version.windows)

    def __bool__(self) -> bool:
        """Whether there is any slot: windows may leave no time at all."""
        return bool(self._round.starts)

    def local_start(self, number: int) -> tuple[date, time]:
        """The day and wall time at which a slot begins."""
        day, place = self._place(number)
        return date.fromordinal(day), self._round.starts[place][1]

    def name(self, number: int) -> str:
        """The slot's identity within rota and duty: "2022-05-02T08:00"."""
        day, place = self._place(number)
        return f"{date.fromordinal(day).isoformat()}T{self._round.walls[place]}"

    def start(self, number: int) -> datetime:
        day, place = self._place(number)
        return instant_at(day, self._round.minutes[place], self.zone, edge="start")

    def end(self, number: int) -> datetime:
        """Where the next slot begins (or one after it, in the hour a clock jumps)."""
        return min(self.start(number + step) for step in range(1, self._round.reach + 1))

    def edges(self, first: int, last: int) -> list[tuple[datetime, datetime]]:
        """Start and end of each slot from `first` to `last`."""
        reach = self._round.reach
        starts = [self.start(number) for number in range(first, last + reach + 1)]
        if reach == 1:
            return list(pairwise(starts))
        ends = [min(starts[n : n + reach]) for n in range(1, last - first + 2)]
        return list(zip(starts, ends, strict=False))

    def over(self, number: int) -> datetime:
        """Where a slot itself is over: time that no slot has may follow, a weekend say."""
        on, wall = self.local_start(number)
        ends = datetime.combine(on, wall) + _length(self._version, on, wall)
        return instant_of(ends.date(), ends.time(), self.zone, edge="end")

    def at(self, at: datetime) -> int:
        """The number of the slot that holds `at`: the newest that has begun."""
        local = at.astimezone(self.zone).replace(tzinfo=None) + CLOCK_JUMP
        turn, day = divmod(local.toordinal() - self._round.first, self._round.days)
        place = bisect_right(self._round.starts, (day, local.time()))
        number = turn * len(self._round.starts) + place - 1
        while self.start(number) > at:
            number -= 1
        return number

    def first_from(self, at: datetime) -> int:
        """The first slot that begins at `at` or later."""
        return self.at(at - TICK) + 1

    def first_on(self, on: date) -> int:
        """The first slot that begins on the local day `on` or later."""
        turn, day = divmod(on.toordinal() - self._round.first, self._round.days)
        return turn * len(self._round.starts) + bisect_left(self._round.starts, (day, time()))

    def _place(self, number: int) -> tuple[int, int]:
        """The day on which a slot begins, an ordinal, and its place in the round."""
        first, days, starts = self._round[:3]
        turn, place = divmod(number, len(starts))
        return first + turn * days + starts[place][0], place


@lru_cache(maxsize=2**10)
def _round(starts_on: date, unit: Unit, hand_off: HandOff, windows: WeeklyHours | None) -> Round:
    first, days, starts = _cycle(starts_on, unit, hand_off, windows)
    return Round(
        first=first.toordinal(),
        days=days,
        starts=starts,
        minutes=tuple(wall.hour * 60 + wall.minute for _, wall in starts),
        walls=tuple(f"{wall:%H:%M}" for _, wall in starts),
        reach=_reach(days, starts),
    )


def _reach(days: int, starts: Sequence[Start]) -> int:
    walls = [
        datetime.combine(date.min + timedelta(days=turn * days + day), wall)
        for turn in range(3)
        for day, wall in starts
    ]
    near = (bisect_left(walls, walls[n] + CLOCK_JUMP) - n for n in range(len(starts)))
    return max(near, default=0)


def _cycle(
    on: date, unit: Unit, hand_off: HandOff, windows: WeeklyHours | None
) -> tuple[date, int, tuple[Start, ...]]:
    """First day, length in days, and the slots of one round; the first of them is number 0."""
    if windows is not None and not windows.spans:
        return on, 7, ()
    match unit:
        case Unit.SHIFT:
            return on, 7, tuple(_shift_starts(on, windows)) if windows else ()
        case Unit.DAY:
            return on, 7, tuple(_day_starts(on, hand_off.wall, windows))
        case Unit.WEEK | Unit.SPRINT:
            back = 0 if hand_off.weekday is None else (on.weekday() - hand_off.weekday) % 7
            days = 7 if unit is Unit.WEEK else 14
            return on - timedelta(days=back), days, ((0, hand_off.wall),)


def _length(version: VersionFacts, on: date, wall: time) -> timedelta:
    """How long the slot of a day and wall time is, by the clock on the wall."""
    if version.unit is Unit.SHIFT and version.windows is not None:
        opens = wall.hour * 60 + wall.minute
        spans = [span for span in version.windows.on(on.weekday()) if span.opens == opens]
        return timedelta(minutes=max(span.closes for span in spans) - opens)
    return LENGTHS[version.unit]


def _shift_starts(on: date, windows: WeeklyHours) -> Iterator[Start]:
    for day in range(7):
        weekday = (on.weekday() + day) % 7
        for opens in sorted({span.opens for span in windows.on(weekday)}):
            yield day, time(*divmod(opens, 60))


def _day_starts(on: date, wall: time, windows: WeeklyHours | None) -> Iterator[Start]:
    for day in range(7):
        start = (on.weekday() + day) % 7 * DAY_MINUTES + wall.hour * 60 + wall.minute
        if windows is None or _is_open(windows, start, start + DAY_MINUTES):
            yield day, wall


def _is_open(windows: WeeklyHours, start: int, end: int) -> bool:
    """Whether the windows leave time between two minutes of the week."""
    return any(
        span.weekday * DAY_MINUTES + span.opens + shift < end
        and start < span.weekday * DAY_MINUTES + span.closes + shift
        for span in windows.spans
        for shift in (-WEEK_MINUTES, 0, WEEK_MINUTES)
    )
