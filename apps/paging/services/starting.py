"""Starting a page, letting it go on, pausing it; tickets that page somebody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef
from django.db.models.functions import Cast

from apps.accounts.models import Person
from apps.core.doorbell import ring
from apps.incidents.models import Incident
from apps.ledger.services import record
from apps.oncall.models import HandOver
from apps.paging.choices import URGENT, Cause
from apps.paging.models import EscalationPolicy, Page, person_facts, with_ways
from apps.paging.rules import LONGEST_PAUSE, first_due, resumed
from apps.paging.services.policies import ensure_hand_over_policies, ensure_policy, policy_for
from apps.rollouts.models import Programme

AT_ONCE = 100  # missed acknowledgements taken up in one pass


class UnableToPage(Exception):
    """Why not, in words."""


@dataclass(frozen=True, kw_only=True)
class About:
    """What a page is about; `words` are masked."""

    cause: str
    subject: str
    subject_key: str
    words: str
    incident: Incident | None = None


@transaction.atomic
def start_page(
    *, programme: Programme, about: About, actor: str, origin: str, now: datetime
) -> Page | None:
    """Page somebody about this, in the caller's transaction; a page there is already stays as it
    is, once for each subject and cause. None where the programme pages nobody for this cause."""
    policy = policy_for(programme, about.cause, now=now)
    if policy is None:
        return None
    page, is_new = Page.objects.get_or_create(
        programme=programme,
        cause=about.cause,
        subject=about.subject,
        subject_key=about.subject_key,
        defaults={**_columns(policy, about, now), "started_by": actor},
    )
    if is_new:
        note_page(page, "started", actor=actor, origin=origin, now=now, words=page.words)
        ring("paging")
    return page


def _columns(policy: EscalationPolicy, about: About, now: datetime) -> dict[str, Any]:
    facts = policy.facts()
    return {
        "policy": policy,
        "incident": about.incident,
        "words": about.words[:300],
        "plan": facts.plan(),
        "is_urgent": about.cause in URGENT,
        "started_at": now,
        "due_at": first_due(facts, now),
    }


def about_ticket(incident: Incident, cause: Cause) -> About:
    """A page about a ticket."""
    return About(
        cause=cause.value,
        subject="incident",
        subject_key=incident.number,
        words=f"{incident.number} {incident.title}",
        incident=incident,
    )


@transaction.atomic
def reopen_page(*, page: Page, actor: str, origin: str, now: datetime) -> bool:
    """It was not over: it begins again with its first step. False when it is open.

    The fence moves on: whoever was sleeping over it has lost it.
    """
    policy = page.facts()
    reopened = Page.objects.past().filter(pk=page.pk).update(
        acknowledged_at=None, acknowledged_by="", acknowledged_through="", done_at=None,
        dead_at=None, leased_until=None, held_until=None, round=0, position=0,
        due_at=first_due(policy, now), reopened_at=now,
        fence=F("fence") + 1, version=F("version") + 1,
    )  # fmt: skip
    if reopened:
        note_page(page, "reopened", actor=actor, origin=origin, now=now)
        ring("paging")
    return bool(reopened)


@transaction.atomic
def pause_page(*, page: Page, until: datetime, actor: str, origin: str, now: datetime) -> bool:
    """Tell nobody before `until`; then the escalation goes on by itself where it was. False when
    it is over. Raises UnableToPage for a pause that is none, or too long."""
    if not now < until <= now + LONGEST_PAUSE:
        raise UnableToPage("pause it until a time within the next four hours")
    row = Page.objects.select_for_update().waiting().filter(pk=page.pk).first()
    if row is None:
        return False
    Page.objects.filter(pk=page.pk).update(
        held_until=until, due_at=resumed(row.due_at, held_until=until), leased_until=None,
        fence=F("fence") + 1, version=F("version") + 1,
    )  # fmt: skip
    note_page(page, "paused", actor=actor, origin=origin, now=now, until=until.isoformat())
    return True


@transaction.atomic
def page_me(
    *, programme: Programme, person: Person, token: str, origin: str, now: datetime
) -> Page:
    """“Page me now (test)”: one escalation that tells this person alone, once for each token.
    Raises UnableToPage where nothing leads to them: it would go on for ever and tell nobody."""
    has_slack = programme.connections.of_kind("slack").exists()
    reader = with_ways(Person.objects.filter(pk=person.pk)).get()
    if not person_facts(reader, has_slack=has_slack).ways:
        raise UnableToPage("Nothing leads to you yet: ask an administrator to enter your address.")
    about = About(
        cause=Cause.TEST.value, subject="test", subject_key=f"{person.username} {token}"[:120],
        words=f"Test page, asked for by {person}",
    )  # fmt: skip
    page, is_new = Page.objects.get_or_create(
        programme=programme, cause=about.cause, subject=about.subject,
        subject_key=about.subject_key,
        defaults={
            "words": about.words, "is_urgent": True, "started_at": now, "due_at": now,
            "started_by": person.username,
            "plan": {"steps": [], "last_resort": [f"person {person.username}"], "last_wait": 600,
                     "rounds": 1},
        },
    )  # fmt: skip
    if is_new:
        note_page(page, "started", actor=person.username, origin=origin, now=now, words=page.words)
        ring("paging")
    return page


def start_missed(*, now: datetime) -> int:
    """Pages for tickets whose acknowledgement is overdue, and the default policy for programmes
    that have none; returns how many pages were started."""
    for programme in Programme.objects.filter(escalations=None):
        ensure_policy(programme, now=now)
    missed = list(_missed(now)[:AT_ONCE])
    return sum(_start_one(incident, now) for incident in missed)


def start_unacknowledged(*, now: datetime) -> int:
    """Pages for hand-overs that nobody acknowledged in time, of shifts that began since a policy
    for them counts; returns how many were started."""
    ensure_hand_over_policies(now=now)
    paged = Page.objects.filter(
        cause=Cause.HAND_OVER, subject_key=Cast(OuterRef("pk"), CharField())
    )
    rows = HandOver.objects.late(now).filter(
        rota__programme__escalations__on_hand_over=True,
        starts_at__gte=F("rota__programme__escalations__counts_from"),
    )
    found = list(rows.filter(~Exists(paged)).with_people()[:AT_ONCE])
    return sum(_start_about(row, now) for row in found)


@transaction.atomic
def _start_about(found: HandOver, now: datetime) -> bool:
    """Somebody may acknowledge it at this moment: look again under its lock."""
    rows = HandOver.objects.waiting().select_for_update(of=("self",)).with_people()
    row = rows.filter(pk=found.pk).first()
    if row is None:
        return False
    words = f"{row.incoming} has not acknowledged the hand-over of {row.duty} from {row.outgoing}"
    about = About(cause=Cause.HAND_OVER.value, subject="hand_over", subject_key=str(row.pk),
                  words=words)  # fmt: skip
    page = start_page(
        programme=row.rota.programme, about=about, actor="system", origin="worker", now=now
    )
    return page is not None


def _missed(now: datetime) -> Any:
    paged = Page.objects.filter(incident=OuterRef("pk"))
    is_open = paged.filter(acknowledged_at=None)
    is_told = paged.filter(cause=Cause.MISSED_ACKNOWLEDGEMENT)
    rows = Incident.objects.open().filter(
        acknowledged_at=None,
        acknowledge_due_at__lte=now,
        programme__escalations__on_missed_acknowledgement=True,
        acknowledge_due_at__gte=F("programme__escalations__counts_from"),
    )
    unpaged = rows.filter(~Exists(is_open), ~Exists(is_told))
    return unpaged.select_related("programme").order_by("acknowledge_due_at", "id")


@transaction.atomic
def _start_one(found: Incident, now: datetime) -> bool:
    """Somebody may acknowledge it at this moment: look again under its lock."""
    rows = Incident.objects.select_for_update(of=("self",)).select_related("programme")
    incident = rows.get(pk=found.pk)
    if incident.acknowledged_at is not None:
        return False
    about = about_ticket(incident, Cause.MISSED_ACKNOWLEDGEMENT)
    page = start_page(
        programme=incident.programme, about=about, actor="system", origin="worker", now=now
    )
    return page is not None


def note_page(
    page: Page, verb: str, *, actor: str, origin: str, now: datetime, **fields: Any
) -> None:
    """An entry of the ledger about a page, in the caller's transaction."""
    record(
        subject="page", subject_key=str(page.key), verb=verb, actor=actor, origin=origin,
        programme_id=page.programme_id, now=now,
        fields={"about": f"{page.subject} {page.subject_key}", "cause": page.cause, **fields},
    )  # fmt: skip
