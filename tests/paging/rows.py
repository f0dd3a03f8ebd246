"""A programme with a rota, people with addresses, and tickets that page them."""

from datetime import datetime, timedelta
from typing import Any

from apps.accounts.models import Person
from apps.incidents.models import Incident
from apps.incidents.services import Asked, Draft, open_incident
from apps.outbox.models import Delivery
from apps.outbox.work import deliver_due
from apps.paging.models import Notice, Page
from apps.paging.work import take_due
from apps.rollouts.models import Programme
from tests import build

NOW = build.MONDAY
MINUTE = timedelta(minutes=1)
MAIL = "{}@example.gov"


def someone(username: str, programme: Programme | None = None, **columns: Any) -> Person:
    return build.person(username, programme, **{"email": MAIL.format(username)} | columns)


def staffed(**columns: Any) -> Programme:
    """Ana is primary, Ben backup, Dee the DM, Adi the administrator; all have mail."""
    programme = build.programme(**columns)
    people = [someone(name, programme) for name in ("ana", "ben", "dee", "adi")]
    build.rota(programme, primary=people[:1], backup=people[1:2])
    return programme


def ticket(programme: Programme, severity: int = 1, at: datetime = NOW, **draft: Any) -> Incident:
    facts: dict[str, Any] = {"title": "Check-in is down", "description": "", "source": "page"}
    return open_incident(
        draft=Draft(programme=programme, severity=severity, **facts | draft), assignee=None,
        assigned_because="", actor="ana", origin="page", now=at,
    )  # fmt: skip


def asked(actor: str = "ana", at: datetime = NOW) -> Asked:
    return Asked(actor=actor, origin="page", now=at)


def told(page: Page | None = None) -> list[str]:
    """Who was told so far, in order; channels by name."""
    rows = Notice.objects.filter(step__page=page) if page else Notice.objects.all()
    return [one.person.username if one.person else one.channel for one in rows.order_by("id")]


def promised() -> list[tuple[str, str]]:
    """(action, state) of every delivery of a page."""
    rows = Delivery.objects.filter(subject="page").order_by("id")
    return [(row.action, row.state) for row in rows]


def goes_on(minutes: float, start: datetime = NOW) -> int:
    """Workers make a pass so many minutes after the start; their minutes are a little longer, for a
    step waits from when it was really taken."""
    return take_due(now=start + minutes * MINUTE * 1.01)


def delivers(minutes: float = 0) -> int:
    """Workers send what is due so many minutes after the start, a little after its steps."""
    return deliver_due(now=NOW + minutes * MINUTE * 1.01 + timedelta(seconds=1))
