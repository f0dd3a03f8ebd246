"""GET /inbox/, /inbox/<id>/ and /inbox/done/: the list beside one message; what was closed."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from apps.accounts.pages import SignedIn
from apps.core import clock
from apps.core.pages import show
from apps.intake.choices import HANDLES
from apps.intake.desk import lines, shown_message
from apps.intake.listing import InboxFilter, done_lately, waiting_page
from apps.intake.models import Message
from apps.intake.offers import offers_for
from apps.intake.triage import URGENCY

PARTS = {"list": "intake/_list.html", "message": "intake/_message.html",
         "thread": "intake/_thread.html"}  # fmt: skip


@require_safe
def inbox(request: SignedIn, pk: int | None = None) -> HttpResponse:
    """What waits, oldest first, and one message of it: the one asked for, else the first.

    `?part=` says which part a script wants: list, message or thread.
    """
    part = PARTS.get(request.GET.get("part", ""), "intake/_inbox.html")
    facts = inbox_facts(request, pk)
    return show(request, "intake/inbox.html", facts, part=part)


def inbox_facts(
    request: SignedIn, pk: int | None, forms: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The context of the inbox page. Raises Http404 for a message the person may not see."""
    now, person = clock.now(), request.user
    asked = InboxFilter.read(request.GET)
    page = waiting_page(person, asked)
    message = _selected(request, page.rows, pk)
    offers = offers_for(person, message)
    facts = {
        "now": now,
        "asked": asked,
        "query": asked.query(),
        "list_query": asked.query(part="list"),
        "phases": _phases(page.rows),
        "lines": lines(page.rows, message),
        "older": asked.query(after=page.after) if page.after else "",
        "newer": asked.query(after="") or "?" if asked.after else "",
        "offers": offers,
        "is_opened": pk is not None,
    }
    if message is None:
        return facts
    return facts | shown_message(
        message, person=person, offers=offers, asked=asked, now=now, forms=forms
    )


def _phases(rows: list[Message]) -> list[tuple[str, str]]:
    """The phases to choose from, in the words of the programmes that are listed."""
    named = {row["key"]: str(row["label"]) for one in rows if one.programme
             for row in one.programme.phases}  # fmt: skip
    return [(key, named.get(key) or key.replace("_", " ").capitalize()) for key in URGENCY]


def _selected(request: SignedIn, rows: list[Message], pk: int | None) -> Message | None:
    if pk is None:
        return rows[0] if rows else None
    listed = next((row for row in rows if row.pk == pk), None)
    return listed or find_message(request, pk)


def find_message(request: SignedIn, pk: int) -> Message:
    """The message, when the person may see it; else Http404."""
    rows = Message.objects.visible_to(request.user).with_facts().defer("original")
    return get_object_or_404(rows, pk=pk)


@require_safe
def done(request: SignedIn) -> HttpResponse:
    """What people closed in the last 24 hours, with the way back."""
    now = clock.now()
    facts = {
        "now": now,
        "rows": done_lately(request.user, now),
        "can_handle": bool(HANDLES & request.user.roles()),
    }
    return show(request, "intake/done.html", facts, part="intake/_done.html")
