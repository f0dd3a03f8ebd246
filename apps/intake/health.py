"""Health of the inbox."""

from datetime import datetime

from django.db.models import Min

from apps.core.health import Check, work_check
from apps.intake.models import Arrival


def inbox(now: datetime) -> Check:
    """How many arrivals wait, since when, and how many were given up."""
    waiting = Arrival.objects.waiting()
    return work_check(
        "inbox",
        waiting=waiting.count(),
        dead=Arrival.objects.dead().count(),
        oldest=waiting.filter(due_at__lte=now).aggregate(first=Min("due_at"))["first"],
        now=now,
    )
