"""The difference of two schedules, and applying it (product R4 to R6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Key = tuple[str, str]  # site number, product key


@dataclass(frozen=True, slots=True)
class Slot:
    """What a schedule says about a site and a product."""

    planned_on: date
    wave: int | None = None
    scope: str = ""


Schedule = Mapping[Key, Slot]


@dataclass(frozen=True, slots=True)
class Moved:
    """A go-live whose day, wave or scope differs."""

    before: Slot
    after: Slot

    @property
    def days(self) -> int:
        """By how many days it moves; negative is earlier, 0 when only wave or scope differ."""
        return (self.after.planned_on - self.before.planned_on).days


@dataclass(frozen=True)
class ScheduleDiff:
    """What would have to happen to `before` for it to be `after`; each sorted by day and site."""

    added: dict[Key, Slot] = field(default_factory=dict)
    moved: dict[Key, Moved] = field(default_factory=dict)
    changed: dict[Key, Moved] = field(default_factory=dict)
    removed: dict[Key, Slot] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.moved or self.changed or self.removed)


def schedule_diff(before: Schedule, after: Schedule) -> ScheduleDiff:
    """Added, moved (another day), changed (wave or scope only) and removed go-lives."""
    both = {key: Moved(before[key], after[key]) for key in before.keys() & after.keys()}
    differing = {key: one for key, one in both.items() if one.before != one.after}
    return ScheduleDiff(
        added=_sorted({key: after[key] for key in after.keys() - before.keys()}),
        moved=_in_order({key: one for key, one in differing.items() if one.days}),
        changed=_in_order({key: one for key, one in differing.items() if not one.days}),
        removed=_sorted({key: before[key] for key in before.keys() - after.keys()}),
    )


def apply_diff(before: Schedule, diff: ScheduleDiff) -> dict[Key, Slot]:
    """`before` with the difference applied; the inverse of `schedule_diff`."""
    kept = {key: slot for key, slot in before.items() if key not in diff.removed}
    altered = {key: one.after for key, one in (diff.moved | diff.changed).items()}
    return kept | altered | diff.added


def _sorted(slots: Mapping[Key, Slot]) -> dict[Key, Slot]:
    return dict(sorted(slots.items(), key=lambda item: (item[1].planned_on, item[0])))


def _in_order(moves: Mapping[Key, Moved]) -> dict[Key, Moved]:
    return dict(sorted(moves.items(), key=lambda item: (item[1].after.planned_on, item[0])))
