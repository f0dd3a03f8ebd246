"""Which version of a layer counts when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from apps.core.periods import Period, local_midnight
from apps.oncall.rules.facts import VersionFacts
from apps.oncall.rules.slots import Slots

NEVER = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A version with its slots, and the period [start, end) in which it counts."""

    version: VersionFacts
    slots: Slots
    zone: ZoneInfo
    start: datetime
    end: datetime

    def name(self, number: int) -> str:
        """A slot's identity within rota and duty; that of a named layer says which."""
        local = self.slots.name(number)
        return f"{self.version.layer}/{local}" if self.version.layer else local

    def open_time(self, within: Period) -> list[Period]:
        """The time in a period that the version's windows leave."""
        hours = self.version.windows
        return [within] if hours is None else hours.periods(self.zone, *within)

    def is_open(self, within: Period) -> bool:
        """Whether the windows leave time in a period."""
        hours = self.version.windows
        return hours is None or hours.is_open(self.zone, *within)

    def __contains__(self, at: datetime) -> bool:
        """Whether it counts, and is open, at an instant."""
        hours = self.version.windows
        return self.start <= at < self.end and (hours is None or hours.contains(at, self.zone))

    @property
    def local_start(self) -> date:
        """The local day on which it begins to count."""
        return self.start.astimezone(self.zone).date()


def stretches_of(
    versions: Sequence[VersionFacts], usual: ZoneInfo, first_made: datetime
) -> list[Stretch]:
    """The periods of a layer's versions, in order, in the zone `usual` where they name none.

    None counts from before it was made, but for those made with the rota itself, at `first_made`. A
    version overtaken before it counts is left out.
    """
    found: list[Stretch] = []
    end = NEVER
    for place, version in reversed(list(enumerate(versions))):
        zone = version.zone or usual
        slots = Slots(version, zone)
        start = _first_start(version, slots) if place == 0 else _later_start(version, slots)
        if version.made_at > first_made:
            start = max(start, version.made_at)
        if start < end:
            found.append(Stretch(version, slots, zone, start, end))
            end = start
    return found[::-1]


def _first_start(version: VersionFacts, slots: Slots) -> datetime:
    """A new rota counts from its first slot, whole, unless it says a later day."""
    if slots and version.effective_from <= version.starts_on:
        return slots.start(0)
    return _start_of_day(version, slots)


def _later_start(version: VersionFacts, slots: Slots) -> datetime:
    """An edit counts from its day, but not before its first slot."""
    start = _start_of_day(version, slots)
    return max(start, slots.start(0)) if slots else start


def _start_of_day(version: VersionFacts, slots: Slots) -> datetime:
    """The first hand-off on the day a version counts from, or that day's midnight."""
    on = version.effective_from
    if slots:
        number = slots.first_on(on)
        if slots.local_start(number)[0] == on:
            return slots.start(number)
    return local_midnight(on, slots.zone)
