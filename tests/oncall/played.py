"""A layer of a rota played slot by slot: queues are lists, a turn goes from front to back."""

from array import array
from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

from apps.oncall.rules import DutyFacts, LeaveFacts, RotaFacts, Turn, VersionFacts
from tests.oncall.clock import clock, instant_at, number_of
from tests.oncall.grid import Grid, Slot, Span, fill, painted

Group = frozenset[tuple[str, str]]  # people among whom a slot is one turn, each with their duty
Queues = dict[str, list[str]]  # of a group, by duty


class Seat(NamedTuple):
    """Who has a duty in a slot of a layer (None: nobody could), and who would be next, in order."""

    person: str | None
    waiting: tuple[str, ...]
    slot: str


class Taken(NamedTuple):
    """A slot as one group took it: in which cells, and the seat of each duty."""

    group: Group
    cells: list[int]
    seats: dict[str, Seat]


class Layer:
    """The seats of a layer, minute by minute, before overrides and other layers."""

    def __init__(self, versions: Sequence[VersionFacts], facts: RotaFacts, span: Span) -> None:
        self.name, self.span = versions[0].layer, span
        self.kinds: list[dict[str, Seat]] = [{}]
        self.cells = array("i", [0]) * span.size  # which of the kinds
        grids = [Grid(one, clock(one.zone or facts.zone, *span), span) for one in versions]
        past: Played | None = None
        first_made = min(version.made_at for version in facts.versions)
        for grid, cells in in_force(grids, span, first_made):
            past = Played(grid, facts.leaves, cells.start, past)
            self._seat(past, cells)

    def _seat(self, played: "Played", in_force: range) -> None:
        for number, slot in enumerate(played.grid.slots):
            if slot.start - self.span.start >= in_force.stop:
                return
            for taken in played.play(number, self._label(slot)):
                kind = len(self.kinds)
                self.kinds.append(taken.seats)
                fill(self.cells, [cell for cell in taken.cells if cell in in_force], kind)

    def _label(self, slot: Slot) -> str:
        local = f"{instant_at(slot.wall):%Y-%m-%dT%H:%M}"
        return f"{self.name}/{local}" if self.name else local


def in_force(grids: Sequence[Grid], span: Span, first_made: datetime) -> list[tuple[Grid, range]]:
    """Each version that is ever in force, with the cells of the time in which it is."""
    said = array("i", [-1]) * span.size
    for number, grid in enumerate(grids):
        is_late = grid.version.made_at > first_made
        begins = grid.counts_from(is_first=number == 0, is_late=is_late)
        fill(said, span.cells(begins, span.end), number)  # of two edits the one listed later counts
    return [
        (grid, range(said.index(number), said.index(number) + said.count(number)))
        for number, grid in enumerate(grids)
        if number in said
    ]


class Played:
    """A version in force from a cell on: its queues, and who took which slot."""

    def __init__(
        self, grid: Grid, leaves: Sequence[LeaveFacts], begins: int, past: "Played | None"
    ) -> None:
        self.grid, self.version, self.leaves = grid, grid.version, leaves
        self.everybody = everybody(self.version)
        self.places = [(duty.duty, turn) for duty in self.version.duties for turn in duty.turns]
        self.at_work = [self._at_work(turn) for _, turn in self.places if self.version.follows]
        self.taken: dict[int, list[Taken]] = {}
        self.queues: dict[Group, Queues] = {}
        self.begins: int | None = None  # None: turns are played from the first slot on
        self.past = None
        if past is not None and past.version.starts_on == self.version.starts_on:
            self.begins, self.queues, self.past = begins, carried(past, self.version), past

    def play(self, number: int, label: str) -> list[Taken]:
        """A slot as the groups take it that are at work in its open time, a turn each. Of a slot
        cut by an edit the rest is played."""
        slot, begins = self.grid.slots[number], self.begins
        start, on = slot.start - self.grid.span.start, instant_at(slot.wall).date()
        is_rest = begins is not None and start < begins
        if begins is not None and start < begins:
            start, on = begins, self.grid.date_at(begins)
        found = []
        for group, cells in self._groups(
            self.grid.cells(number, start), on, is_rest=is_rest
        ).items():
            kept = self._kept(group, cells[0] if cells else None) if is_rest else {}
            found.append(Taken(group, cells, self._turn(group, start, on, kept, label)))
        self.taken[number] = found
        return found

    def going_on(self, cell: int) -> list[Taken]:
        """How the slot was taken that began before a cell and does not end with it."""
        before, slot = self.grid.owner[cell - 1], self.grid.owner[cell]
        return self.taken.get(slot, []) if slot == before else []

    def on_duty(self, cell: int) -> list[Taken]:
        """Who has that slot at the very cell; without working hours it is held all the time."""
        slot = self.going_on(cell)
        return [one for one in slot if not self.version.follows or cell in one.cells]

    def _kept(self, group: Group, first: int | None) -> dict[str, str]:
        """Who goes on having which duty in a slot cut by an edit, among a group that has it from a
        cell on: the same group keeps it all, else who is on duty at that moment stays. There was no
        group before the version that begins to follow hours."""
        assert self.past is not None
        assert self.begins is not None
        taken = []
        if self.version.follows and self.past.version.follows:
            taken = [one for one in self.past.going_on(self.begins) if one.group == group]
        if not taken and (first == self.begins or not self.version.follows):
            taken = self.past.on_duty(self.begins)
        return {
            duty: seat.person for one in taken for duty, seat in one.seats.items() if seat.person
        }

    def _groups(self, cells: list[int], on: date, *, is_rest: bool) -> dict[Group, list[int]]:
        """Who is at work when, of those active on the day of the slot's start; all the people of a
        version that follows nobody's hours. A slot in the hour that is gone is a turn all the same,
        a rest without time is none."""
        if not self.version.follows:
            return {self.everybody: cells} if cells or not is_rest else {}
        known: dict[tuple[int, ...], Group] = {}
        found: dict[Group, list[int]] = {}
        for cell in cells:
            flags = tuple([at_work[cell] for at_work in self.at_work])
            if flags not in known:
                known[flags] = frozenset(
                    (duty, turn.person)
                    for (duty, turn), is_at_work in zip(self.places, flags, strict=True)
                    if is_at_work and turn.is_active(on)
                )
            found.setdefault(known[flags], []).append(cell)
        return found

    def _turn(
        self, group: Group, start: int, on: date, kept: dict[str, str], label: str
    ) -> dict[str, Seat]:
        """One turn in the queues of a group; who keeps a duty had theirs."""
        found: dict[str, Seat] = {}
        queues = self.queues.setdefault(group, {})
        for duty in self.version.duties:
            queue = queues.setdefault(duty.duty, _listed(duty, group))
            active = {turn.person for turn in duty.turns if turn.is_active(on)}
            busy = {seat.person for seat in found.values()}
            free = [one for one in queue if one in active and not self._is_away(one, start)]
            who = next((one for one in free if one not in busy), None)
            stays = kept.get(duty.duty)
            if stays in queue and stays in active - busy:
                who = stays
            elif who is not None:
                queue.remove(who)
                queue.append(who)
            found[duty.duty] = Seat(who, tuple(one for one in queue if one in free), label)
        return found

    def _is_away(self, person: str, cell: int) -> bool:
        """Whether leave takes somebody out of a slot; who follows their hours is not at work."""
        at = instant_at(self.grid.span.start + cell)
        return not self.version.follows and any(
            leave.starts_at <= at < leave.ends_at for leave in self.leaves if leave.person == person
        )

    def _at_work(self, turn: Turn) -> bytearray:
        """1 for each minute in which somebody is at work: their hours, without their leave."""
        span = self.grid.span
        if turn.hours is None or turn.zone is None:
            return bytearray(span.size)
        found = painted(turn.hours, clock(turn.zone, *span), span)
        for leave in self.leaves:
            if leave.person == turn.person:
                fill(found, span.cells(number_of(leave.starts_at), number_of(leave.ends_at)), 0)
        return found


# --- an edited list ------------------------------------------------------------------------------


def everybody(version: VersionFacts) -> Group:
    return frozenset((duty.duty, person) for duty in version.duties for person in duty.people)


def _listed(duty: DutyFacts, group: Group) -> list[str]:
    return [person for person in duty.people if (duty.duty, person) in group]


def carried(past: Played, version: VersionFacts) -> dict[Group, Queues]:
    """The queues of the version before, as an edited list leaves them."""
    if past.version.follows != version.follows:
        return {}
    every = everybody(version)
    found = {every: past.queues.get(past.everybody, {})}
    if version.follows:
        found = {group: queues for group, queues in past.queues.items() if group <= every}
    lists = {duty.duty: duty.people for duty in past.version.duties}
    return {
        group: {
            duty.duty: edited(queues[duty.duty], lists[duty.duty], _listed(duty, group))
            for duty in version.duties
            if duty.duty in queues
        }
        for group, queues in found.items()
    }


def edited(queue: list[str], old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Who was there keeps their place, newcomers stand behind the one listed before them; people
    who follow one another in another order stand as they are listed now, from the next on."""
    stayed = [one for one in queue if one in new]
    if not stayed:
        return list(new)
    listed = _from(stayed[0], new)
    known = [one for one in old if one in new]
    if [one for one in listed if one in old] != _from(stayed[0], known):
        return listed
    for before, one in pairwise(listed):
        if one not in stayed:
            stayed.insert(stayed.index(before) + 1, one)
    return stayed


def _from(first: str, people: Sequence[str]) -> list[str]:
    """The same round, begun with one of the people."""
    place = people.index(first)
    return [*people[place:], *people[:place]]
