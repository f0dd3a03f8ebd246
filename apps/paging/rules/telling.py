"""Whom a step tells and how: targets become people, people choose their ways."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.paging.rules.facts import PersonFacts, Target, Way, World

CLOCKS_APART = timedelta(seconds=2)  # a chat's and ours, as a rule
TAKING = frozenset({"white_check_mark", "heavy_check_mark", "raised_hand", "hand"})


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody and the ways in which they are told."""

    person: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """What one step does: people and channels told, and in words whom it passed over and why."""

    people: tuple[Told, ...] = ()
    channels: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()


def ways_at(person: PersonFacts, at: datetime) -> tuple[Way, ...]:
    """The ways somebody chose for this hour; all they have when they chose none for it. Who has
    no working hours is not at work."""
    at_work = person.working_hours is not None and person.working_hours.contains(at, person.zone)
    chosen = tuple(
        way for way in person.ways if (way.in_work_hours if at_work else way.after_hours)
    )
    return chosen or person.ways


def is_quiet(person: PersonFacts, at: datetime) -> bool:
    """Whether `at` is in somebody's quiet hours."""
    return person.quiet_hours is not None and person.quiet_hours.contains(at, person.zone)


def is_taking(sign: str) -> bool:
    """Whether a sign on a message says “I take it”; looking at it does not."""
    return sign in TAKING


def is_of_before(said_at: datetime, *, reopened_at: datetime | None) -> bool:
    """Whether somebody said “I take it” of a page as it was before it began again. A chat
    whose clock is further behind ours errs towards telling somebody once more."""
    return reopened_at is not None and said_at < reopened_at - CLOCKS_APART


def people_of(target: Target, world: World) -> tuple[str, ...]:
    """Who a duty, role or person is at the moment; nobody for a channel."""
    if target.kind == "duty":
        held = world.on_duty.get(target.ref)
        return (held,) if held else ()
    if target.kind == "role":
        return world.roles.get(target.ref, ())
    return (target.ref,) if target.kind == "person" and target.ref in world.people else ()


def telling(targets: Sequence[Target], world: World, at: datetime, *, is_urgent: bool) -> Telling:
    """What a step with these targets does at `at`. Nobody is named twice; quiet hours count unless
    the page is urgent."""
    told: dict[str, Told] = {}
    channels: dict[str, None] = {}
    passed: dict[str, None] = {}
    for target in targets:
        if target.kind == "channel" and target.ref.partition(":")[0] in world.chats:
            channels[target.ref] = None
            continue
        keys = people_of(target, world)
        if not keys:
            passed[_nobody(target)] = None
        for key in keys:
            if why := _why_not(world.people.get(key), at, is_urgent=is_urgent):
                passed[f"{_name(key, world)} {why}"] = None
            else:
                told.setdefault(key, Told(key, ways_at(world.people[key], at)))
    return Telling(tuple(told.values()), tuple(channels), tuple(passed))


def last_resort(
    targets: Sequence[Target], world: World, at: datetime, *, already: Collection[str]
) -> Telling:
    """Target by target the first that has somebody to tell: not told before and not in quiet hours;
    else not told before; else anybody who has an address."""
    asked: tuple[Callable[[PersonFacts], bool], ...] = (
        lambda person: person.key not in already and not is_quiet(person, at),
        lambda person: person.key not in already,
        lambda person: True,
    )
    for suits in asked:
        for target in targets:
            people = _reachable(people_of(target, world), world)
            told = tuple(Told(one.key, ways_at(one, at)) for one in people if suits(one))
            if told:
                return Telling(people=told)
    return Telling(passed=("Nobody of the last resort has an address",))


def _reachable(keys: Iterable[str], world: World) -> list[PersonFacts]:
    found = (world.people.get(key) for key in keys)
    return [person for person in found if person is not None and person.ways]


def _why_not(person: PersonFacts | None, at: datetime, *, is_urgent: bool) -> str:
    if person is None or not person.ways:
        return "has no address"
    return "has quiet hours" if not is_urgent and is_quiet(person, at) else ""


def _name(key: str, world: World) -> str:
    return world.people[key].name if key in world.people else key


def _nobody(target: Target) -> str:
    return _NOBODY[target.kind].format(target.ref)


_NOBODY = {
    "duty": "Nobody is {} on duty",
    "role": "Nobody has the role {}",
    "person": "{} is not here",
    "channel": "No connection leads to the channel {}",
}
