"""What a reading of a calendar changes about the shifts it made before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from apps.oncall.rules.calendars import Booking


@dataclass(frozen=True, kw_only=True)
class Made:
    """A shift a calendar made before, with the times of its event."""

    key: str
    person: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Changes:
    """Keys whose shifts are taken back or replaced, and bookings that become shifts now."""

    gone: tuple[str, ...]
    new: tuple[Booking, ...]

    def __bool__(self) -> bool:
        return bool(self.gone or self.new)


def reconcile(made: Mapping[str, Made], bookings: Iterable[Booking], now: datetime) -> Changes:
    """What is as it was stays; what is over stays, whatever the calendar says of it since."""
    wanted = {one.key: one for one in bookings}
    same = {key for key, one in made.items() if key in wanted and _is_same(one, wanted[key])}
    gone = [
        key for key, one in made.items() if key not in same and (one.end > now or key in wanted)
    ]
    new = [one for key, one in wanted.items() if key not in same]
    return Changes(tuple(gone), tuple(sorted(new, key=lambda one: (one.start, one.key))))


def _is_same(made: Made, wanted: Booking) -> bool:
    return (made.person, made.start, made.end) == (wanted.person, wanted.start, wanted.end)
