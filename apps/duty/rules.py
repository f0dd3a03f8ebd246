"""What to do next: one order over all that waits (product D1; founding document, Monitoring).

Severity 1 comes first, then what is overdue, then what is due next; where that says nothing the
founding document's own order of responsibilities does, then age.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import IntEnum
from itertools import groupby

FOREVER = datetime.max.replace(tzinfo=UTC)


class Responsibility(IntEnum):
    """The six of the founding document, in its order."""

    GO_LIVE_CHANNELS = 1
    CHANNELS = 2
    DASHBOARDS = 3
    SERVICENOW = 4
    PRIORITIES = 5
    INFRASTRUCTURE = 6


LABELS = {
    Responsibility.GO_LIVE_CHANNELS: "Go-live channels",
    Responsibility.CHANNELS: "Other channels",
    Responsibility.DASHBOARDS: "Dashboards",
    Responsibility.SERVICENOW: "Tickets and the ServiceNow queue",
    Responsibility.PRIORITIES: "Priorities with the managers",
    Responsibility.INFRASTRUCTURE: "Infrastructure",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One thing to do: why, until when (UTC, None: any time), where, and what its button says.

    `ref` is unique in a list; `is_mine` when it waits for the person who looks.
    """

    ref: str
    responsibility: Responsibility
    title: str
    reason: str
    url: str
    action: str
    since_at: datetime
    due_at: datetime | None = None
    severity: int = 3
    number: str = ""
    is_mine: bool = False


def in_order(todos: Iterable[Todo], now: datetime) -> list[Todo]:
    """All of them, what comes first first; the same list for the same things, in whatever order
    they are given."""
    return sorted(todos, key=lambda todo: _place(todo, now))


def _place(todo: Todo, now: datetime) -> tuple[bool, bool, datetime, int, datetime, str]:
    due_at = todo.due_at or FOREVER
    return (
        todo.severity != 1,
        due_at > now,
        due_at,
        todo.responsibility,
        todo.since_at,
        todo.ref,
    )


def is_overdue(todo: Todo, now: datetime) -> bool:
    """Whether its clock has run out."""
    return todo.due_at is not None and todo.due_at <= now


def by_responsibility(todos: Iterable[Todo], now: datetime) -> list[tuple[str, list[Todo]]]:
    """The same, grouped in the founding document's order; in each group as `in_order`."""
    ordered = sorted(in_order(todos, now), key=lambda todo: todo.responsibility)
    groups = groupby(ordered, key=lambda todo: todo.responsibility)
    return [(LABELS[key], list(members)) for key, members in groups]


def next_due(todos: Iterable[Todo]) -> datetime | None:
    """The nearest due time of all, overdue ones too."""
    return min((todo.due_at for todo in todos if todo.due_at is not None), default=None)


def due_words(on: date, today: date) -> str:
    """When a day is, from today: "due yesterday", "due in 3 days", "due 9 days ago"."""
    days = (on - today).days
    near = {-1: "due yesterday", 0: "due today", 1: "due tomorrow"}
    if days in near:
        return near[days]
    return f"due in {days} days" if days > 0 else f"due {-days} days ago"
