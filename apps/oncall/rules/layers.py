"""Turns of every layer of a rota: each layer's slots seated, opened and cut at the window."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from apps.core.periods import Period, merged
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
    """Who has the turn of each duty in the window, for each layer, the one that wins first. A layer
    that is not open in the window has none."""
    return [
        _turns_of(layer, leaves, window)
        for layer in reversed(layers)
        if any(stretch.is_open(window) for stretch in layer)
    ]


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
    own = [turns.setdefault(duty.duty, []) for duty in stretch.version.duties]
    for seat, opens in _open_time(stretch, seats, window):
        slot = stretch.name(seat.number)
        for pieces, person, queue, away in zip(own, *seat[1:], strict=True):
            if person is not None:
                pieces += [
                    Piece(start, end, person, Source.ROTA, slot, queue, away)
                    for start, end in opens
                ]


def _open_time(
    stretch: Stretch, seats: Sequence[Seat], window: Period
) -> Iterator[tuple[Seat, list[Period]]]:
    """Each seat whose slot is open, with the periods in which it is, in order."""
    windows, place = stretch.open_time(window), 0
    edges = stretch.slots.edges(seats[0].number, seats[-1].number) if seats else []
    for seat, (start, end) in zip(seats, edges, strict=True):
        if start >= end:  # two hand-offs changed places in the hour a clock jumped
            continue
        while place < len(windows) and windows[place].end <= start:
            place += 1
        until = place
        while until < len(windows) and windows[until].start < end:
            until += 1
        opens = [
            Period(max(start, opens), min(end, closes)) for opens, closes in windows[place:until]
        ]
        if opens:
            yield seat, opens


def open_around(layer: Layer, at: datetime) -> Period | None:
    """The open time without a gap that holds `at`, within its slot: one may go on in the next
    version. None where the layer is not open at `at`."""
    if not any(at in stretch for stretch in layer):
        return None
    frame = _whole(layer, Period(at, at + TICK))
    opens = (
        period
        for stretch in layer
        if (within := frame.overlap(Period(stretch.start, stretch.end)))
        for period in stretch.open_time(within)
    )
    return next(period for period in merged(opens) if at in period)


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
