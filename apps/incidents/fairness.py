"""What tickets say of who carries how much: acknowledged by them, given to them."""

from collections import Counter
from typing import Any

from django.db.models import F, Q

from apps.core.periods import Period
from apps.incidents.models import Entry, Incident
from apps.oncall.rules.fairness import Counts
from apps.rollouts.models import Programme


def acknowledged(programme: Programme, window: Period) -> Counts:
    """By whom tickets were acknowledged in the window: whoever's entry stands at that instant,
    because the first thing a person does with a ticket acknowledges it."""
    start, end = window
    rows = Entry.objects.filter(
        _touched(programme, window, "incident__"),
        incident__acknowledged_at__gte=start, incident__acknowledged_at__lt=end,
        at=F("incident__acknowledged_at"),
    )  # fmt: skip
    return _counts("tickets_acknowledged", "Tickets acknowledged",
                   rows.values_list("actor", "incident_id").distinct())  # fmt: skip


def given(programme: Programme, window: Period) -> Counts:
    """Tickets opened in the window, by whom they are assigned to now."""
    start, end = window
    rows = Incident.objects.filter(
        _touched(programme, window), opened_at__gte=start, opened_at__lt=end, assignee__isnull=False
    )
    return _counts(
        "tickets_assigned", "Tickets assigned", rows.values_list("assignee__username", "pk")
    )


def _touched(programme: Programme, window: Period, path: str = "") -> Q:
    """What happened in the window was written since it began: an index of the rows says which."""
    return Q(**{f"{path}programme": programme, f"{path}updated_at__gte": window.start})


def _counts(key: str, label: str, rows: Any) -> Counts:
    return Counts(key, label, Counter(person for person, _ in rows))
