"""The final schedule: turns within windows, overrides laid over them, nobody on two duties."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from apps.core.periods import Period
from apps.oncall.choices import Source
from apps.oncall.rules.facts import OverrideFacts, RotaFacts, Shift
from apps.oncall.rules.pieces import Piece, Taken, joined, without
from apps.oncall.rules.seats import Seat, seats_between
from apps.oncall.rules.slots import TICK
from apps.oncall.rules.stretches import Stretch, stretches_of

FIRST_LOOK = timedelta(days=8)


def final_schedule(facts: RotaFacts, start: datetime, end: datetime) -> list[Shift]:
    """Who has which duty in [start, end): shifts sorted by start, cut at the window, UTC.

    A shift ends with its slot, so that slot, duty and rota name it; pieces of one slot that touch
    are one shift. At no instant has a duty two people or a person two duties.
    """
    return _schedule(facts, stretches_of(facts), start, end)


def on_duty(facts: RotaFacts, at: datetime) -> dict[str, Shift]:
    """Who has which duty at `at`, with the whole shift; a duty nobody has is left out."""
    stretches = stretches_of(facts)
    start, end = _frame(facts, stretches, at)
    shifts = _schedule(facts, stretches, start, end)
    return {shift.duty: shift for shift in shifts if shift.start <= at < shift.end}


def duties_listed(facts: RotaFacts, at: datetime) -> list[str]:
    """The duties of the version that counts at `at` (the first one's before that)."""
    stretches = stretches_of(facts)
    counting = [stretch for stretch in stretches if stretch.start <= at] or stretches[:1]
    return [duty.duty for stretch in counting[-1:] for duty in stretch.version.duties]


def next_on_duty(facts: RotaFacts, after: datetime, horizon: timedelta) -> dict[str, Shift]:
    """Per duty the first shift that starts after `after`, at most `horizon` later, whole."""
    look = FIRST_LOOK
    while True:
        look = min(look, horizon)
        found = _first_starts(final_schedule(facts, after, after + look), after)
        if look == horizon or len(found) == len(facts.duties()):
            return {duty: on_duty(facts, at)[duty] for duty, at in found.items()}
        look *= 4


def _first_starts(shifts: Iterable[Shift], after: datetime) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for shift in shifts:
        if shift.start > after:
            found.setdefault(shift.duty, shift.start)
    return found


def _frame(
    facts: RotaFacts, stretches: Sequence[Stretch], at: datetime
) -> tuple[datetime, datetime]:
    """A period that holds every shift of `at` whole: its slots and its overrides."""
    start, end = at, at + TICK
    for override in facts.overrides:
        if override.starts_at <= at < override.ends_at:
            start, end = min(start, override.starts_at), max(end, override.ends_at)
    while True:
        wider = _whole_slots(stretches, start, end)
        if wider == (start, end):
            return wider
        start, end = wider


def _whole_slots(
    stretches: Sequence[Stretch], start: datetime, end: datetime
) -> tuple[datetime, datetime]:
    """[start, end) and the slots it touches: a slot may go on in the next version."""
    for stretch in stretches:
        if stretch.start < end and start < stretch.end and stretch.slots:
            slots = stretch.slots
            first, last = max(start, stretch.start), min(end, stretch.end) - TICK
            start = min(start, slots.start(slots.at(first)))
            end = max(end, slots.end(slots.at(last)))
    return start, end


def _schedule(
    facts: RotaFacts, stretches: Sequence[Stretch], start: datetime, end: datetime
) -> list[Shift]:
    if start >= end:
        return []
    duties = facts.duties()
    turns: dict[str, list[Piece]] = {duty: [] for duty in duties}
    for stretch, seats in seats_between(stretches, facts, start, end):
        window = Period(max(start, stretch.start), min(end, stretch.end))
        _seat(turns, stretch, seats, window)
    taken = Taken()
    for duty in duties:
        overrides = _overrides(facts.overrides, duty, start, end)
        taken.add(joined(taken.settle(turns[duty], overrides)))
    shifts = [
        Shift(piece.start, piece.end, duty, piece.person, piece.source, piece.slot)
        for duty, pieces in zip(duties, taken.by_duty, strict=True)
        for piece in pieces
    ]
    place = {duty: number for number, duty in enumerate(duties)}
    return sorted(shifts, key=lambda shift: (shift.start, place[shift.duty]))


def _seat(
    turns: dict[str, list[Piece]], stretch: Stretch, seats: Sequence[Seat], window: Period
) -> None:
    """Lay the open time of each seat's slot into the pieces of its duties."""
    names = [duty.duty for duty in stretch.version.duties]
    for seat, opens in _open_time(stretch, seats, window):
        slot = stretch.slots.name(seat.number)
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


def _overrides(
    overrides: Iterable[OverrideFacts], duty: str, start: datetime, end: datetime
) -> list[Piece]:
    """The overrides of a duty as sorted pieces; where two overlap, the one made later."""
    laid: list[Piece] = []
    for override in reversed(list(overrides)):
        if override.duty != duty or override.starts_at >= end or override.ends_at <= start:
            continue
        piece = Piece(
            max(start, override.starts_at),
            min(end, override.ends_at),
            override.person,
            Source.OVERRIDE,
            override.slot,
        )
        laid = sorted([*laid, *without(piece, laid)])
    return laid
