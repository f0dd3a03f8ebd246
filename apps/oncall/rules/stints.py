"""Shifts as people think of them: what somebody has of a slot is one stint."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apps.oncall.choices import Source
from apps.oncall.rules.facts import Shift

YEARS = range(1970, 2200)


@dataclass(frozen=True, slots=True)
class Stint:
    """The shifts of one slot that one person has, sorted; an override without a slot by itself.

    `is_whole`: nobody else has a part of that slot's duty, so it can be given away as one.
    """

    shifts: tuple[Shift, ...]
    is_whole: bool

    @property
    def duty(self) -> str:
        return self.shifts[0].duty

    @property
    def person_key(self) -> str:
        return self.shifts[0].person_key

    @property
    def slot(self) -> str:
        return self.shifts[0].slot

    @property
    def source(self) -> Source:
        return self.shifts[0].source

    @property
    def start(self) -> datetime:
        return self.shifts[0].start

    @property
    def end(self) -> datetime:
        return self.shifts[-1].end

    @property
    def length(self) -> timedelta:
        return sum((one.end - one.start for one in self.shifts), timedelta())


def stints(shifts: Sequence[Shift], after: datetime) -> list[Stint]:
    """The stints that are not over at `after`, sorted by start. Shifts come sorted and uncut."""
    groups: dict[tuple[object, ...], list[Shift]] = {}
    holders: dict[tuple[str, str], set[str]] = {}
    for number, one in enumerate(shifts):
        apart = (one.duty, one.slot) if one.slot else (one.duty, number)
        groups.setdefault((*apart, one.person_key), []).append(one)
        if one.end > after:
            holders.setdefault((one.duty, one.slot), set()).add(one.person_key)
    found = [
        Stint(tuple(group), _is_whole(group[0], holders))
        for group in groups.values()
        if group[-1].end > after
    ]
    return sorted(found, key=lambda one: one.start)


def _is_whole(shift: Shift, holders: dict[tuple[str, str], set[str]]) -> bool:
    return bool(shift.slot) and len(holders[shift.duty, shift.slot]) == 1


def instant_near(slot: str) -> datetime | None:
    """An instant less than a day from the start of the slot of that name; None for no name."""
    try:
        found = datetime.fromisoformat(slot.rpartition("/")[2])
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.year in YEARS else None


def of_person(found: Iterable[Stint], person_key: str) -> list[Stint]:
    return [one for one in found if one.person_key == person_key]
