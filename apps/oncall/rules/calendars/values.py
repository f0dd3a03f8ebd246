"""What comes out of a calendar, and how much of one is read."""

from dataclasses import dataclass
from datetime import datetime

MOST_BYTES = 2_000_000
MOST_EVENTS = 5_000  # written down; a repeated one counts once
MOST_DATES = 10_000  # in rules, and days added to them or left out, in all
MOST_SHIFTS = 2_000  # in a window
MOST_TROUBLES = 100  # told one by one
MOST_STEPS = 200_000  # repetitions walked over from where each series begins
MOST_ZONE_RULES = 60  # of its own time zones, in all
MOST_ZONE_PARTS = 2_000


class UnableToRead(Exception):
    """The whole calendar cannot be read; in words."""


class BadEvent(Exception):
    """One event cannot be read; in words that go on after its name."""


@dataclass(frozen=True, kw_only=True)
class Booking:
    """Somebody has a shift in [start, end). `key` is the event's and occurrence's identity, which
    stays when it moves; `name` is its summary, masked."""

    key: str
    person: str
    start: datetime
    end: datetime
    name: str


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Why an event, by its masked summary, makes no shift; first at `start`, so many times."""

    name: str
    why: str
    start: datetime | None = None
    times: int = 1


@dataclass(frozen=True)
class Reading:
    """What a calendar says of a window: bookings by start, troubles in the order found."""

    bookings: tuple[Booking, ...]
    troubles: tuple[Trouble, ...]
