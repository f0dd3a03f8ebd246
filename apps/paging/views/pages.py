"""The page of pages, what is done there, and the page behind the link of an e-mail."""

import uuid
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import Person, names_of
from apps.accounts.pages import SignedIn, need_role
from apps.core import clock
from apps.core.numbers import whole_number
from apps.core.pages import back_to, said, show, warned
from apps.core.refusals import refuse
from apps.paging import services
from apps.paging.choices import ANSWERING, Cause, Through
from apps.paging.links import Link, LinkExpired, read_link
from apps.paging.listing import STATES, chosen, lines
from apps.paging.models import Page, PageQuerySet
from apps.rollouts.models import Programme

MOST = 25
PAUSE = timedelta(minutes=30)


@require_safe
def pages(request: SignedIn) -> HttpResponse:
    """Pages, newest first; `state`, `cause`, `programme`, `before` in the address."""
    state = request.GET.get("state", "")
    state = state if state in STATES else "open"
    found = list(_asked(request, state)[: MOST + 1])
    facts = {
        "rows": lines(found[:MOST]),
        "last": found[MOST - 1].pk if len(found) > MOST else None,
        "names": names_of(page.acknowledged_by for page in found),
        "state": state,
        "states": STATES,
        "causes": Cause.choices,
        "programmes": list(Programme.objects.visible_to(request.user)),
        "may_write": bool(ANSWERING & request.user.roles()),
        "token": uuid.uuid4().hex,
    }
    return show(request, "paging/pages.html", facts, part="paging/_pages.html")


def _asked(request: SignedIn, state: str) -> PageQuerySet:
    asked = request.GET
    rows = chosen(Page.objects.visible_to(request.user), state=state, cause=asked.get("cause", ""))
    if key := asked.get("programme"):
        rows = rows.filter(programme__key=key)
    if (before := whole_number(asked.get("before", ""))) is not None:
        rows = rows.filter(pk__lt=before)
    return rows.with_course().order_by("-id")


@require_POST
def acknowledge(request: SignedIn, key: uuid.UUID) -> HttpResponse:
    """Take a page; who comes second is told who was first."""
    page = _mine(request, key)
    is_first = services.acknowledge(
        page=page, person=request.user, through=Through.PAGE, origin="page", now=clock.now()
    )
    page.refresh_from_db()
    if is_first:
        said(request, f"You have it: {page.words}", undo=reverse("page-reopen", args=[key]))
    else:
        warned(request, f"{_name(page.acknowledged_by)} was faster; nothing is left to do here.")
    return back_to(request, reverse("paging"))


@require_POST
def reopen(request: SignedIn, key: uuid.UUID) -> HttpResponse:
    """It was not over: the escalation begins again."""
    page = _mine(request, key)
    if services.reopen_page(page=page, actor=request.user.username, origin="page",
                            now=clock.now()):  # fmt: skip
        said(request, "It goes on from its first step.")
    return back_to(request, reverse("paging"))


@require_POST
def pause(request: SignedIn, key: uuid.UUID) -> HttpResponse:
    """Half an hour of peace; then it goes on by itself."""
    page, now = _mine(request, key), clock.now()
    who = request.user.username
    if services.pause_page(page=page, until=now + PAUSE, actor=who, origin="page", now=now):
        said(request, "Nobody is told for 30 minutes; then it goes on by itself.")
    else:
        warned(request, "It is over already.")
    return back_to(request, reverse("paging"))


@require_POST
def page_me(request: SignedIn) -> HttpResponse:
    """“Page me now (test)”; twice with one form is one page."""
    rows = Programme.objects.visible_to(request.user)
    key = request.POST.get("programme", "")
    programme = (rows.filter(key=key) if key else rows).first()
    if programme is None:
        warned(request, "You are in no programme yet.")
        return back_to(request, reverse("paging"))
    need_role(request, programme.pk)
    try:
        services.page_me(programme=programme, person=request.user,
                         token=request.POST.get("token") or uuid.uuid4().hex, origin="page",
                         now=clock.now())  # fmt: skip
    except services.UnableToPage as problem:
        warned(request, str(problem))
    else:
        said(request, "You are paged now: look at your phone, then acknowledge.")
    return back_to(request, reverse("paging"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of an e-mail: a page with one button. Scanners of mail follow links, so looking
    changes nothing; the button acknowledges, without a session."""
    try:
        read = read_link(token)
    except LinkExpired:
        return refuse(request, 404, "This link is too old. Sign in and acknowledge there.")
    found = _linked(read) if read else None
    if found is None:
        return refuse(request, 404, "This link is none of ours.")
    page, person = found
    now = clock.now()
    if not services.may_take(page=page, person=person, now=now):  # they left it since, or look on
        return refuse(request, 403, "You have no role in this programme that may acknowledge.")
    is_first = request.method == "POST" and services.acknowledge(
        page=page, person=person, through=Through.LINK, origin="link", now=now
    )
    page.refresh_from_db()
    facts = {"page": page, "person": person, "is_first": is_first,
             "by": _name(page.acknowledged_by)}  # fmt: skip
    return show(request, "paging/link.html", facts)


def _linked(read: Link) -> tuple[Page, Person] | None:
    """The page and the person of a link; None when one of them is not there any more."""
    person = Person.objects.filter(username=read.username, is_active=True).first()
    if person is None:
        return None
    page = Page.objects.filter(key=read.page_key).select_related("programme").first()
    return (page, person) if page is not None else None


def _mine(request: SignedIn, key: uuid.UUID) -> Page:
    page = get_object_or_404(Page.objects.visible_to(request.user), key=key)
    need_role(request, page.programme_id)
    return page


def _name(username: str) -> str:
    return names_of([username]).get(username, username)
