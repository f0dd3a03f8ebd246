"""Who is on duty in a weekly rota, found the slow way: no arithmetic, no code of the engine.

Hand-offs are walked week by week. A wall time is looked up among all instants of that day at which
the clock shows it; where it shows it never, both offsets around the gap give a reading.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)


@cache
def readings(on: date, wall: time, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Every instant a wall time may mean, earliest first."""
    naive = datetime.combine(on, wall)
    around = [naive.replace(tzinfo=UTC) + timedelta(hours=hours) for hours in range(-36, 37)]
    offsets = {at.astimezone(zone).utcoffset() for at in around}
    guesses = sorted(naive.replace(tzinfo=UTC) - offset for offset in offsets if offset is not None)
    exact = [at for at in guesses if at.astimezone(zone).replace(tzinfo=None) == naive]
    return tuple(exact or guesses)


def week_number(at: datetime, first: date, wall: time, zone: ZoneInfo) -> int | None:
    """How many hand-offs since the first one have passed by `at`; None before it."""
    number, on = None, first
    while readings(on, wall, zone)[0] <= at:
        number = 0 if number is None else number + 1
        on += WEEK
    return number


def is_open(at: datetime, hours: Sequence[tuple[int, time, time]], zone: ZoneInfo) -> bool:
    """Whether a span of (weekday, opens, closes) holds `at`, from first opening to last closing."""
    today = at.astimezone(zone).date()
    for on in (today - timedelta(days=1), today, today + timedelta(days=1)):
        for weekday, opens, closes in hours:
            starts, ends = readings(on, opens, zone)[0], readings(on, closes, zone)[-1]
            if on.weekday() == weekday and starts <= at < ends:
                return True
    return False


def holder(
    at: datetime,
    *,
    people: Sequence[str],
    first: date,
    wall: time,
    zone: ZoneInfo,
    hours: Sequence[tuple[int, time, time]] | None,
) -> str | None:
    """Who has the duty at `at`; `first` is the day of the first hand-off, no `hours` is always."""
    number = week_number(at, first, wall, zone)
    if number is None or (hours is not None and not is_open(at, hours, zone)):
        return None
    return people[number % len(people)]
