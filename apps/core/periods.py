"""Instants, half-open periods, weekly hours and business days of people who live in time zones.

Plain values, no Django. Instants are aware UTC datetimes; wall times belong to an IANA zone and are
resolved here and nowhere else. An absent or doubled local time has two readings: a start takes the
first, an end the last, so that two neighbours may overlap and never leave a gap.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

Edge = Literal["start", "end"]
DAY_MINUTES = 24 * 60
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ONE_DAY = timedelta(days=1)
_TIME = re.compile(r"(\d{1,2}):(\d{2})")
_MINUTES = tuple(timedelta(minutes=minutes) for minutes in range(DAY_MINUTES))


class Period(NamedTuple):
    """The instants from `start` up to, not including, `end` (both UTC)."""

    start: datetime
    end: datetime

    def __contains__(self, at: object) -> bool:
        return isinstance(at, datetime) and self.start <= at < self.end

    def overlap(self, other: "Period") -> "Period | None":
        """What both hold, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None


def merged(periods: Iterable[Period]) -> list[Period]:
    """The same instants as sorted periods that neither overlap nor touch."""
    joined: list[Period] = []
    for period in sorted(periods):
        if joined and period.start <= joined[-1].end:
            joined[-1] = Period(joined[-1].start, max(joined[-1].end, period.end))
        else:
            joined.append(period)
    return joined


def instant_of(on: date, wall: time, zone: ZoneInfo, *, edge: Edge) -> datetime:
    """The UTC instant of a wall time in `zone`; absent and doubled times as the module says."""
    midnight = _even_midnight(zone, on.toordinal())
    if midnight is not None:
        since = _MINUTES[wall.hour * 60 + wall.minute]
        return midnight + since + timedelta(seconds=wall.second, microseconds=wall.microsecond)
    first, second = (_reading(on, wall, zone, fold) for fold in (0, 1))
    return min(first, second) if edge == "start" else max(first, second)


def instant_at(day: int, minutes: int, zone: ZoneInfo, *, edge: Edge) -> datetime:
    """The same for minutes, which may pass 24:00, from the midnight of a day by its ordinal."""
    if minutes >= DAY_MINUTES:
        days, minutes = divmod(minutes, DAY_MINUTES)
        day += days
    midnight = _even_midnight(zone, day)
    if midnight is not None:
        return midnight + _MINUTES[minutes]
    return instant_of(date.fromordinal(day), time(*divmod(minutes, 60)), zone, edge=edge)


def local_midnight(on: date, zone: ZoneInfo) -> datetime:
    """The instant a day begins in `zone`."""
    return instant_of(on, time(), zone, edge="start")


@lru_cache(maxsize=2**16)
def _even_midnight(zone: ZoneInfo, day: int) -> datetime | None:
    """The instant a day begins, or None for one on which the offset changes; few days are such."""
    on = date.fromordinal(day)
    offsets = {
        datetime.combine(edge, time(), zone).replace(fold=fold).utcoffset()
        for edge in (on, on + ONE_DAY)
        for fold in (0, 1)
    }
    offset = offsets.pop()
    if offsets or offset is None:
        return None
    return datetime.combine(on, time(), UTC) - offset


def _reading(on: date, wall: time, zone: ZoneInfo, fold: int) -> datetime:
    return datetime.combine(on, wall, zone).replace(fold=fold).astimezone(UTC)


class Span(NamedTuple):
    """Minutes from the midnight of a weekday (0 = Monday); `closes` may pass 24:00."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Hours that repeat each week in wall time: opening hours, working hours, rota windows."""

    spans: tuple[Span, ...]

    @classmethod
    def parse(cls, days: Mapping[str, str]) -> Self:
        """Read `{"mon-fri": "08:00-12:00,13:00-16:30", "sat,sun": "22:00-06:00"}`.

        Ranges and lists of days, several spans with commas, spans over midnight, an end of 24:00,
        "closed". Raises ValueError in words.
        """
        spans = {
            Span(weekday, opens, closes)
            for names, hours in days.items()
            for weekday in _weekdays(str(names))
            for opens, closes in _day_spans(str(hours))
        }
        return cls(tuple(sorted(spans)))

    def periods(self, zone: ZoneInfo, start: datetime, end: datetime) -> list[Period]:
        """The open periods within [start, end), sorted, neither overlapping nor touching."""
        if start >= end or not self.spans:
            return []
        first, last = start.astimezone(zone).toordinal(), end.astimezone(zone).toordinal()
        found = merged(
            one for one in self._between(first, last, zone) if one.start < end and start < one.end
        )
        if found and found[0].start < start:
            found[0] = Period(start, found[0].end)
        if found and end < found[-1].end:
            found[-1] = Period(found[-1].start, end)
        return found

    def is_open(self, zone: ZoneInfo, start: datetime, end: datetime) -> bool:
        """Whether any of [start, end) is within the hours."""
        first, last = start.astimezone(zone).toordinal(), end.astimezone(zone).toordinal()
        return start < end and any(
            opens < end and start < closes for opens, closes in self._between(first, last, zone)
        )

    def contains(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether `at` is within the hours."""
        today = at.astimezone(zone).toordinal()
        return any(start <= at < end for start, end in self._between(today, today, zone))

    def next_open(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """The first instant from `at` on that is within the hours (`at` itself when it is)."""
        opens = self.periods(zone, at, at + timedelta(days=9))
        return opens[0].start if opens else None

    def on(self, weekday: int) -> tuple[Span, ...]:
        """The spans that open on one weekday (0 = Monday)."""
        return tuple(span for span in self.spans if span.weekday == weekday)

    def _between(self, first: int, last: int, zone: ZoneInfo) -> Iterator[Period]:
        """What opens from two days before: a span may run over midnight, and its end may be moved
        by an absent hour. Days by their ordinals."""
        first -= 2
        for weekday, opens, closes in self.spans:
            # The day of ordinal 1 was a Monday.
            for day in range(first + (weekday - first + 1) % 7, last + 1, 7):
                yield Period(
                    instant_at(day, opens, zone, edge="start"),
                    instant_at(day, closes, zone, edge="end"),
                )


def _weekdays(names: str) -> list[int]:
    return [day for part in names.split(",") for day in _weekday_range(part)]


def _weekday_range(part: str) -> list[int]:
    first, dash, last = part.partition("-")
    start = weekday_number(first)
    length = (weekday_number(last) - start) % 7 if dash else 0
    return [(start + step) % 7 for step in range(length + 1)]


def weekday_number(name: str) -> int:
    """0 for "mon" or "Monday" … 6 for "sun". Raises ValueError in words."""
    wanted = name.strip().lower()
    for number, (short, full) in enumerate(zip(WEEKDAYS, DAY_NAMES, strict=True)):
        if wanted in (short, full):
            return number
    raise ValueError(f"“{name.strip()}” is not a weekday (mon tue wed thu fri sat sun)")


def _day_spans(hours: str) -> list[tuple[int, int]]:
    if hours.strip().lower() == "closed":
        return []
    return [_day_span(part) for part in hours.split(",")]


def _day_span(part: str) -> tuple[int, int]:
    opens_text, dash, closes_text = part.partition("-")
    if not dash:
        raise ValueError(f"“{part.strip()}” is not a span of hours such as 08:00-16:30")
    opens, closes = clock_minutes(opens_text), clock_minutes(closes_text)
    if opens in (DAY_MINUTES, closes):
        raise ValueError(f"“{part.strip()}” holds no time; the whole day is 00:00-24:00")
    return opens, closes if closes > opens else closes + DAY_MINUTES


def clock_minutes(text: str) -> int:
    """Minutes from midnight of "08:30" or "24:00". Raises ValueError in words."""
    found = _TIME.fullmatch(text.strip())
    hours, minutes = (int(found[1]), int(found[2])) if found else (99, 99)
    if minutes > 59 or hours * 60 + minutes > DAY_MINUTES:
        raise ValueError(f"“{text.strip()}” is not a time of day such as 08:00")
    return hours * 60 + minutes


def add_business_days(
    at: datetime, days: int, zone: ZoneInfo, holidays: Collection[date]
) -> datetime:
    """The instant `days` business days after `at`, at the same wall time in `zone`.

    Saturdays, Sundays and `holidays` do not count; what comes in on such a day counts from the
    midnight the next business day begins with.
    """
    local = at.astimezone(zone)
    on, wall = local.date(), local.time()
    if not _is_business_day(on, holidays):
        wall = time()
        on = _next_business_day(on, holidays)
    for _ in range(days):
        on = _next_business_day(on, holidays)
    return instant_of(on, wall, zone, edge="end") if days else max(at, local_midnight(on, zone))


def _next_business_day(on: date, holidays: Collection[date]) -> date:
    on += ONE_DAY
    while not _is_business_day(on, holidays):
        on += ONE_DAY
    return on


def _is_business_day(on: date, holidays: Collection[date]) -> bool:
    return on.weekday() < 5 and on not in holidays
