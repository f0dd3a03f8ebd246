"""Hand-offs cut time into numbered slots: arithmetic both ways between number and instant."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apps.core.periods import DAY_MINUTES, WeeklyHours, instant_of
from apps.oncall.choices import Unit
from apps.oncall.rules.facts import VersionFacts

WEEK_MINUTES = 7 * DAY_MINUTES
CLOCK_JUMP = timedelta(hours=3)  # more than any clock is moved by
TICK = timedelta(microseconds=1)

LENGTHS = {
    Unit.DAY: timedelta(days=1),
    Unit.WEEK: timedelta(days=7),
    Unit.SPRINT: timedelta(days=14),
}

Start = tuple[int, time]  # day of the cycle, wall time


class Slots:
    """The slots of a version: number 0 holds its `starts_on`, others follow (and precede)."""

    __slots__ = ("_cycle", "_days", "_first", "_reach", "_version", "zone")

    def __init__(self, version: VersionFacts, zone: ZoneInfo) -> None:
        self.zone, self._version = zone, version
        first, self._days, self._cycle = _cycle(version)
        self._first = first.toordinal()
        self._reach = self._crowd() if self._cycle else 0

    def __bool__(self) -> bool:
        """Whether there is any slot: windows may leave no time at all."""
        return bool(self._cycle)

    def local_start(self, number: int) -> tuple[date, time]:
        """The day and wall time at which a slot begins."""
        cycle, position = divmod(number, len(self._cycle))
        day, wall = self._cycle[position]
        return date.fromordinal(self._first + cycle * self._days + day), wall

    def name(self, number: int) -> str:
        """The slot's identity within rota and duty: "2022-05-02T08:00"."""
        on, wall = self.local_start(number)
        return f"{on.isoformat()}T{wall:%H:%M}"

    def start(self, number: int) -> datetime:
        return instant_of(*self.local_start(number), self.zone, edge="start")

    def end(self, number: int) -> datetime:
        """Where the next slot begins (or one after it, in the hour a clock jumps)."""
        return min(self.start(number + step) for step in range(1, self._reach + 1))

    def over(self, number: int) -> datetime:
        """Where a slot itself is over: time that no slot has may follow, a weekend say."""
        on, wall = self.local_start(number)
        ends = datetime.combine(on, wall) + _length(self._version, on, wall)
        return instant_of(ends.date(), ends.time(), self.zone, edge="end")

    def at(self, at: datetime) -> int:
        """The number of the slot that holds `at`: the newest that has begun."""
        local = at.astimezone(self.zone).replace(tzinfo=None) + CLOCK_JUMP
        cycle, day = divmod(local.toordinal() - self._first, self._days)
        position = bisect_right(self._cycle, (day, local.time()))
        number = cycle * len(self._cycle) + position - 1
        while self.start(number) > at:
            number -= 1
        return number

    def first_from(self, at: datetime) -> int:
        """The first slot that begins at `at` or later."""
        return self.at(at - TICK) + 1

    def first_on(self, on: date) -> int:
        """The first slot that begins on the local day `on` or later."""
        cycle, day = divmod(on.toordinal() - self._first, self._days)
        return cycle * len(self._cycle) + bisect_left(self._cycle, (day, time()))

    def _crowd(self) -> int:
        """How many slots may begin within one jump of the clock."""
        starts = [datetime.combine(*self.local_start(n)) for n in range(2 * len(self._cycle) + 1)]
        return max(bisect_left(starts, starts[n] + CLOCK_JUMP) - n for n in range(len(self._cycle)))


def _cycle(version: VersionFacts) -> tuple[date, int, tuple[Start, ...]]:
    """First day, length in days, and the slots of one round; the first of them is number 0."""
    on, windows = version.starts_on, version.windows
    if windows is not None and not windows.spans:
        return on, 7, ()
    match version.unit:
        case Unit.SHIFT:
            return on, 7, tuple(_shift_starts(on, windows)) if windows else ()
        case Unit.DAY:
            return on, 7, tuple(_day_starts(on, version.hand_off.wall, windows))
        case Unit.WEEK | Unit.SPRINT:
            weekday = version.hand_off.weekday
            back = 0 if weekday is None else (on.weekday() - weekday) % 7
            days = 7 if version.unit is Unit.WEEK else 14
            return on - timedelta(days=back), days, ((0, version.hand_off.wall),)


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
