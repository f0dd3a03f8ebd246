"""Pieces of a duty's time, cut and laid over one another."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from apps.oncall.choices import Source

START, END = attrgetter("start"), attrgetter("end")


class Piece(NamedTuple):
    """Somebody has a duty in [start, end); a turn knows the queue and absences it came from."""

    start: datetime
    end: datetime
    person: str
    source: Source
    slot: str
    queue: tuple[str, ...] = ()
    away: frozenset[str] = frozenset()

    def cut(self, start: datetime, end: datetime) -> "Piece":
        return self._replace(start=start, end=end)

    def stood_in_by(self, person: str) -> "Piece":
        return self._replace(person=person, source=Source.STAND_IN)


Level = tuple[int, list[Piece]]  # the place of a level, and pieces of it


def overlapping(pieces: Sequence[Piece], start: datetime, end: datetime) -> Iterator[Piece]:
    """Those of sorted, disjoint pieces that share an instant with [start, end)."""
    for place in range(bisect_right(pieces, start, key=END), len(pieces)):
        if pieces[place].start >= end:
            return
        yield pieces[place]


def islands(levels: Sequence[Sequence[Piece]]) -> Iterator[list[Level]]:
    """Pieces of several levels in groups that share no instant, in order of time; in a group by
    level, its place first. Most groups have one piece."""
    pieces = sorted(
        [(piece, place) for place, level in enumerate(levels) for piece in level],
        key=lambda one: one[0].start,
    )
    group: list[tuple[Piece, int]] = []
    end = None
    for one in pieces:
        if end is not None and one[0].start >= end:
            yield _by_level(group)
            group, end = [], None
        group.append(one)
        end = one[0].end if end is None else max(end, one[0].end)
    if group:
        yield _by_level(group)


def _by_level(group: Sequence[tuple[Piece, int]]) -> list[Level]:
    if len(group) == 1:
        return [(group[0][1], [group[0][0]])]
    levels: dict[int, list[Piece]] = {}
    for piece, place in group:
        levels.setdefault(place, []).append(piece)
    return sorted(levels.items())


def is_whole(laid: Sequence[Piece], island: Sequence[Level]) -> bool:
    """Whether sorted pieces leave no time of an island to the levels below."""
    start = min(pieces[0].start for _, pieces in island)
    end = max(pieces[-1].end for _, pieces in island)
    return (
        laid[0].start <= start
        and laid[-1].end >= end
        and all(one.end == other.start for one, other in pairwise(laid))
    )


def without(piece: Piece, holes: Sequence[Piece]) -> Iterator[Piece]:
    """What is left of a piece outside sorted, disjoint holes."""
    start = piece.start
    for hole in overlapping(holes, piece.start, piece.end):
        if start < hole.start:
            yield piece.cut(start, hole.start)
        start = hole.end
    if start is piece.start:
        yield piece
    elif start < piece.end:
        yield piece.cut(start, piece.end)


def joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Sorted; turns of the same slot and person that touch become one, overrides stay apart."""
    found: list[Piece] = []
    for piece in sorted(pieces, key=START):
        last = found[-1] if found and piece.source is not Source.OVERRIDE else None
        if last and last.end == piece.start and last[2:5] == piece[2:5]:
            found[-1] = last.cut(last.start, piece.end)
        else:
            found.append(piece)
    return found


class Taken:
    """The duties settled so far, in the order in which they choose.

    Turns of one layer never give one person two duties. Overrides can, and layers that lie over
    another (`is_mixed`); so a duty gives way to those before it wherever one of them was changed.
    """

    def __init__(self, *, is_mixed: bool = False) -> None:
        self.by_duty: list[list[Piece]] = []
        self._is_mixed = is_mixed
        self._changed: dict[str, list[Piece]] = {}  # by person, sorted

    def add(self, pieces: list[Piece]) -> None:
        self.by_duty.append(pieces)
        for piece in pieces:
            if self._is_mixed or piece.source is not Source.ROTA:
                self._changed.setdefault(piece.person, []).append(piece)
        for changed in self._changed.values():
            changed.sort()

    def settle(self, layers: Iterable[Sequence[Piece]], overrides: Sequence[Piece]) -> list[Piece]:
        """A duty's turns under its overrides, with stand-ins where somebody would have two; what a
        layer leaves open the next one takes."""
        laid = [piece for override in overrides for piece in self._unless_busy(override)]
        found: list[Piece] = []
        for island in islands([laid, *layers]):
            found += self._settled(island)
        return found

    def _settled(self, island: Sequence[Level]) -> list[Piece]:
        """Pieces that lie over one another, level by level; the first level stays as it is."""
        laid: list[Piece] = []
        for place, pieces in island:
            if laid and is_whole(laid, island):
                break
            new = pieces
            if laid:
                new = [part for piece in pieces for part in without(piece, laid)]
            if place > 0 and self._changed:
                new = [one for part in new for one in self._stood_in(part)]
            laid = sorted([*laid, *new], key=START)
        return laid

    def _unless_busy(self, override: Piece) -> list[Piece]:
        """The override, where its person has no duty that comes before this one."""
        left = [override]
        for pieces in self.by_duty:
            busy = [
                piece
                for piece in overlapping(pieces, override.start, override.end)
                if piece.person == override.person
            ]
            left = [part for piece in left for part in without(piece, busy)]
        return left

    def _stood_in(self, turn: Piece) -> Iterator[Piece]:
        """The turn; where its person was given a duty before this one, the next in the queue."""
        changed = self._changed.get(turn.person)
        clashes = list(overlapping(changed, turn.start, turn.end)) if changed else ()
        if not clashes:
            return iter((turn,))
        return self._with_others(turn, clashes)

    def _with_others(self, turn: Piece, clashes: Sequence[Piece]) -> Iterator[Piece]:
        yield from without(turn, clashes)
        for clash in clashes:
            start, end = max(turn.start, clash.start), min(turn.end, clash.end)
            for part in self._parts(turn.cut(start, end)):
                busy = self._busy(part)
                standing_in = (who for who in turn.queue if who not in turn.away | busy)
                if person := next(standing_in, None):
                    yield part.stood_in_by(person)

    def _parts(self, piece: Piece) -> Iterator[Piece]:
        """The piece, cut wherever a duty before this one changes hands."""
        edges = {
            edge
            for pieces in self.by_duty
            for other in overlapping(pieces, piece.start, piece.end)
            for edge in (other.start, other.end)
            if piece.start < edge < piece.end
        }
        bounds = [piece.start, *sorted(edges), piece.end]
        for start, end in pairwise(bounds):
            yield piece.cut(start, end)

    def _busy(self, part: Piece) -> frozenset[str]:
        return frozenset(
            piece.person
            for pieces in self.by_duty
            for piece in overlapping(pieces, part.start, part.end)
        )
