"""Writes to queues and categories, from configuration."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.incidents.models import Category, Queue
from apps.ledger.services import record
from apps.rollouts.models import Programme

Columns = dict[str, Any]


@transaction.atomic
def save_queue(
    *, programme: Programme, entry: Mapping[str, Any], actor: str, now: datetime
) -> tuple[Columns | None, Columns]:
    """Make or change a queue of a programme; returns its columns before (None: new) and after."""
    columns = {name: entry[name] for name in ("tier", "ours", "email")}
    row = Queue.objects.filter(programme=programme, name=entry["name"]).first()
    before = {name: getattr(row, name) for name in columns} if row else None
    if before != columns:
        Queue.objects.update_or_create(programme=programme, name=entry["name"], defaults=columns)
        _configured(programme, "queue", entry["name"], columns, actor, now)
    return before, columns


@transaction.atomic
def save_category(
    *,
    programme: Programme,
    entry: Mapping[str, Any],
    queue: Queue | None,
    position: int,
    actor: str,
    now: datetime,
) -> tuple[Columns | None, Columns]:
    """Make or change a category; returns its columns before (None: new) and after."""
    columns = {"label": entry["label"], "words": list(entry["words"]), "position": position}
    shown = {**columns, "queue": queue.name if queue else None}
    row = Category.objects.filter(programme=programme, key=entry["key"]).select_related("queue")
    old = row.first()
    before = {name: getattr(old, name) for name in columns} if old else None
    if before is not None and old is not None:
        before["queue"] = old.queue.name if old.queue else None
    if before != shown:
        Category.objects.update_or_create(
            programme=programme, key=entry["key"], defaults={**columns, "queue": queue}
        )
        _configured(programme, "category", entry["key"], shown, actor, now)
    return before, shown


def _configured(
    programme: Programme, subject: str, key: str, columns: Columns, actor: str, now: datetime
) -> None:
    record(
        subject=subject,
        subject_key=key,
        verb="configured",
        actor=actor,
        origin="command",
        programme_id=programme.pk,
        now=now,
        fields=columns,
    )
