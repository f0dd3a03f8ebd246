"""Opening a ticket, its timeline, its first response."""

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
from apps.incidents.services.following import Happened, tell_followers
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
    incident.search_text = incident.words()
    incident.save(update_fields=["search_text"])
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
    opened = frozenset({"severity", "state"})
    tell_followers(Happened(incident=incident, verb="opened", changed=opened, actor=actor,
                            origin=origin, now=now))  # fmt: skip
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


@transaction.atomic
def note_first_response(*, incident: Incident, actor: str, origin: str, now: datetime) -> bool:
    """Somebody answered the reporter: the first response's clock stops. True the first time."""
    unanswered = Incident.objects.filter(pk=incident.pk, first_response_at=None)
    if not unanswered.update(first_response_at=now, updated_at=now, version=F("version") + 1):
        return False
    record(
        subject="incident",
        subject_key=incident.number,
        verb="first_answered",
        actor=actor,
        origin=origin,
        programme_id=incident.programme_id,
        now=now,
    )
    return True
