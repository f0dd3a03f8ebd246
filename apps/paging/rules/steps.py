"""The course of an escalation: which step is taken when, and what comes after it.

Waits are real elapsed time, counted from the moment the step before was really taken: after an
outage people get their time, and nobody is told everything at once.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from apps.paging.rules.facts import PolicyFacts, World
from apps.paging.rules.telling import Telling, last_resort, telling

LEASE = timedelta(seconds=20)  # of a page while its step is taken; no call outside happens in it
LONGEST_PAUSE = timedelta(hours=4)


class Place(NamedTuple):
    """A step: its round and its position; the position behind the last step is the last resort."""

    round: int
    position: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it was taken."""

    place: Place
    telling: Telling


@dataclass(frozen=True, slots=True)
class Taking:
    """The steps taken at one instant (all but the last found nobody), and what is due when; None
    when the rounds are over."""

    steps: tuple[Step, ...]
    following: Place | None
    due_at: datetime | None


def first_due(policy: PolicyFacts, started_at: datetime) -> datetime:
    """When the first step is due."""
    return started_at + (policy.steps[0].wait if policy.steps else timedelta())


def take(
    policy: PolicyFacts,
    place: Place,
    world: World,
    at: datetime,
    *,
    is_urgent: bool,
    already: Collection[str] = (),
) -> Taking:
    """Take the step that is due at `at`; one that finds nobody passes to the next at once, down to
    the last resort. `already` are those told in this round. A round that told no person does not
    count: it begins again after the last wait, until somebody can be told."""
    steps: list[Step] = []
    while True:
        steps.append(Step(place, _telling(policy, place, world, at, is_urgent, already)))
        if place.position >= len(policy.steps) or _is_enough(policy, steps[-1]):
            break
        place = Place(place.round, place.position + 1)
    told = bool(already) or any(step.telling.people for step in steps)
    following = _following(policy, place, somebody_was_told=told)
    if following is None:
        return Taking(tuple(steps), None, None)
    return Taking(tuple(steps), following, at + _wait(policy, following, place))


def _telling(
    policy: PolicyFacts,
    place: Place,
    world: World,
    at: datetime,
    is_urgent: bool,
    already: Collection[str],
) -> Telling:
    if place.position >= len(policy.steps):
        return last_resort(policy.last_resort, world, at, already=already)
    return telling(policy.steps[place.position].targets, world, at, is_urgent=is_urgent)


def _is_enough(policy: PolicyFacts, step: Step) -> bool:
    """Whether the next step waits: somebody was told, or a channel where nobody else is named. A
    channel is nobody, so one beside a duty that nobody has does not stop the others."""
    targets = policy.steps[step.place.position].targets
    names_channels_alone = all(target.kind == "channel" for target in targets)
    return bool(step.telling.people) or (names_channels_alone and bool(step.telling.channels))


def _following(policy: PolicyFacts, place: Place, *, somebody_was_told: bool) -> Place | None:
    if place.position < len(policy.steps):
        return Place(place.round, place.position + 1)
    if not somebody_was_told:
        return Place(place.round, 0)
    return Place(place.round + 1, 0) if place.round + 1 < policy.rounds else None


def _wait(policy: PolicyFacts, following: Place, taken: Place) -> timedelta:
    """Between a step that was taken and the one that follows."""
    if following.position > taken.position:
        is_step = following.position < len(policy.steps)
        return policy.steps[following.position].wait if is_step else policy.last_wait
    return policy.last_wait + (policy.steps[0].wait if policy.steps else timedelta())


def escalation(
    policy: PolicyFacts,
    started_at: datetime,
    world_at: Callable[[datetime], World],
    *,
    is_urgent: bool,
    until: datetime,
    acknowledged_at: datetime | None = None,
) -> list[tuple[datetime, Step]]:
    """Who is told when from `started_at` up to `until`, when workers are never late; nothing from
    the acknowledgement on."""
    ends = min(until, acknowledged_at) if acknowledged_at else until
    place: Place | None = Place(0, 0)
    at: datetime | None = first_due(policy, started_at)
    course: list[tuple[datetime, Step]] = []
    already: set[str] = set()
    while place is not None and at is not None and at < ends:
        if place.position == 0:
            already = set()
        taking = take(policy, place, world_at(at), at, is_urgent=is_urgent, already=already)
        course += [(at, step) for step in taking.steps]
        already |= {told.person for step in taking.steps for told in step.telling.people}
        place, at = taking.following, taking.due_at
    return course


def resumed(due_at: datetime, *, held_until: datetime) -> datetime:
    """When a step is due after a pause: never before it ends, and always some time."""
    return max(due_at, held_until)
