"""Every write to incidents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.accounts.models import Person
from apps.incidents.choices import EntryKind
from apps.incidents.models import Category, Entry, Incident, Queue
from apps.incidents.rules import clock_rules, impact_and_urgency, priority, start_clocks
from apps.ledger.services import record
from apps.rollouts.models import Product, Programme, Site


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a new incident is about; text is masked. Levels left out follow from the severity."""

    programme: Programme
    title: str
    description: str
    severity: int
    source: str
    site: Site | None = None
    product: Product | None = None
    category: Category | None = None
    queue: Queue | None = None
    phase: str = ""
    reporter: str = ""
    impact: int | None = None
    urgency: int | None = None


@transaction.atomic
def open_incident(
    *,
    draft: Draft,
    assignee: Person | None,
    assigned_because: str,
    actor: str,
    origin: str,
    now: datetime,
) -> Incident:
    """Open an incident, start its clocks, assign it.

    `assigned_because` stands on the timeline ("primary on duty until …"). Clocks follow the
    programme's sla from `now` (UTC).
    """
    incident = Incident.objects.create(
        **_columns(draft), assignee=assignee, opened_at=now, updated_at=now, **_clocks(draft, now)
    )
    note(incident=incident, kind=EntryKind.OPENED, actor=actor, text=draft.title, now=now)
    who = str(assignee) if assignee else "nobody"
    text = f"{who}: {assigned_because}"
    note(incident=incident, kind=EntryKind.ASSIGNED, actor="system", text=text, now=now)
    record(
        subject="incident",
        subject_key=incident.number,
        verb="opened",
        actor=actor,
        origin=origin,
        programme_id=incident.programme_id,
        now=now,
        fields=_told(incident),
    )
    return incident


def _columns(draft: Draft) -> dict[str, Any]:
    usual_impact, usual_urgency = impact_and_urgency(draft.severity)
    impact, urgency = draft.impact or usual_impact, draft.urgency or usual_urgency
    names = ("programme", "description", "severity", "source", "site", "product", "category",
             "queue", "phase", "reporter")  # fmt: skip
    return {name: getattr(draft, name) for name in names} | {
        "title": draft.title[:200],
        "impact": impact,
        "urgency": urgency,
        "priority": priority(impact, urgency),
    }


def _clocks(draft: Draft, now: datetime) -> dict[str, datetime]:
    rules = clock_rules(
        draft.programme.sla,
        zone=draft.programme.time_zone,
        holidays=draft.programme.holiday_dates(),
    )
    clocks = start_clocks(rules, now)
    return {
        "acknowledge_due_at": clocks.acknowledge_due_at,
        "response_due_at": clocks.response_due_at,
    }


def _told(incident: Incident) -> dict[str, Any]:
    return {
        "title": incident.title,
        "site": incident.site.number if incident.site else None,
        "product": incident.product.key if incident.product else None,
        "severity": incident.severity,
        "queue": incident.queue.name if incident.queue else None,
        "assignee": incident.assignee.username if incident.assignee else None,
    }


def note(
    *,
    incident: Incident,
    kind: EntryKind,
    actor: str,
    text: str,
    now: datetime,
    source_at: datetime | None = None,
    data: Mapping[str, Any] | None = None,
) -> Entry:
    """Write a line on the timeline, in the caller's transaction. Text is masked."""
    return Entry.objects.create(
        incident=incident,
        at=now,
        source_at=source_at or now,
        kind=kind,
        actor=actor,
        text=text,
        data=dict(data or {}),
    )


def touch(incident: Incident, *, now: datetime) -> None:
    """The incident changed in somebody's eyes: a new version."""
    Incident.objects.filter(pk=incident.pk).update(version=F("version") + 1, updated_at=now)


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
