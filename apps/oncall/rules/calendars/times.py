"""Dates and times of a calendar as instants."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from apps.core.periods import Edge, instant_of, local_midnight
from apps.oncall.rules.calendars.repeats import LAST_YEAR
from apps.oncall.rules.calendars.values import BadEvent


class Clock:
    """Reads times: `rota` is the zone of days, `floating` that of times without a zone."""

    def __init__(self, rota: ZoneInfo, floating: ZoneInfo | None) -> None:
        self._rota, self._floating = rota, floating or rota

    def instant(self, at: date, edge: Edge) -> datetime:
        """UTC; a day stands for its midnight where the rota is."""
        if not isinstance(at, datetime):
            return local_midnight(at, self._rota)
        zone = at.tzinfo
        if zone is None or isinstance(zone, ZoneInfo):
            wall = at.replace(tzinfo=None)
            return instant_of(wall.date(), wall.time(), zone or self._floating, edge=edge)
        readings = [at.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
        return min(readings) if edge == "start" else max(readings)


def last_of(until: date, start: date) -> date:
    """Until when a series goes on that begins at `start`, in the words of the standard.

    A day counts to its end, and a time without a zone is in that of the start.
    """
    if not isinstance(start, datetime) or until.year > LAST_YEAR:
        return until
    if not isinstance(until, datetime):
        until = datetime.combine(until, time(23, 59, 59))
    if start.tzinfo is None or until.tzinfo is not None:
        return until
    return until.replace(tzinfo=start.tzinfo).astimezone(UTC)


def zone_named(name: str) -> ZoneInfo | None:
    """The zone of that name, an IANA or a Windows one, if there is one."""
    try:
        return ZoneInfo(WINDOWS_TO_OLSON.get(name.strip(), name.strip()))
    except (OSError, ValueError, LookupError):
        return None


def check_zone(value: Any) -> None:
    """Raises BadEvent where a time names a zone that neither the world nor the calendar knows."""
    named = value.params.get("TZID") if hasattr(value, "params") else None
    at = getattr(value, "dt", None)
    if named and isinstance(at, datetime) and at.tzinfo is None:
        raise BadEvent(f"is in the time zone “{str(named)[:60]}”, which is unknown")
