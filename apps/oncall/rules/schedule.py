"""The final schedule: turns within windows, overrides laid over them, nobody on two duties."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from apps.core.periods import Period
from apps.oncall.rules.facts import RotaFacts, Shift
from apps.oncall.rules.layers import Layer, layers_of, open_around, turns_between
from apps.oncall.rules.overriding import Laid, pieces_of, placed
from apps.oncall.rules.pieces import START, Taken, joined
from apps.oncall.rules.slots import TICK

FIRST_LOOK = timedelta(days=8)


def final_schedule(facts: RotaFacts, start: datetime, end: datetime) -> list[Shift]:
    """Who has which duty in [start, end): shifts sorted by start, cut at the window, UTC.

    A shift ends with its slot, so that slot, duty and rota name it; pieces of one slot that touch
    are one shift. At no instant has a duty two people or a person two duties.
    """
    if start >= end:
        return []
    layers, window = layers_of(facts), Period(start, end)
    return _schedule(facts, layers, placed(facts.overrides, layers, window), window)


def on_duty(facts: RotaFacts, at: datetime) -> dict[str, Shift]:
    """Who has which duty at `at`, with the whole shift; a duty nobody has is left out."""
    layers = layers_of(facts)
    top = max((place for place, layer in enumerate(layers) if _is_open(layer, at)), default=0)
    above = layers[top:]
    shifts = _around(facts, layers, above, at)
    if len(above) < len(layers) and not _is_settled(layers, shifts, at):
        shifts = _around(facts, layers, layers, at)
    return _at(shifts, at)


def _at(shifts: Iterable[Shift], at: datetime) -> dict[str, Shift]:
    return {shift.duty: shift for shift in shifts if shift.start <= at < shift.end}


def _around(
    facts: RotaFacts, layers: Sequence[Layer], above: Sequence[Layer], at: datetime
) -> list[Shift]:
    """The shifts near an instant as the layers `above` say, the uppermost of all."""
    laid = placed(facts.overrides, layers, Period(at, at + TICK))
    window = _frame(above, laid, at)
    return _schedule(facts, above, placed(facts.overrides, layers, window), window)


def _is_settled(layers: Sequence[Layer], shifts: Sequence[Shift], at: datetime) -> bool:
    """Whether the layers below cannot matter: while the shifts of an instant last, every duty is
    held."""
    held = _at(shifts, at).values()
    if not held:
        return False
    whole = Period(min(one.start for one in held), max(one.end for one in held))
    left = {
        duty.duty: whole.end - whole.start
        for layer in layers
        for one in layer
        if one.start < whole.end and whole.start < one.end
        for duty in one.version.duties
    }
    for shift in shifts:
        if (within := whole.overlap(Period(shift.start, shift.end))) and shift.duty in left:
            left[shift.duty] -= within.end - within.start
    return not any(left.values())


def _is_open(layer: Layer, at: datetime) -> bool:
    return any(at in stretch for stretch in layer)


def duties_listed(facts: RotaFacts, at: datetime) -> list[str]:
    """The duties of the versions that count at `at` (before all of them, of the first ones)."""
    found: dict[str, None] = {}
    for layer in layers_of(facts):
        counting = [stretch for stretch in layer if stretch.start <= at] or layer[:1]
        found |= {duty.duty: None for one in counting[-1:] for duty in one.version.duties}
    return list(found)


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


def _frame(layers: Sequence[Layer], laid: Sequence[Laid], at: datetime) -> Period:
    """A period that holds every shift of `at` whole: overrides, and open time of the slots."""
    held = [period for _, periods in laid for period in periods if at in period]
    held += [opens for layer in layers if (opens := open_around(layer, at))]
    return Period(
        min((period.start for period in held), default=at),
        max((period.end for period in held), default=at + TICK),
    )


def _schedule(
    facts: RotaFacts, layers: Sequence[Layer], laid: Sequence[Laid], window: Period
) -> list[Shift]:
    duties = facts.duties()
    turns = turns_between(layers, facts.leaves, window)
    taken = Taken(is_mixed=len(layers) > 1)
    for duty in duties:
        own = [layer[duty] for layer in turns if duty in layer]
        taken.add(joined(taken.settle(own, pieces_of(laid, duty, window))))
    shifts = [
        Shift(start, end, duty, person, source, slot)
        for duty, pieces in zip(duties, taken.by_duty, strict=True)
        for start, end, person, source, slot, _, _ in pieces
    ]
    return sorted(shifts, key=START)  # at one instant the duties stay in order
