"""Clocks of zones as tables: what they show in each minute, and nothing computed from that.

Minutes are numbers: of UTC since 1970, and of the wall in the same way, as if the wall were UTC.
"""

from array import array
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = 24 * 60
DAY_ZERO = date(1970, 1, 1)
EVENT = 15  # clocks change on quarters of an hour
FARTHEST = 15 * 60  # no wall is as far from UTC
MINUTE = timedelta(minutes=1)
ZERO = datetime(1970, 1, 1, tzinfo=UTC)


def number_of(at: datetime) -> int:
    """The number of the minute that begins at `at`, which has to be a whole one."""
    number, rest = divmod(at - ZERO, MINUTE)
    assert not rest, f"{at} is within a minute"
    return number


def instant_at(number: int) -> datetime:
    return ZERO + number * MINUTE


def wall_of(on: date, wall: time) -> int:
    return (on - DAY_ZERO).days * DAY + wall.hour * 60 + wall.minute


def date_of(wall: int) -> date:
    return DAY_ZERO + timedelta(days=wall // DAY)


class Clock:
    """What the clocks of a zone show in each minute of [start, end)."""

    def __init__(self, zone: ZoneInfo, start: int, end: int) -> None:
        self.start = start - start % EVENT
        self.shown = array("l")
        for quarter in range(self.start, end, EVENT):
            shown = datetime.fromtimestamp(quarter * 60, zone).replace(tzinfo=UTC)
            self.shown.extend(range(number_of(shown), number_of(shown) + EVENT))
        self._readings: dict[int, tuple[int, ...]] = {}

    def date_at(self, number: int) -> date:
        return date_of(self.shown[number - self.start])

    def first(self, wall: int) -> int:
        return self.readings(wall)[0]

    def last(self, wall: int) -> int:
        return self.readings(wall)[-1]

    def readings(self, wall: int) -> tuple[int, ...]:
        """Every minute a wall time may mean, earliest first: all that show it, found by looking;
        where none does, those at which it would be by the new clock and by the old."""
        if wall not in self._readings:
            near = range(wall - FARTHEST - self.start, wall + FARTHEST - self.start)
            exact = tuple(self.start + place for place in near if self.shown[place] == wall)
            self._readings[wall] = exact or self._around_the_gap(wall, near)
        return self._readings[wall]

    def _around_the_gap(self, wall: int, near: range) -> tuple[int, int]:
        after = next(place for place in near if self.shown[place] > wall)
        by_the_new = after - (self.shown[after] - wall)
        by_the_old = after - 1 + (wall - self.shown[after - 1])
        return self.start + by_the_new, self.start + by_the_old


@lru_cache(maxsize=64)
def clock(zone: ZoneInfo, start: int, end: int) -> Clock:
    """The clock of a zone for [start, end), and for what is read of the days around it."""
    return Clock(zone, start - 16 * DAY, end + 16 * DAY)


def readings(on: date, wall: time, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Every instant a wall time may mean, earliest first."""
    year = number_of(datetime(on.year, 1, 1, tzinfo=UTC))
    numbers = clock(zone, year, year + 366 * DAY).readings(wall_of(on, wall))
    return tuple(instant_at(number) for number in numbers)
