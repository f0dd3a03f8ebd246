"""Where a duty passes from one person to another, when whoever comes is told, what a note begins
with."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from apps.oncall.rules.facts import Shift

BRIEFED_BEFORE = timedelta(minutes=15)  # a shift; product O7
ASKED_FOR = timedelta(minutes=30)  # of the next shift, then the Delivery Manager is told; O7
LONGEST_GAP = timedelta(days=14)  # who comes later than that does not follow: nobody hands over
TO_WRITE = timedelta(hours=1)  # before their shift ends people are reminded of the note
NO_NOTE = "No note was written."


class Spell(NamedTuple):
    """`person` has `duty` in [start, end) without a break."""

    start: datetime
    end: datetime
    duty: str
    person: str


class Passing(NamedTuple):
    """A duty passes from `outgoing`, whose last shift ends at `ends_at`, to `incoming`, whose first
    begins at `starts_at` (the same instant, or later)."""

    ends_at: datetime
    starts_at: datetime
    duty: str
    outgoing: str
    incoming: str


class Fact(NamedTuple):
    """A line a note may begin with: an open item, or (`is_watched`) something to keep an eye on."""

    text: str
    is_watched: bool = False


def spells(shifts: Iterable[Shift]) -> list[Spell]:
    """Shifts that touch and are the same person's on the same duty are one spell; sorted by start.
    Shifts come sorted and uncut."""
    by_duty: dict[str, list[Spell]] = {}
    for one in shifts:
        found = by_duty.setdefault(one.duty, [])
        if found and found[-1].person == one.person_key and found[-1].end == one.start:
            found[-1] = Spell(found[-1].start, one.end, one.duty, one.person_key)
        else:
            found.append(Spell(one.start, one.end, one.duty, one.person_key))
    return sorted(spell for found in by_duty.values() for spell in found)


def passings(found: Iterable[Spell]) -> list[Passing]:
    """Where the holder of a duty changes; not where the same person comes again, and not where
    nobody follows within a fortnight."""
    latest: dict[str, Spell] = {}
    passed: list[Passing] = []
    for one in found:
        last = latest.get(one.duty)
        if last is not None and _hands_over(last, one):
            passed.append(Passing(last.end, one.start, one.duty, last.person, one.person))
        latest[one.duty] = one
    return sorted(passed)


def _hands_over(last: Spell, following: Spell) -> bool:
    return last.person != following.person and following.start - last.end <= LONGEST_GAP


def is_asked_for(handed_at: datetime | None, starts_at: datetime, now: datetime) -> bool:
    """Whether the next person can acknowledge: it was handed over, or their shift has begun."""
    return handed_at is not None or starts_at <= now


def prefilled(facts: Sequence[Fact]) -> tuple[str, str]:
    """What a note begins with, (open items, what to watch): a line for each fact, none twice."""
    lines = dict.fromkeys(facts)
    return _lines(one for one in lines if not one.is_watched), _lines(
        one for one in lines if one.is_watched
    )


def _lines(facts: Iterable[Fact]) -> str:
    return "\n".join(f"- {' '.join(one.text.split())}" for one in facts)
