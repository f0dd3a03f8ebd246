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
    """The open time of the slot it names, in every version that has it; else its own period."""
    found = list(_slots(override, layers)) if override.slot else []
    if not found:
        yield Period(override.starts_at, override.ends_at)
    for stretch, slot in found:
        yield from stretch.open_time(slot)


def _slots(override: OverrideFacts, layers: Sequence[Layer]) -> Iterator[tuple[Stretch, Period]]:
    """Where versions have the slot of that name for the duty."""
    key, _, local = override.slot.rpartition("/")
    on, wall = _local(local)
    if on is None:
        return
    for stretch in (one for layer in layers for one in layer):
        version = stretch.version
        duties = {duty.duty for duty in version.duties}
        if version.layer != key or not stretch.slots or override.duty not in duties:
            continue
        start = instant_of(on, wall, stretch.zone, edge="start")
        number = stretch.slots.at(start)
        within = Period(start, stretch.slots.end(number)).overlap(
            Period(stretch.start, stretch.end)
        )
        if within and stretch.name(number) == override.slot:
            yield stretch, within


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
