"""Turns of every layer of a rota: each layer's slots seated, opened and cut at the window."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import attrgetter

from apps.core.periods import Period
from apps.oncall.choices import Source
from apps.oncall.rules.facts import LONG_AGO, LeaveFacts, RotaFacts
from apps.oncall.rules.follow import Share, share
from apps.oncall.rules.pieces import Piece
from apps.oncall.rules.seats import Seat, play
from apps.oncall.rules.slots import TICK
from apps.oncall.rules.stretches import Stretch, stretches_of

Turns = dict[str, list[Piece]]  # by duty, sorted and disjoint
Layer = list[Stretch]


def layers_of(facts: RotaFacts) -> list[Layer]:
    """The stretches of each layer, the layer that wins last."""
    made = min((version.made_at for version in facts.versions), default=LONG_AGO)
    return [stretches_of(versions, facts.zone, made) for versions in facts.by_layer()]


def turns_between(
    layers: Sequence[Layer], leaves: Sequence[LeaveFacts], window: Period
) -> list[Turns]:
    """Who has the turn of each duty in the window, for each layer, the one that wins first."""
    return [_turns_of(layer, leaves, window) for layer in reversed(layers)]


def _turns_of(layer: Layer, leaves: Sequence[LeaveFacts], window: Period) -> Turns:
    turns: Turns = {}
    before = None
    for stretch in layer:
        if stretch.start >= window.end or not stretch.slots:
            continue
        within = Period(max(window.start, stretch.start), min(window.end, stretch.end))
        if stretch.version.follows:
            shares, before = share(stretch, leaves, before, window)
            _lay_shares(turns, stretch, shares, within)
        else:
            seats, before = play(stretch, leaves, before, window)
            _lay_seats(turns, stretch, seats, within)
    return turns


def _lay_shares(turns: Turns, stretch: Stretch, shares: Sequence[Share], window: Period) -> None:
    names = [duty.duty for duty in stretch.version.duties]
    for one in shares:
        periods = [cut for period in one.periods if (cut := period.overlap(window))]
        for duty, person, queue in zip(names, one.holders, one.queues, strict=True):
            if person is not None and periods:
                slot = stretch.name(one.number)
                turns.setdefault(duty, []).extend(
                    [Piece(*period, person, Source.ROTA, slot, queue) for period in periods]
                )
    for pieces in turns.values():
        pieces.sort()


def _lay_seats(turns: Turns, stretch: Stretch, seats: Sequence[Seat], window: Period) -> None:
    """Lay the open time of each seat's slot into the pieces of its duties."""
    if window.start >= window.end:
        return
    names = [duty.duty for duty in stretch.version.duties]
    for seat, opens in _open_time(stretch, seats, window):
        slot = stretch.name(seat.number)
        for duty, person, queue, away in zip(names, *seat[1:], strict=True):
            if person is not None:
                turns.setdefault(duty, []).extend(
                    [
                        Piece(start, end, person, Source.ROTA, slot, queue, away)
                        for start, end in opens
                    ]
                )


def _open_time(
    stretch: Stretch, seats: Sequence[Seat], window: Period
) -> Iterator[tuple[Seat, list[Period]]]:
    """Each seat with the periods in which its slot is open, in order."""
    windows = stretch.open_time(window)
    place = 0
    for seat in seats:
        start, end = stretch.slots.start(seat.number), stretch.slots.end(seat.number)
        if start >= end:  # two hand-offs changed places in the hour a clock jumped
            continue
        place = bisect_right(windows, start, lo=place, key=attrgetter("end"))
        until = bisect_left(windows, end, lo=place, key=attrgetter("start"))
        yield (
            seat,
            [Period(max(start, opens), min(end, closes)) for opens, closes in windows[place:until]],
        )


def whole_slots(layers: Sequence[Layer], start: datetime, end: datetime) -> Period:
    """[start, end) and, of each layer, the slots it touches: one may go on in the next version."""
    frames = [_whole(layer, Period(start, end)) for layer in layers]
    return Period(
        min((frame.start for frame in frames), default=start),
        max((frame.end for frame in frames), default=end),
    )


def _whole(layer: Layer, frame: Period) -> Period:
    """The frame with the slots of one layer that it touches, until there are no more."""
    while True:
        start, end = frame
        for stretch in layer:
            if stretch.start < end and start < stretch.end and stretch.slots:
                slots = stretch.slots
                first, last = max(start, stretch.start), min(end, stretch.end) - TICK
                start = min(start, slots.start(slots.at(first)))
                end = max(end, slots.end(slots.at(last)))
        if (start, end) == frame:
            return frame
        frame = Period(start, end)
