"""Writes that belong to no app: what is kept for a while only is forgotten."""

from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

from apps.core.models import KeptAnswer

KEPT = timedelta(hours=24)


def purge_answers(*, now: datetime) -> int:
    """Forget answers to keyed requests older than 24 hours; returns how many."""
    return KeptAnswer.objects.filter(created_at__lt=now - KEPT).delete()[0]


def purge(*, now: datetime) -> int:
    """Every purge of settings.PURGES; returns how many rows are gone."""
    table = cast("tuple[str, ...]", import_string(settings.PURGES))
    purges: list[Any] = [import_string(path) for path in table]
    return sum(int(forget(now=now)) for forget in purges)
