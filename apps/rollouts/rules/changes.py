"""The state of one go-live, folded from the changes of its schedule."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from apps.rollouts.rules.phases import Fact, Kind

INTERRUPTS: dict[str, Kind] = {
    "pause": "pause",
    "resume": "resume",
    "roll-back": "roll-back",
    "cancel": "cancel",
}
STATUS_AFTER = {
    "pause": "paused",
    "resume": "planned",
    "roll-back": "rolled_back",
    "cancel": "cancelled",
}
FINAL = frozenset({"rolled_back", "cancelled"})


@dataclass(frozen=True, kw_only=True)
class ChangeFacts:
    """One schedule change as far as it concerns one go-live; `effective_at` is UTC."""

    kind: str
    effective_at: datetime
    to_on: date | None = None
    is_undone: bool = False


@dataclass(frozen=True)
class Folded:
    """What the changes come to: the status, the planned date (None: never planned), and the
    interruptions the support phase follows from."""

    status: str
    planned_on: date | None
    events: tuple[Fact, ...]


def fold_changes(changes: Iterable[ChangeFacts]) -> Folded:
    """Fold changes in the order they take effect; equal instants keep the order given.

    What is undone counts as never made; after a roll-back or a cancellation nothing counts.
    """
    status, planned_on, events = "planned", None, []
    for change in sorted(changes, key=lambda one: one.effective_at):
        if change.is_undone or status in FINAL:
            continue
        planned_on = change.to_on or planned_on
        status = STATUS_AFTER.get(change.kind, status)
        if change.kind in INTERRUPTS:
            events.append(Fact(INTERRUPTS[change.kind], change.effective_at))
    return Folded(status, planned_on, tuple(events))
