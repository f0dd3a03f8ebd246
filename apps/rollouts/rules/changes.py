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


ALLOWED = {  # kind of change: the status a go-live must have for it
    "move": frozenset({"planned", "live", "paused"}),
    "pause": frozenset({"planned", "live"}),
    "resume": frozenset({"paused"}),
    "reduce": frozenset({"planned", "live", "paused"}),
    "cancel": frozenset({"planned", "paused"}),
    "roll-back": frozenset({"planned", "live", "paused"}),
}
STARTED = frozenset({"go_live_week", "servicenow", "closed"})


def why_not(kind: str, *, status: str, has_started: bool) -> str:
    """Why a change of this kind is not possible for a go-live, in words; empty when it is.

    What has started is rolled back, not cancelled; what has not is cancelled, not rolled back.
    """
    if kind not in ALLOWED:
        return f"{kind} is no change of a schedule"
    if status not in ALLOWED[kind]:
        return f"it is {status.replace('_', ' ')}"
    if kind == "cancel" and has_started:
        return "it has gone live: roll it back instead"
    if kind == "roll-back" and not has_started:
        return "it has not gone live yet: cancel it instead"
    if kind == "move" and has_started:
        return "it has gone live: its date is history"
    return ""
