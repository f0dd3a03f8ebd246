"""Turns: the queue of each duty, who it gives the slot to, and what an edit makes of it."""

from collections.abc import Sequence
from itertools import pairwise

Queues = tuple[tuple[str, ...], ...]  # per duty: who is next stands first
Away = tuple[frozenset[str], ...]  # per duty: who cannot take a turn now
Holders = tuple[str | None, ...]  # per duty: who has it


def take_turns(
    queues: Queues, away: Away, keeping: Holders | None = None
) -> tuple[Queues, Holders]:
    """Each duty's first person not away and without a duty yet takes the slot and goes last.

    `keeping` names, per duty, who has it already and keeps it: that is no new turn.
    """
    holders: list[str | None] = []
    after: list[tuple[str, ...]] = []
    for place, (queue, absent) in enumerate(zip(queues, away, strict=True)):
        kept = keeping[place] if keeping else None
        if kept is not None and kept not in holders:
            holders.append(kept)
            after.append(queue)
            continue
        person = next((who for who in queue if who not in absent and who not in holders), None)
        holders.append(person)
        after.append(queue if person is None else _sent_last(queue, person))
    return tuple(after), tuple(holders)


def _sent_last(queue: tuple[str, ...], person: str) -> tuple[str, ...]:
    place = queue.index(person)
    return (*queue[:place], *queue[place + 1 :], person)


class Course:
    """The turns from some queues on while nobody comes or goes: they soon repeat themselves."""

    __slots__ = ("_away", "_following", "_places", "_turns")

    def __init__(self, queues: Queues, away: Away) -> None:
        self._away, self._following = away, queues
        self._turns: list[tuple[Queues, Holders]] = []
        self._places: dict[Queues, int] = {}

    def turn(self, number: int) -> tuple[Queues, Holders]:
        """The queues before a turn, counted from 0, and who takes it."""
        while number >= len(self._turns):
            back = self._places.get(self._following)
            if back is not None:
                return self._turns[back + (number - back) % (len(self._turns) - back)]
            queues = self._following
            self._places[queues] = len(self._turns)
            self._following, holders = take_turns(queues, self._away)
            self._turns.append((queues, holders))
        return self._turns[number]


def carried_queue(
    queue: tuple[str, ...], before: tuple[str, ...], after: tuple[str, ...]
) -> tuple[str, ...]:
    """The queue when a duty's list `before` is edited into `after`.

    Who was there keeps their place, newcomers stand behind the one listed before them. Where the
    order itself changed, the new list starts with whoever was next.
    """
    staying = [person for person in queue if person in after]
    if not staying:
        return after
    turned = _told_from(after, staying[0])
    known = _told_from([person for person in before if person in after], staying[0])
    if known != [person for person in turned if person in before]:
        return tuple(turned)
    for neighbour, person in pairwise(turned):
        if person not in staying:
            staying.insert(staying.index(neighbour) + 1, person)
    return tuple(staying)


def _told_from(people: Sequence[str], first: str) -> list[str]:
    """The same round of people, told from `first` on."""
    place = people.index(first)
    return [*people[place:], *people[:place]]
