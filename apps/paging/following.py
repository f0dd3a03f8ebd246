"""What changes below mean for paging: severity 1 pages, who acknowledges a ticket, or a hand-over,
ends it."""

from datetime import datetime

from apps.incidents.rules import CLOSED_STATES
from apps.incidents.services import Happened
from apps.oncall.models import HandOver
from apps.paging.choices import Cause, Through
from apps.paging.models import Page
from apps.paging.services import about_ticket, reopen_page, settle, start_page


def follow(happened: Happened) -> None:
    """In the ticket's transaction: page somebody for a ticket that is severity 1 now, end the pages
    of one that was acknowledged, resolved or is severity 1 no more."""
    changed, row = happened.changed, happened.incident
    is_closed = row.state in CLOSED_STATES
    if changed & {"acknowledged_at", "resolved_at"} and row.acknowledged_at is not None:
        _settle(happened, "")
    if row.severity == 1 and not is_closed and changed & {"severity", "resolved_at"}:
        _page(happened)
    elif row.severity != 1 and "severity" in changed and happened.verb != "opened":
        _settle(happened, Cause.SEVERITY_ONE)


def _page(happened: Happened) -> None:
    row = happened.incident
    about = about_ticket(row, Cause.SEVERITY_ONE)
    who = {"actor": happened.actor, "origin": happened.origin}
    page = start_page(programme=row.programme, about=about, now=happened.now, **who)
    if page is not None and page.acknowledged_at is not None:  # raised, or opened, once more
        reopen_page(page=page, now=happened.now, **who)


def _settle(happened: Happened, cause: str) -> None:
    """Only what was written before: a page started in this very change stays."""
    pages = Page.objects.open().filter(incident=happened.incident)
    for page in pages.filter(cause=cause) if cause else pages:
        settle(page, by=happened.actor, through=Through.TICKET, origin=happened.origin,
               now=happened.now)  # fmt: skip


def hand_over_taken(hand_over: HandOver, by: str, origin: str, now: datetime) -> None:
    """In the transaction of its acknowledgement: nobody else is told."""
    rows = Page.objects.open().filter(cause=Cause.HAND_OVER, subject_key=str(hand_over.pk))
    for page in rows:
        settle(page, by=by, through=Through.SHIFT, origin=origin, now=now)
