"""Which event is which: by UID, by how new it is, by the occurrence it is of a series."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from icalendar import Calendar
from icalendar.prop.broken import vBroken

from apps.oncall.rules.calendars.times import Clock

Event = Any  # a component: its values are of thirty types, so it is asked with care
NEVER = datetime.min.replace(tzinfo=UTC)


def by_uid(calendar: Calendar) -> dict[str, list[Event]]:
    """The events of a calendar; those that say no UID under an empty one."""
    found: dict[str, list[Event]] = {}
    for component in calendar.walk("VEVENT"):
        found.setdefault(str(component.get("UID", "")).strip(), []).append(component)
    return found


def newest_of(events: Sequence[Event]) -> tuple[list[Event], list[Event]]:
    """What counts of events with one UID: the newest (RFC 5546, 2.1.5) and what is said of its
    occurrences; and those that are as new and at another time, which it hides."""
    whole = [one for one in events if "RECURRENCE-ID" not in one]
    if len(whole) < 2:
        return list(events), []
    newest = max(whole, key=_age)
    others = [one for one in whole if one is not newest and _age(one) == _age(newest)]
    hidden = [one for one in others if _at(one, "DTSTART") != _at(newest, "DTSTART")]
    return [one for one in events if one is newest or "RECURRENCE-ID" in one], hidden


def key_of(uid: str, event: Event, clock: Clock, *, is_series: bool) -> str:
    """What an event, or an occurrence of a series, is known by, also when it moves.

    An occurrence is named by when it was to be, before anybody moved it; one that was moved with
    all that come after it (RANGE) by its new time too, as all those say the same RECURRENCE-ID.
    """
    if not is_series:
        return _digest(uid)
    meant: Any = event.get("RECURRENCE-ID") or event["DTSTART"]
    is_range = "RANGE" in meant.params
    times = [meant.dt, event["DTSTART"].dt] if is_range else [meant.dt]
    return _digest(uid, *(_told(at, clock) for at in times))


def _told(at: date, clock: Clock) -> str:
    is_time = isinstance(at, datetime)
    return clock.instant(at, "start").isoformat() if is_time else at.isoformat()


def _age(event: Event) -> tuple[int, datetime]:
    said = [_at(event, name) for name in ("LAST-MODIFIED", "DTSTAMP")]
    stamps = [at for at in said if isinstance(at, datetime) and at.tzinfo]
    number = event.get("SEQUENCE")
    return number if isinstance(number, int) else 0, stamps[0] if stamps else NEVER


def _at(event: Event, name: str) -> date | None:
    value = event.get(name)
    return None if isinstance(value, vBroken) else getattr(value, "dt", None)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
