"""Health of the outbox."""

from datetime import datetime

from django.db.models import Min

from apps.core.health import Check, work_check
from apps.outbox.models import Delivery


def outbox(now: datetime) -> Check:
    """How many deliveries wait, since when, how many were given up or are held."""
    waiting = Delivery.objects.waiting()
    return work_check(
        "outbox",
        waiting=waiting.count(),
        dead=Delivery.objects.dead().count(),
        held=Delivery.objects.held().count(),
        oldest=waiting.filter(due_at__lte=now).aggregate(first=Min("due_at"))["first"],
        now=now,
    )
