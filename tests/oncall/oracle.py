"""Who is on duty, found the slow way: the words of `apps.oncall.rules`, minute by minute.

Nothing of the engine is used and none of its ideas: a table has a cell for each minute, hand-offs
and windows are painted into it one after the other, queues are lists played slot by slot.
"""

from array import array
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from apps.oncall.choices import Source
from apps.oncall.rules import OverrideFacts, RotaFacts, Shift, VersionFacts
from tests.oncall.clock import DAY, number_of, wall_of
from tests.oncall.grid import MIDNIGHT, Span
from tests.oncall.played import Layer, Seat

MARGIN = 16 * DAY  # slots at the edges of the table are played whole


class Cell(NamedTuple):
    """What is said of a duty in a minute."""

    person: str
    source: Source
    slot: str


Table = dict[str, list[Cell | None]]  # by duty, a cell for each minute


def table(facts: RotaFacts, start: datetime, end: datetime) -> Table:
    """Who has which duty in each minute of [start, end), as the rules say it in words."""
    first, last = number_of(start), number_of(end)
    begins = min(first, *(_first_day(version) for version in facts.versions)) - MARGIN
    span = Span(begins, last + MARGIN)
    layers = [Layer(versions, facts, span) for versions in facts.by_layer()]
    duties = facts.duties()
    lines = _lines(layers, duties, Overrides(facts, layers, span))[first - begins : last - begins]
    return {duty: [line[place] for line in lines] for place, duty in enumerate(duties)}


def filled(shifts: Iterable[Shift], facts: RotaFacts, start: datetime, end: datetime) -> Table:
    """The same table filled from shifts; no minute of a duty is said twice."""
    first, last = number_of(start), number_of(end)
    found: Table = {duty: [None] * (last - first) for duty in facts.duties()}
    for shift in shifts:
        row, begins, ends = found[shift.duty], number_of(shift.start), number_of(shift.end)
        assert first <= begins < ends <= last
        assert not any(row[begins - first : ends - first]), shift
        cell = Cell(shift.person_key, shift.source, shift.slot)
        row[begins - first : ends - first] = [cell] * (ends - begins)
    return found


def _first_day(version: VersionFacts) -> int:
    return wall_of(min(version.starts_on, version.effective_from), MIDNIGHT)


def _lines(
    layers: Sequence[Layer], duties: Sequence[str], overrides: "Overrides"
) -> list[list[Cell | None]]:
    """What is said of all duties in each minute; what was said of the like is said again."""
    known: dict[tuple[int, ...], list[Cell | None]] = {}
    found = []
    for like in zip(overrides.cells, *(layer.cells for layer in layers), strict=True):
        if like not in known:
            seats = [layer.kinds[kind] for layer, kind in zip(layers, like[1:], strict=True)]
            known[like] = _chosen(duties, seats, overrides.kinds[like[0]])
        found.append(known[like])
    return found


class Overrides:
    """The overrides that hold each minute, in the order in which they were made."""

    def __init__(self, facts: RotaFacts, layers: Sequence[Layer], span: Span) -> None:
        self.kinds: list[tuple[OverrideFacts, ...]] = [()]
        self.cells = array("i", [0]) * span.size  # which of the kinds
        for override in facts.overrides:
            self._add(override, _cells(override, layers, span))

    def _add(self, override: OverrideFacts, cells: Sequence[int]) -> None:
        both: dict[int, int] = {}  # the kind that was there, and what it is with this one
        for cell in cells:
            kind = self.cells[cell]
            if kind not in both:
                both[kind] = len(self.kinds)
                self.kinds.append((*self.kinds[kind], override))
            self.cells[cell] = both[kind]


def _cells(override: OverrideFacts, layers: Sequence[Layer], span: Span) -> Sequence[int]:
    """The slot an override names, in all its open time as it is now; else its period."""
    slot = [
        cell
        for layer in layers
        for cell, kind in enumerate(layer.cells if override.slot else ())
        if override.duty in layer.kinds[kind]
        and layer.kinds[kind][override.duty].slot == override.slot
    ]
    return slot or span.cells(number_of(override.starts_at), number_of(override.ends_at))


def _chosen(
    duties: Sequence[str], layers: Sequence[dict[str, Seat]], overrides: Sequence[OverrideFacts]
) -> list[Cell | None]:
    """Who has each duty in one minute: duties choose in order, nobody has two."""
    found: list[Cell | None] = []
    for duty in duties:
        busy = {cell.person for cell in found if cell is not None}
        seats = [seats[duty] for seats in layers if duty in seats]
        mine = [one for one in overrides if one.duty == duty][-1:]  # the later one wins
        takes = [_overridden(one) for one in mine if one.person not in busy]
        found.append(takes[0] if takes else _seated(seats, busy))
    return found


def _overridden(override: OverrideFacts) -> Cell:
    return Cell(override.person, Source.OVERRIDE, override.slot)


def _seated(seats: Sequence[Seat], busy: set[str]) -> Cell | None:
    """A later layer covers the earlier ones; who has a duty already gives way to the next in the
    layer, and where nobody is next the layer below shows through."""
    for seat in reversed(seats):
        if seat.person is not None:
            if seat.person not in busy:
                return Cell(seat.person, Source.ROTA, seat.slot)
            who = next((one for one in seat.waiting if one not in busy), None)
            if who is not None:
                return Cell(who, Source.STAND_IN, seat.slot)
    return None
