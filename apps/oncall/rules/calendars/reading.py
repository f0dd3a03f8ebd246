"""Reading a calendar: parse, expand within a window, say whose each shift is."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar
from icalendar.timezone import tzp

from apps.core.guard import mask
from apps.core.periods import Period
from apps.oncall.rules.calendars.identity import by_uid, key_of, newest_of
from apps.oncall.rules.calendars.people import Known, Register
from apps.oncall.rules.calendars.repeats import check_move, check_rule, steps_of
from apps.oncall.rules.calendars.text import text_read
from apps.oncall.rules.calendars.times import Clock, check_zone, last_of, zone_named
from apps.oncall.rules.calendars.values import (
    MOST_SHIFTS,
    MOST_STEPS,
    MOST_TROUBLES,
    BadEvent,
    Booking,
    Reading,
    Trouble,
    UnableToRead,
)

MARGIN = timedelta(days=3)  # floating times and all-day events, wherever the reader is
NEEDED = frozenset(
    {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS"}
)
LENGTH = "X-ROLLCALL-LENGTH"  # of an event, beside what its calendar says
HIDDEN = "has the UID of another event, which is read instead"
NAME_LENGTH = 120
PARSING = Lock()
Event = Any  # a component: its values are of thirty types, so it is asked with care


def read_calendar(
    content: bytes, *, window: Period, zone: ZoneInfo, people: Iterable[Known], longest: timedelta
) -> Reading:
    """The shifts of a calendar that touch `window` (UTC), whole, and why other events are none.

    `zone` is the rota's, `longest` the most one shift may last. Raises UnableToRead.
    """
    calendars = _parsed(text_read(content))
    if any(str(one.get("METHOD", "")).upper() == "CANCEL" for one in calendars):
        raise UnableToRead("the calendar only calls events off (METHOD:CANCEL)")
    reader = _Reader(window, Register(people), longest)
    for calendar in calendars:
        floating = zone_named(str(calendar.get("X-WR-TIMEZONE", "")))
        reader.read(calendar, Clock(zone, floating))
    bookings = sorted(reader.bookings.values(), key=lambda one: (one.start, one.key))
    return Reading(tuple(bookings), tuple(_first(list(reader.troubles.values()))))


def _first(troubles: list[Trouble]) -> Iterator[Trouble]:
    """So many, and how many more there are."""
    yield from troubles[:MOST_TROUBLES]
    if (more := len(troubles) - MOST_TROUBLES) > 0:
        yield Trouble(name=f"{more} more", why="make no shift either")


def _parsed(content: bytes) -> Sequence[Calendar]:
    """The library keeps zones by their names for good: those of one calendar are not another's."""
    try:
        with PARSING:
            tzp.use_default()
            return list(Calendar.from_ical(content, multiple=True))
    except Exception as problem:  # a stranger's file, and the parser raises what comes to it
        raise UnableToRead("the calendar is damaged and cannot be read") from problem


class _Reader:
    """Walks over the events of a file; counts what they cost."""

    def __init__(self, window: Period, register: Register, longest: timedelta) -> None:
        self._window, self._register, self._longest = window, register, longest
        self._steps = 0
        self.bookings: dict[str, Booking] = {}
        self.troubles: dict[tuple[str, str], Trouble] = {}

    def read(self, calendar: Calendar, clock: Clock) -> None:
        """Every series is looked at before the first is expanded: what is too much costs little."""
        found = {uid: self._newest(uid, events) for uid, events in by_uid(calendar).items()}
        good = [one for one in found.items() if self._is_good(one[1])]
        for uid, events in good:
            try:
                self._expand(uid, events, clock)
            except BadEvent as problem:
                self._note(events[0], problem, None)

    def _newest(self, uid: str, events: Sequence[Event]) -> Sequence[Event]:
        """Those that count; one that another hides, and no UID, is told of each."""
        kept, hidden = newest_of(events) if uid else ([], events)
        for event in hidden:
            self._note(event, BadEvent(HIDDEN if uid else "has no UID"), None)
        return kept

    def _is_good(self, events: Sequence[Event]) -> bool:
        try:
            for event in events:
                self._check(event)
        except BadEvent as problem:
            self._note(events[0], problem, None)
            return False
        return bool(events)

    def _expand(self, uid: str, events: Sequence[Event], clock: Clock) -> None:
        is_series = any(name in one for one in events for name in _REPEATING)
        for event in self._occurrences(events, is_series=is_series):
            self._take(uid, event, clock, is_series=is_series)

    def _check(self, event: Event) -> None:
        """Whether it can be expanded, and how long that takes."""
        for name, _ in event.errors:
            if str(name).upper() in NEEDED:
                raise BadEvent(f"cannot be read: its {name} is damaged")
        start = event.get("DTSTART")
        if start is None or not isinstance(getattr(start, "dt", None), date):
            raise BadEvent("says no start")
        for name in ("DTSTART", "DTEND"):
            check_zone(event.get(name))
        _check_order(event)
        check_move(event)
        for rule in _listed(event.get("RRULE")):
            check_rule(rule)
            self._steps += steps_of(start.dt, self._window.end)
        if self._steps > MOST_STEPS:
            raise UnableToRead("the calendar repeats its events too often to be read")

    def _occurrences(self, events: Sequence[Event], *, is_series: bool) -> Iterator[Event]:
        series = Calendar()
        start, end = self._window.start - MARGIN, self._window.end + MARGIN
        try:
            for event in events:
                _mend_until(event)
                _keep_length(event)
                series.add_component(event)
            yield from recurring_ical_events.of(series).between(start, end)
        except Exception as problem:  # a stranger's rule, and the library raises what comes to it
            words = "repeats in a way" if is_series else "says its times in a way"
            raise BadEvent(f"{words} that cannot be read") from problem

    def _take(self, uid: str, event: Event, clock: Clock, *, is_series: bool) -> None:
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            return
        start = clock.instant(event["DTSTART"].dt, "start")
        try:
            end = _end_of(event, clock)
            if end <= self._window.start or start >= self._window.end:
                return
            if not start < end <= start + self._longest:
                words = "has no length" if end <= start else "is too long for a shift"
                raise BadEvent(words)
            who = self._register.who(event)
        except BadEvent as problem:
            self._note(event, problem, start)
            return
        if len(self.bookings) >= MOST_SHIFTS:
            raise UnableToRead(f"the calendar has more than {MOST_SHIFTS:,} shifts to come")
        key = key_of(uid, event, clock, is_series=is_series)
        name = _name(event)
        self.bookings[key] = Booking(key=key, person=who, start=start, end=end, name=name)

    def _note(self, event: Event, problem: BadEvent, start: datetime | None) -> None:
        """One trouble for all the times an event has it."""
        name, why = _name(event), str(problem)
        known = self.troubles.get((name, why))
        times, first = (known.times + 1, known.start) if known else (1, start)
        self.troubles[name, why] = Trouble(name=name, why=why, start=first, times=times)


_REPEATING = ("RRULE", "RDATE", "RECURRENCE-ID")


def _check_order(event: Event) -> None:
    """The library would turn round an event that ends before it begins."""
    start, end = event["DTSTART"].dt, getattr(event.get("DTEND"), "dt", None)
    length = getattr(event.get("DURATION"), "dt", timedelta())
    if length < timedelta() or (end is not None and _is_before(end, start)):
        raise BadEvent("has no length")


def _is_before(one: date, other: date) -> bool:
    """By the walls where a day meets a time, or a time with a zone one without."""
    try:
        return one < other
    except TypeError:
        return one.timetuple() < other.timetuple()


def _mend_until(event: Event) -> None:
    """The library takes a day, or a time without a zone, for one in UTC."""
    for rule in _listed(event.get("RRULE")):
        if until := rule.get("UNTIL"):
            rule["UNTIL"] = [last_of(at, event["DTSTART"].dt) for at in _listed(until)]


def _keep_length(event: Event) -> None:
    """The library makes an end of it, by the walls."""
    event.pop(LENGTH, None)
    if "DURATION" in event:
        event[LENGTH] = event["DURATION"].dt


def _end_of(event: Event, clock: Clock) -> datetime:
    """Days of a DURATION are days of the wall, its hours real ones (RFC 5545, 3.3.6)."""
    start, length = event["DTSTART"].dt, event.get(LENGTH, timedelta())
    if length.seconds and isinstance(start, datetime):
        days_later = clock.instant(start + timedelta(days=length.days), "start")
        return days_later + timedelta(seconds=length.seconds)
    if "DTEND" in event:
        return clock.instant(event["DTEND"].dt, "end")
    raise BadEvent("says no end")


def _name(event: Event) -> str:
    words = " ".join(str(event.get("SUMMARY", "")).split())
    return mask(words).text[:NAME_LENGTH] or "an event without a name"


def _listed(value: Any) -> Sequence[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
