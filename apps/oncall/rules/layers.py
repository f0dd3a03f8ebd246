"""Turns of every layer of a rota: each layer's slots seated and opened, then laid over another."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import attrgetter

from apps.core.periods import Period
from apps.oncall.choices import Source
from apps.oncall.rules.facts import LeaveFacts, RotaFacts
from apps.oncall.rules.follow import followed
from apps.oncall.rules.pieces import Piece, without
from apps.oncall.rules.seats import Seat, seats_between
from apps.oncall.rules.slots import TICK
from apps.oncall.rules.stretches import Stretch, stretches_of

Turns = dict[str, list[Piece]]  # by duty, sorted and disjoint
Layer = list[Stretch]


def layers_of(facts: RotaFacts) -> list[Layer]:
    """The stretches of each layer, the layer that wins last."""
    return [stretches_of(versions, facts.zone) for versions in facts.by_layer()]


def turns_between(
    layers: Sequence[Layer],
    leaves: Sequence[LeaveFacts],
    duties: Sequence[str],
    window: Period,
) -> Turns:
    """Who has the turn of each duty in the window; a later layer covers those before it."""
    turns: Turns = {duty: [] for duty in duties}
    for layer in reversed(layers):
        own: Turns = {duty: [] for duty in duties}
        if any(stretch.version.follows for stretch in layer):
            followed(own, layer, leaves, window)
        else:
            _seated(own, layer, leaves, window)
        turns = {duty: _under(turns[duty], own[duty]) for duty in duties}
    return turns


def _under(above: list[Piece], below: list[Piece]) -> list[Piece]:
    """Both, where the pieces above cover those below."""
    if not above or not below:
        return above or below
    return sorted([*above, *(left for piece in below for left in without(piece, above))])


def _seated(turns: Turns, layer: Layer, leaves: Sequence[LeaveFacts], window: Period) -> None:
    for stretch, seats in seats_between(layer, leaves, *window):
        within = Period(max(window.start, stretch.start), min(window.end, stretch.end))
        _seat(turns, stretch, seats, within)


def _seat(turns: Turns, stretch: Stretch, seats: Sequence[Seat], window: Period) -> None:
    """Lay the open time of each seat's slot into the pieces of its duties."""
    names = [duty.duty for duty in stretch.version.duties]
    for seat, opens in _open_time(stretch, seats, window):
        slot = stretch.name(seat.number)
        for duty, person, queue, away in zip(names, *seat[1:], strict=True):
            if person is not None:
                turns[duty].extend(
                    [
                        Piece(start, end, person, Source.ROTA, slot, queue, away)
                        for start, end in opens
                    ]
                )


def _open_time(
    stretch: Stretch, seats: Sequence[Seat], window: Period
) -> Iterator[tuple[Seat, list[Period]]]:
    """Each seat with the periods in which its slot is open, in order."""
    hours = stretch.version.windows
    windows = [window] if hours is None else hours.periods(stretch.zone, *window)
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
