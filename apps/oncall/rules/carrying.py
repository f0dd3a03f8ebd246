"""What a version of a layer leaves to the next: queues, and who has the slot under way."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.oncall.rules.facts import DutyFacts, VersionFacts
from apps.oncall.rules.queues import Holders, Queues, carried_queue
from apps.oncall.rules.stretches import Stretch

Group = frozenset[tuple[str, str]]  # people among whom a slot is one turn, each with their duty
ByDuty = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Held:
    """How a group took the slot under way; `is_now`: it is theirs at the very end of the version
    (without working hours it is all the time)."""

    group: Group
    holders: dict[str, str | None]
    is_now: bool = True


@dataclass(frozen=True, slots=True)
class Carried:
    """What is left by a version; nothing is held where a slot ends together with it."""

    version: VersionFacts
    queues: dict[Group, ByDuty]
    held: Sequence[Held]

    def goes_on_in(self, version: VersionFacts) -> bool:
        """A new `starts_on` starts turns anew."""
        return self.version.starts_on == version.starts_on

    def queues_for(self, version: VersionFacts) -> dict[Group, ByDuty]:
        """The queues as an edit of the list leaves them; those of groups with somebody gone are
        no more, nor is any when following hours begins or ends."""
        if self.version.follows != version.follows:
            return {}
        every, known = everybody(version), self.queues
        if not version.follows:
            known = {every: next(iter(known.values()))}
        return {
            group: self._edited(queues, group, version)
            for group, queues in known.items()
            if group <= every
        }

    def _edited(self, queues: ByDuty, group: Group, version: VersionFacts) -> ByDuty:
        lists = {duty.duty: duty.people for duty in self.version.duties}
        return {
            duty.duty: carried_queue(queues[duty.duty], lists[duty.duty], listed(duty, group))
            for duty in version.duties
            if duty.duty in queues
        }

    def holders_now(self) -> dict[str, str | None]:
        """Who is on duty when the version ends, and would be a moment later."""
        return {duty: who for one in self.held if one.is_now for duty, who in one.holders.items()}

    def holders_of(self, group: Group) -> dict[str, str | None] | None:
        """How that very group took the slot under way, if it did."""
        return next((one.holders for one in self.held if one.group == group), None)


def everybody(version: VersionFacts) -> Group:
    return frozenset((duty.duty, person) for duty in version.duties for person in duty.people)


def listed(duty: DutyFacts, group: Group) -> tuple[str, ...]:
    """The people of a duty who are in a group, in the order of the list."""
    return tuple(person for person in duty.people if (duty.duty, person) in group)


def queues_of(version: VersionFacts, group: Group, known: ByDuty) -> Queues:
    """The queues of a group, as the list says where nobody has had a turn."""
    return tuple(known.get(duty.duty) or listed(duty, group) for duty in version.duties)


def by_duty(version: VersionFacts, values: Queues) -> ByDuty:
    return {duty.duty: value for duty, value in zip(version.duties, values, strict=True)}


def holders_by_duty(version: VersionFacts, holders: Holders) -> dict[str, str | None]:
    return {duty.duty: who for duty, who in zip(version.duties, holders, strict=True)}


def goes_on_after(stretch: Stretch) -> int | None:
    """The slot that is under way when a stretch ends; None where it ended there or before."""
    number = stretch.slots.at(stretch.end)
    is_under_way = stretch.slots.start(number) < stretch.end < stretch.slots.over(number)
    return number if is_under_way else None
