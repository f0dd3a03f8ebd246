"""Writes that belong to no app: kept answers are forgotten."""

from datetime import datetime, timedelta

from apps.core.models import KeptAnswer

KEPT = timedelta(hours=24)


def purge_answers(*, now: datetime) -> int:
    """Forget answers to keyed requests older than 24 hours; returns how many."""
    return KeptAnswer.objects.filter(created_at__lt=now - KEPT).delete()[0]
