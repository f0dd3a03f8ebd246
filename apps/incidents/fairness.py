"""What tickets say of who carries how much: acknowledged by them, given to them."""

from typing import Any

from django.db.models import Count, F, QuerySet

from apps.core.periods import Period
from apps.incidents.models import Entry, Incident
from apps.oncall.rules.fairness import Counts
from apps.rollouts.models import Programme


def acknowledged(programme: Programme, window: Period) -> Counts:
    """By whom tickets were acknowledged in the window: whoever's entry stands at that instant,
    because the first thing a person does with a ticket acknowledges it."""
    start, end = window
    rows = Entry.objects.filter(
        incident__programme=programme, incident__acknowledged_at__gte=start,
        incident__acknowledged_at__lt=end, at=F("incident__acknowledged_at"),
    )  # fmt: skip
    return _counts("tickets_acknowledged", "Tickets acknowledged", rows, "actor", "incident")


def given(programme: Programme, window: Period) -> Counts:
    """Tickets opened in the window, by whom they are assigned to now."""
    start, end = window
    rows = Incident.objects.filter(
        programme=programme, opened_at__gte=start, opened_at__lt=end, assignee__isnull=False
    )
    return _counts("tickets_assigned", "Tickets assigned", rows, "assignee__username", "pk")


def _counts(key: str, label: str, rows: QuerySet[Any], person: str, ticket: str) -> Counts:
    """A row for each person: the database counts, however many tickets there are."""
    each = rows.order_by().values(person).annotate(number=Count(ticket, distinct=True))
    return Counts(key, label, dict(each.values_list(person, "number")))
