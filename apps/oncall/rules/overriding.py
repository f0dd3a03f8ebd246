"""Overrides as periods: those that name a slot take its time as it is now."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from apps.core.periods import Period, instant_of
from apps.oncall.choices import Source
from apps.oncall.rules.facts import OverrideFacts
from apps.oncall.rules.layers import Layer
from apps.oncall.rules.pieces import Piece, without
from apps.oncall.rules.stretches import Stretch

LONGEST_SLOT = timedelta(days=16)  # two weeks, and the clocks of the whole world

Laid = tuple[OverrideFacts, list[Period]]


def placed(overrides: Iterable[OverrideFacts], layers: Sequence[Layer], near: Period) -> list[Laid]:
    """The overrides that may touch a period, as they were made, each with the time it takes."""
    start, end = near.start - LONGEST_SLOT, near.end + LONGEST_SLOT
    return [
        (override, list(_periods(override, layers)))
        for override in overrides
        if override.starts_at < end and start < override.ends_at
    ]


def _periods(override: OverrideFacts, layers: Sequence[Layer]) -> Iterator[Period]:
    found = _slot(override.slot, layers) if override.slot else None
    if found is None:
        yield Period(override.starts_at, override.ends_at)
        return
    stretch, slot = found
    hours = stretch.version.windows
    yield from [slot] if hours is None else hours.periods(stretch.zone, *slot)


def _slot(name: str, layers: Sequence[Layer]) -> tuple[Stretch, Period] | None:
    """The slot of that name, if the rota still has it, and the version it belongs to."""
    key, _, local = name.rpartition("/")
    on, wall = _local(local)
    for layer in layers:
        for stretch in layer:
            if stretch.version.layer != key or not stretch.slots or on is None:
                continue
            start = instant_of(on, wall, stretch.zone, edge="start")
            number = stretch.slots.at(start)
            if stretch.start <= start < stretch.end and stretch.name(number) == name:
                return stretch, Period(start, min(stretch.slots.end(number), stretch.end))
    return None


def _local(text: str) -> tuple[date | None, time]:
    """The day and wall time of "2022-05-02T08:00"; no day where it says something else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None, time()
    return found.date(), found.time()


def pieces_of(laid: Iterable[Laid], duty: str, window: Period) -> list[Piece]:
    """The overrides of a duty as sorted, disjoint pieces; where two overlap, the one made later."""
    pieces: list[Piece] = []
    for override, periods in reversed(list(laid)):
        if override.duty != duty:
            continue
        for period in periods:
            if within := period.overlap(window):
                piece = Piece(*within, override.person, Source.OVERRIDE, override.slot)
                pieces = sorted([*pieces, *without(piece, pieces)])
    return pieces
