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
    offset = _even_offset(zone, on)
    if offset is not None:
        return datetime.combine(on, wall, UTC) - offset
    first, second = (_reading(on, wall, zone, fold) for fold in (0, 1))
    return min(first, second) if edge == "start" else max(first, second)


def local_midnight(on: date, zone: ZoneInfo) -> datetime:
    """The instant a day begins in `zone`."""
    return instant_of(on, time(), zone, edge="start")


@lru_cache(maxsize=2**16)
def _even_offset(zone: ZoneInfo, on: date) -> timedelta | None:
    """The offset of a whole day, or None for a day on which it changes; most days have one."""
    edges = {
        datetime.combine(day, time(), zone).replace(fold=fold).utcoffset()
        for day in (on, on + ONE_DAY)
        for fold in (0, 1)
    }
    return edges.pop() if len(edges) == 1 else None


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
        first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
        return merged(
            Period(max(start, opens), min(end, closes))
            for opens, closes in self._between(first, last, zone)
            if opens < end and start < closes
        )

    def contains(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether `at` is within the hours."""
        today = at.astimezone(zone).date()
        return any(at in period for period in self._between(today, today, zone))

    def next_open(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """The first instant from `at` on that is within the hours (`at` itself when it is)."""
        opens = self.periods(zone, at, at + timedelta(days=9))
        return opens[0].start if opens else None

    def on(self, weekday: int) -> tuple[Span, ...]:
        """The spans that open on one weekday (0 = Monday)."""
        return tuple(span for span in self.spans if span.weekday == weekday)

    def _between(self, first: date, last: date, zone: ZoneInfo) -> Iterator[Period]:
        # Two days before: a span may run over midnight, and its end may be moved by an absent hour.
        by_weekday = [self.on(weekday) for weekday in range(7)]
        for number in range(first.toordinal() - 2, last.toordinal() + 1):
            on = date.fromordinal(number)
            for span in by_weekday[on.weekday()]:
                yield Period(
                    _instant(on, span.opens, zone, "start"), _instant(on, span.closes, zone, "end")
                )


def _instant(on: date, minutes: int, zone: ZoneInfo, edge: Edge) -> datetime:
    days, minutes = divmod(minutes, DAY_MINUTES)
    return instant_of(on + timedelta(days=days) if days else on, _wall(minutes), zone, edge=edge)


@lru_cache(maxsize=DAY_MINUTES)
def _wall(minutes: int) -> time:
    return time(*divmod(minutes, 60))


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
