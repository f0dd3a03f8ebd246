"""Acknowledging a page: one conditional update, one winner."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from apps.accounts.models import Person
from apps.incidents.models import Incident
from apps.incidents.services import Asked
from apps.incidents.services import acknowledge as acknowledge_ticket
from apps.paging.choices import ANSWERING, Through
from apps.paging.models import Page
from apps.paging.services.starting import note_page
from apps.paging.world import counted_on


def may_take(*, page: Page, person: Person, now: datetime) -> bool:
    """Whether somebody may acknowledge: with a role that answers, and without one if they are on
    duty or the page's policy names them, for then it tells them."""
    if ANSWERING & person.roles_in(page.programme_id):
        return True
    return person.username in counted_on(page.programme, page.facts(), now)


@transaction.atomic
def acknowledge(
    *,
    page: Page,
    person: Person,
    through: Through,
    origin: str,
    now: datetime,
    said_at: datetime | None = None,
) -> bool:
    """Somebody takes it: nobody else is told. True for the one who was first. `said_at` is when
    they did so elsewhere, for the ledger.

    A page about a ticket acknowledges the ticket too. Rows are locked in the order in which a
    change of the ticket locks them: the ticket, then its pages.
    """
    incident = None
    if page.incident_id is not None:
        incident = Incident.objects.select_for_update(of=("self",)).get(pk=page.incident_id)
    told = {"said_at": said_at.isoformat()} if said_at else {}
    if not settle(page, by=person.username, through=through, origin=origin, now=now, **told):
        return False
    if incident is not None:
        asked = Asked(actor=person.username, origin=origin, now=now)
        acknowledge_ticket(incident=incident, asked=asked)
    return True


def settle(
    page: Page, *, by: str, through: Through, origin: str, now: datetime, **told: str
) -> bool:
    """The conditional update, in the caller's transaction. The fence moves on, so that a worker in
    the middle of a step, or asleep over one, tells nobody any more."""
    won = Page.objects.open().filter(pk=page.pk).update(
        acknowledged_at=now, acknowledged_by=by, acknowledged_through=through, done_at=now,
        dead_at=None, leased_until=None, fence=F("fence") + 1, version=F("version") + 1,
    )  # fmt: skip
    if won:
        note_page(
            page, "acknowledged", actor=by, origin=origin, now=now, through=through.value, **told
        )
    return won == 1
