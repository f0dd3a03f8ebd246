"""A layer that goes with the working hours of its people (the founding document's rule).

Within a slot the time is cut wherever somebody begins or ends work. Those who work at the same time
share that time in turns: each such group has queues of its own, a slot is one turn in them. So an
overlap is shared evenly, and whoever is ever at work gets their part of it (nobody is starved by a
turn that falls into their night).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from apps.core.periods import Period
from apps.oncall.choices import Source
from apps.oncall.rules.facts import DutyFacts, LeaveFacts, VersionFacts
from apps.oncall.rules.pieces import Piece
from apps.oncall.rules.queues import Holders, Queues, take_turns
from apps.oncall.rules.slots import TICK
from apps.oncall.rules.stretches import Stretch

Groups = tuple[tuple[str, ...], ...]  # per duty: who of its list is at work


class _Segment(NamedTuple):
    """A period in which the same people are at work."""

    start: datetime
    end: datetime
    groups: Groups


class _Round:
    """The queues of each group, and what was decided in the slot under way."""

    def __init__(self) -> None:
        self._queues: dict[Groups, Queues] = {}
        self._decided: dict[Groups, tuple[Queues, Holders]] = {}
        self._slot = ""

    def enter(self, slot: str) -> None:
        if slot != self._slot:
            self._slot, self._decided = slot, {}

    def holders(self, groups: Groups) -> tuple[Queues, Holders]:
        """Each duty's queue and who has it for the rest of this slot whenever this group works."""
        if groups not in self._decided:
            queues = self._queues.get(groups, groups)
            self._queues[groups], holders = take_turns(queues, (frozenset(),) * len(groups))
            self._decided[groups] = queues, holders
        return self._decided[groups]


def followed(
    turns: dict[str, list[Piece]],
    layer: Sequence[Stretch],
    leaves: Sequence[LeaveFacts],
    window: Period,
) -> None:
    """Lay the layer's turns within the window into `turns`; what was before it is played along.

    A leave counts to the instant here, not for whole slots.
    """
    rounds = _Round()
    starts_on = None
    for stretch in layer:
        if stretch.start >= window.end or not stretch.slots:
            continue
        if stretch.version.starts_on != starts_on:  # a new start starts turns anew
            rounds, starts_on = _Round(), stretch.version.starts_on
        for number, within in _slots(stretch, window.end):
            rounds.enter(stretch.name(number))
            for segment in _segments(stretch, number, within, leaves):
                queues, holders = rounds.holders(segment.groups)
                if segment.end > window.start:
                    _lay(turns, stretch, number, segment, queues, holders, window)


def _slots(stretch: Stretch, until: datetime) -> Iterator[tuple[int, Period]]:
    slots = stretch.slots
    last = slots.at(min(stretch.end, until) - TICK)
    for number in range(slots.at(stretch.start), last + 1):
        start, end = max(slots.start(number), stretch.start), min(slots.end(number), stretch.end)
        if start < end:
            yield number, Period(start, end)


def _segments(
    stretch: Stretch, number: int, slot: Period, leaves: Sequence[LeaveFacts]
) -> Iterator[_Segment]:
    """The slot's open time, cut wherever somebody comes or goes."""
    version = stretch.version
    on = stretch.slots.local_start(number)[0]
    windows = version.windows
    opens = [slot] if windows is None else windows.periods(stretch.zone, *slot)
    at_work = {
        turn: turn.hours.periods(turn.zone or stretch.zone, *slot)
        for duty in version.duties
        for turn in duty.turns
        if turn.hours is not None and turn.is_active(on)
    }
    gone = {
        turn: [Period(one.starts_at, one.ends_at) for one in leaves if one.person == turn.person]
        for turn in at_work
    }
    edges = sorted({
        edge for periods in (*at_work.values(), *gone.values()) for period in periods
        for edge in period
    })  # fmt: skip
    for open_time in opens:
        bounds = [open_time.start, *(one for one in edges if one in open_time), open_time.end]
        for start, end in pairwise(bounds):
            if start < end:
                there = frozenset(
                    turn.person for turn, periods in at_work.items()
                    if any(start in one for one in periods)
                    and not any(start in one for one in gone[turn])
                )  # fmt: skip
                yield _Segment(start, end, _groups(version, there))


def _groups(version: VersionFacts, there: frozenset[str]) -> Groups:
    return tuple(_of(duty, there) for duty in version.duties)


def _of(duty: DutyFacts, there: frozenset[str]) -> tuple[str, ...]:
    return tuple(person for person in duty.people if person in there)


def _lay(
    turns: dict[str, list[Piece]],
    stretch: Stretch,
    number: int,
    segment: _Segment,
    queues: Queues,
    holders: Holders,
    window: Period,
) -> None:
    start, end = max(segment.start, window.start), min(segment.end, window.end)
    slot = stretch.name(number)
    for duty, person, queue in zip(stretch.version.duties, holders, queues, strict=True):
        if person is not None and start < end:
            turns[duty.duty].append(
                Piece(start, end, person, Source.ROTA, slot, queue, frozenset())
            )
