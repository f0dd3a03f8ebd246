"""Who takes each slot: the queues played over the slots of every version."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from apps.oncall.rules.facts import DutyFacts, LeaveFacts, VersionFacts
from apps.oncall.rules.queues import Away, Holders, Queues, carried_queue, leap, take_turns
from apps.oncall.rules.slots import TICK, Slots
from apps.oncall.rules.stretches import Stretch

ONE_DAY = timedelta(days=1)


class Seat(NamedTuple):
    """Who takes a slot, with the queues and absences that decided it."""

    number: int
    holders: Holders
    queues: Queues
    away: Away


@dataclass(frozen=True, slots=True)
class Carried:
    """What a version leaves to the next: its queues, and who was on duty last."""

    version: VersionFacts
    queues: dict[str, tuple[str, ...]]
    holders: dict[str, str | None]


def seats_between(
    stretches: Sequence[Stretch], leaves: Sequence[LeaveFacts], start: datetime, end: datetime
) -> Iterator[tuple[Stretch, list[Seat]]]:
    """The seats of every slot that touches [start, end), stretch by stretch.

    What lies before `start` is played only for the queues it leaves, in leaps.
    """
    carried: Carried | None = None
    for stretch in stretches:
        if stretch.start >= end or not stretch.slots:
            continue
        last = stretch.slots.at(min(stretch.end, end) - TICK)
        first = min(stretch.slots.at(max(stretch.start, start)), last)
        seats, queues = _play(stretch, leaves, carried, first, last)
        carried = _left(stretch.version, queues, seats[-1].holders)
        if stretch.end > start:
            yield stretch, seats


def _left(version: VersionFacts, queues: Queues, holders: Holders) -> Carried:
    names = [duty.duty for duty in version.duties]
    return Carried(
        version, dict(zip(names, queues, strict=True)), dict(zip(names, holders, strict=True))
    )


def _play(
    stretch: Stretch, leaves: Sequence[LeaveFacts], before: Carried | None, first: int, last: int
) -> tuple[list[Seat], Queues]:
    """Seats `first` to `last` of a stretch, and the queues after them."""
    absences = Absences(stretch.version, stretch.slots, leaves)
    seats: list[Seat] = []
    number, queues = 0, tuple(duty.people for duty in stretch.version.duties)
    if before is not None and before.version.starts_on == stretch.version.starts_on:
        number, queues = stretch.slots.at(stretch.start), _carried(before, stretch.version)
        if stretch.slots.start(number) < stretch.start:
            seat, queues = _rest_of_slot(stretch, number, queues, before, absences)
            seats.append(seat)
            number += 1
    for until in absences.changes(number, last):
        away = absences.at_slot(number)
        seen_from = max(number, min(until, first))
        queues = leap(queues, away, seen_from - number)
        for taken in range(seen_from, until):
            after, holders = take_turns(queues, away)
            seats.append(Seat(taken, holders, queues, away))
            queues = after
        number = until
    return [seat for seat in seats if seat.number >= first], queues


def _carried(before: Carried, version: VersionFacts) -> Queues:
    lists = {duty.duty: duty.people for duty in before.version.duties}
    return tuple(
        carried_queue(before.queues.get(duty.duty, ()), lists.get(duty.duty, ()), duty.people)
        for duty in version.duties
    )


def _rest_of_slot(
    stretch: Stretch, number: int, queues: Queues, before: Carried, absences: "Absences"
) -> tuple[Seat, Queues]:
    """The slot under way when a version begins: who has a duty keeps it if still listed."""
    on = stretch.local_start
    away = absences.at(stretch.start, on)
    keeping = tuple(
        _if_listed(duty, before.holders.get(duty.duty), on) for duty in stretch.version.duties
    )
    after, holders = take_turns(queues, away, keeping)
    return Seat(number, holders, queues, away), after


def _if_listed(duty: DutyFacts, person: str | None, on: date) -> str | None:
    is_listed = any(turn.person == person and turn.is_active(on) for turn in duty.turns)
    return person if is_listed else None


class Absences:
    """Who cannot take a turn of a version, and at which slots that changes."""

    __slots__ = ("_leaves", "_slots", "_version")

    def __init__(self, version: VersionFacts, slots: Slots, leaves: Sequence[LeaveFacts]) -> None:
        listed = {turn.person for duty in version.duties for turn in duty.turns}
        self._version, self._slots = version, slots
        self._leaves = [leave for leave in leaves if leave.person in listed]

    def changes(self, first: int, last: int) -> list[int]:
        """The slots after `first` where somebody comes or goes, and the one after `last`."""
        if last < first:
            return []
        numbers = {self._slots.first_on(day) for day in self._days()} | {
            self._slots.first_from(at)
            for leave in self._leaves
            for at in (leave.starts_at, leave.ends_at)
        }
        return [*sorted(number for number in numbers if first < number <= last), last + 1]

    def at_slot(self, number: int) -> Away:
        return self.at(self._slots.start(number), self._slots.local_start(number)[0])

    def at(self, at: datetime, on: date) -> Away:
        """Per duty who is on leave at `at` or not active on `on`, its local day."""
        gone = {leave.person for leave in self._leaves if leave.starts_at <= at < leave.ends_at}
        return tuple(
            frozenset(
                turn.person for turn in duty.turns if turn.person in gone or not turn.is_active(on)
            )
            for duty in self._version.duties
        )

    def _days(self) -> Iterator[date]:
        """The days on which somebody becomes active, or is no longer."""
        for duty in self._version.duties:
            for turn in duty.turns:
                if turn.starts_on is not None:
                    yield turn.starts_on
                if turn.ends_on is not None:
                    yield turn.ends_on + ONE_DAY
