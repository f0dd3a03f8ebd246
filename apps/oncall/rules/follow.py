"""A version that goes with the working hours of its people (the founding document's rule).

Within a slot the time is cut wherever somebody begins or ends work. Those who work at the same time
share that time in turns: each such group has queues of its own, a slot is one turn in them. So an
overlap is shared evenly, and whoever is ever at work gets their part of it (nobody is starved by a
turn that falls into their night).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from apps.core.periods import Period
from apps.oncall.rules.carrying import (
    ByDuty,
    Carried,
    Group,
    Held,
    by_duty,
    goes_on_after,
    holders_by_duty,
    queues_of,
)
from apps.oncall.rules.facts import LeaveFacts, Turn
from apps.oncall.rules.queues import Holders, Queues, take_turns
from apps.oncall.rules.slots import TICK
from apps.oncall.rules.stretches import Stretch

Groups = dict[Group, list[Period]]  # who is at work together, and when


class Share(NamedTuple):
    """What a group has of a slot: its time, who has each duty, the queues that decided it."""

    number: int
    group: Group
    periods: list[Period]
    queues: Queues
    holders: Holders


def share(
    stretch: Stretch, leaves: Sequence[LeaveFacts], before: Carried | None, window: Period
) -> tuple[list[Share], Carried]:
    """What each group has of every slot of a stretch up to the window's end, and what it leaves.

    A leave counts to the instant here, not for whole slots. Slots are played whole: an edit within
    one changes nothing for a group that goes on.
    """
    version, slots = stretch.version, stretch.slots
    first, known = 0, dict[Group, ByDuty]()
    if before is not None and before.goes_on_in(version):
        first, known = slots.at(stretch.start), before.queues_for(version)
    else:
        before = None
    shares: list[Share] = []
    for number in range(first, slots.at(min(stretch.end, window.end) - TICK) + 1):
        start, end = slots.start(number), slots.end(number)
        is_rest = before is not None and start < stretch.start
        on = stretch.local_start if is_rest else slots.local_start(number)[0]
        slot = Period(stretch.start if is_rest else start, end)
        for group, periods in _groups(stretch, slot, on, leaves).items():
            keeping = _keeping(stretch, group, periods, before) if is_rest else None
            queues = queues_of(version, group, known.get(group, {}))
            after, holders = take_turns(queues, (frozenset(),) * len(queues), keeping)
            known[group] = by_duty(version, after)
            shares.append(Share(number, group, periods, queues, holders))
    return shares, Carried(version, known, _held(stretch, shares))


def _held(stretch: Stretch, shares: Sequence[Share]) -> list[Held]:
    going_on = goes_on_after(stretch)
    return [
        Held(
            one.group,
            holders_by_duty(stretch.version, one.holders),
            any(stretch.end in period for period in one.periods),
        )
        for one in shares
        if one.number == going_on
    ]


def _keeping(
    stretch: Stretch, group: Group, periods: Sequence[Period], before: Carried | None
) -> Holders | None:
    """Who keeps which duty in the rest of a slot: the same group all it has, else whoever is on
    duty at that very moment stays."""
    if before is None:
        return None
    held = before.holders_of(group) if before.version.follows else None
    if held is None and periods[0].start == stretch.start:
        held = before.holders_now()
    if held is None:
        return None
    of = [(duty.duty, held.get(duty.duty)) for duty in stretch.version.duties]
    return tuple(who if who is not None and (duty, who) in group else None for duty, who in of)


def _groups(stretch: Stretch, slot: Period, on: date, leaves: Sequence[LeaveFacts]) -> Groups:
    """Who is at work together when in the slot's open time, of those active on a day."""
    places = [
        (duty.duty, turn)
        for duty in stretch.version.duties
        for turn in duty.turns
        if turn.hours is not None and turn.is_active(on)
    ]
    at_work = {turn: list(_at_work(turn, stretch, slot, leaves)) for _, turn in places}
    edges = sorted({edge for periods in at_work.values() for period in periods for edge in period})
    found: Groups = {}
    for opens in stretch.open_time(slot):
        bounds = [opens.start, *(one for one in edges if opens.start < one < opens.end), opens.end]
        for start, end in pairwise(bounds):
            there = {turn for turn, periods in at_work.items() if _is_within(start, periods)}
            group = frozenset((duty, turn.person) for duty, turn in places if turn in there)
            found.setdefault(group, []).append(Period(start, end))
    return found


def _at_work(
    turn: Turn, stretch: Stretch, slot: Period, leaves: Sequence[LeaveFacts]
) -> Iterator[Period]:
    """Somebody's working time within a slot, without their leave."""
    away = sorted((one.starts_at, one.ends_at) for one in leaves if one.person == turn.person)
    hours = turn.hours.periods(turn.zone or stretch.zone, *slot) if turn.hours else []
    for start, end in hours:
        for gone, back in away:
            if gone < end and start < back:
                if start < gone:
                    yield Period(start, gone)
                start = max(start, back)
        if start < end:
            yield Period(start, end)


def _is_within(at: object, periods: Sequence[Period]) -> bool:
    return any(at in period for period in periods)
