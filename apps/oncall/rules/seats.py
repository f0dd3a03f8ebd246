"""Who takes each slot: the queues of a version played over its slots."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from apps.core.periods import Period
from apps.oncall.rules.carrying import (
    Carried,
    Group,
    Held,
    by_duty,
    everybody,
    goes_on_after,
    holders_by_duty,
    queues_of,
)
from apps.oncall.rules.facts import DutyFacts, LeaveFacts, VersionFacts
from apps.oncall.rules.queues import Away, Course, Holders, Queues, take_turns
from apps.oncall.rules.slots import TICK, Slots
from apps.oncall.rules.stretches import Stretch

ONE_DAY = timedelta(days=1)


class Seat(NamedTuple):
    """Who takes a slot, with the queues and absences that decided it."""

    number: int
    holders: Holders
    queues: Queues
    away: Away


def play(
    stretch: Stretch, leaves: Sequence[LeaveFacts], before: Carried | None, window: Period
) -> tuple[list[Seat], Carried]:
    """The seats of every slot of a stretch that touches the window, and what it leaves.

    What lies before the window is played only for the queues it leaves.
    """
    version, slots = stretch.version, stretch.slots
    last = slots.at(min(stretch.end, window.end) - TICK)
    first = min(slots.at(max(stretch.start, window.start)), last)
    absences = Absences(version, slots, leaves)
    number, every = 0, everybody(version)
    queues = queues_of(version, every, {})
    seats: list[Seat] = []
    if before is not None and before.goes_on_in(version):
        number = slots.at(stretch.start)
        queues = queues_of(version, every, before.queues_for(version).get(every, {}))
        if slots.start(number) < stretch.start:
            if stretch.is_open(Period(stretch.start, slots.end(number))):
                seat, queues = _rest_of_slot(stretch, number, queues, before, absences)
                seats.append(seat)
            number += 1
    for until in absences.changes(number, last):
        away = absences.at_slot(number)
        course = Course(queues, away)
        for taken in range(max(number, min(until, first)), until):
            before_it, holders = course.turn(taken - number)
            seats.append(Seat(taken, holders, before_it, away))
        queues, _ = course.turn(until - number)
        number = until
    left = Carried(version, {every: by_duty(version, queues)}, _held(stretch, seats, every))
    return [seat for seat in seats if seat.number >= first], left


def _held(stretch: Stretch, seats: Sequence[Seat], every: Group) -> list[Held]:
    going_on = goes_on_after(stretch)
    return [
        Held(every, holders_by_duty(stretch.version, seat.holders))
        for seat in seats[-1:]
        if seat.number == going_on
    ]


def _rest_of_slot(
    stretch: Stretch, number: int, queues: Queues, before: Carried, absences: "Absences"
) -> tuple[Seat, Queues]:
    """The slot under way when a version begins: who has a duty keeps it if still listed."""
    on, held = stretch.local_start, before.holders_now()
    away = absences.at(stretch.start, on)
    keeping = tuple(_if_listed(duty, held.get(duty.duty), on) for duty in stretch.version.duties)
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
