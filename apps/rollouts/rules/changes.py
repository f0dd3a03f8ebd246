"""The state of one go-live, folded from the changes of its schedule."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from apps.rollouts.rules.calendars import YEARS
from apps.rollouts.rules.phases import (
    CLOSED,
    GO_LIVE_WEEK,
    SERVICENOW,
    Fact,
    Facts,
    Kind,
    phases_of,
)

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
EVERY_KIND = frozenset({"plan", "move", "pause", "resume", "reduce", "cancel", "roll-back"})
COUNTS_AFTER: dict[str, frozenset[str]] = {  # status: the kinds of change that still count
    "rolled_back": frozenset({"cancel"}),
    "cancelled": frozenset(),
}


@dataclass(frozen=True, kw_only=True)
class ChangeFacts:
    """One schedule change as far as it concerns one go-live; `effective_at` is UTC, `is_actual`
    says that `to_on` is the day it really began, not the one it is planned for."""

    kind: str
    effective_at: datetime
    to_on: date | None = None
    is_actual: bool = False
    is_undone: bool = False


@dataclass(frozen=True)
class Folded:
    """What the changes come to: the status, the planned date (None: never planned), the day it
    really began (None: as planned), and the interruptions the support phase follows from."""

    status: str
    planned_on: date | None
    actual_on: date | None
    events: tuple[Fact, ...]


def fold_changes(changes: Iterable[ChangeFacts]) -> Folded:
    """Fold changes in the order they take effect; equal instants keep the order given.

    What is undone counts as never made; after a cancellation nothing counts, after a roll-back
    only that: it gives the attempt up, so that another can be planned.
    """
    status, planned_on, actual_on, events = "planned", None, None, []
    for change in sorted(changes, key=lambda one: one.effective_at):
        if change.is_undone or change.kind not in COUNTS_AFTER.get(status, EVERY_KIND):
            continue
        if change.is_actual:
            actual_on = change.to_on
        elif change.to_on is not None:
            planned_on = change.to_on
            if _is_to_come(change.to_on, change.effective_at):
                actual_on = None  # it begins anew: the day that was noted counts no more
        status = STATUS_AFTER.get(change.kind, status)
        if change.kind in INTERRUPTS:
            events.append(Fact(INTERRUPTS[change.kind], change.effective_at))
    return Folded(status, planned_on, actual_on, tuple(events))


def _is_to_come(day: date, at: datetime) -> bool:
    """Whether a day may still come at some place; a file may plan in hindsight as well."""
    return day >= at.date()


ALLOWED = {  # kind of change: the status a go-live must have for it
    "move": frozenset({"planned", "paused"}),
    "pause": frozenset({"planned"}),
    "resume": frozenset({"paused"}),
    "reduce": frozenset({"planned", "paused"}),
    "cancel": frozenset({"planned", "paused", "rolled_back"}),
    "roll-back": frozenset({"planned", "paused"}),
}
HANDED_OVER = frozenset({SERVICENOW, CLOSED})
STARTED = HANDED_OVER | {GO_LIVE_WEEK}


def why_not(kind: str, *, status: str, has_started: bool) -> str:
    """Why a change of this kind is not possible for a go-live, in words; empty when it is.

    What has started is rolled back, not cancelled; what has not is cancelled, not rolled back; what
    was rolled back is cancelled when the attempt is given up. Moves have a rule of their own,
    `why_not_move`.
    """
    if kind not in ALLOWED:
        return f"{kind} is no change of a schedule"
    if status not in ALLOWED[kind]:
        return f"it is {status.replace('_', ' ')}"
    if kind == "cancel" and has_started and status != "rolled_back":
        return "it has gone live: roll it back instead"
    if kind == "roll-back" and not has_started:
        return "it has not gone live yet: cancel it instead"
    return ""


def why_not_move(facts: Facts, to_on: date, at: datetime) -> str:
    """Why a go-live cannot be moved to a day, in words; empty when it can.

    A day to come plans it anew: only what has not begun. What a day that has come means, says
    `is_beginning`.
    """
    if to_on.year not in YEARS:
        return f"no roll-out knows the year {to_on.year}: write it like 2022-06-13"
    if to_on > at.astimezone(facts.zone).date() and has_begun(facts, at):
        return "it has gone live: its date is history; pause it, or say the day it really began"
    return ""


def is_beginning(facts: Facts, to_on: date, at: datetime) -> bool:
    """Whether a move to the day says when it really began: the day has come, and it is not handed
    over. From the hand-over on others have acted on the date, and a move corrects the plan."""
    has_come = to_on <= at.astimezone(facts.zone).date()
    return has_come and not was_handed_over(facts, at)


def was_handed_over(facts: Facts, at: datetime) -> bool:
    """Whether support has gone over to those who have it for good by then."""
    return bool(_keys_until(facts, at) & HANDED_OVER)


def has_begun(facts: Facts, at: datetime) -> bool:
    """Whether its go-live week has begun by then, whatever came after; one that was paused before
    its first day has not, however long that day is past."""
    return bool(_keys_until(facts, at) & STARTED)


def _keys_until(facts: Facts, at: datetime) -> set[str]:
    return {one.key for one in phases_of(facts) if one.since is None or one.since <= at}
