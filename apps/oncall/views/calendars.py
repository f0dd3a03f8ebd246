"""Calendars a rota's shifts come from: added, looked at, read now, removed."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import names_of
from apps.accounts.pages import SignedIn, need_role
from apps.core import clock
from apps.core.forms import PageForm
from apps.core.pages import back_to, said, show, warned
from apps.oncall.access import decides
from apps.oncall.forms.calendars import CalendarForm, NewerFileForm
from apps.oncall.models import CalendarSource, Rota
from apps.oncall.services import (
    Applied,
    UnableToUseCalendar,
    add_calendar,
    draft_file,
    draft_newer,
    preview_draft,
    read_now,
    remove_calendar,
    take_draft,
)
from apps.oncall.views.asking import sentence

MOST_CHANGES = 60
GET_OR_POST = ["GET", "HEAD", "POST"]


@require_http_methods(GET_OR_POST)
def add(request: SignedIn, pk: int) -> HttpResponse:
    """A new calendar of a rota: an address counts at once, a file is looked at first."""
    rows = Rota.objects.visible_to(request.user).with_facts().select_related("programme")
    rota: Rota = get_object_or_404(rows, pk=pk)
    need_role(request, rota.programme_id)
    duties = rota.facts().duties()
    form = CalendarForm(request.POST or None, request.FILES or None, duties=duties)
    source = _added(request, rota, form) if form.is_valid() else None
    if source is None:
        status = 422 if form.is_bound else 200
        facts = {"rota": rota, "form": form, "title": "Add a calendar", "button": "Add it"}
        return show(request, "oncall/calendar_form.html", facts, status=status)
    if source.confirmed_at is None:
        return back_to(request, reverse("calendar-look", args=[source.pk]))
    said(request, f"{source} is added; it is read in a moment.")
    return back_to(request, reverse("rota-page", args=[pk]))


def _added(request: SignedIn, rota: Rota, form: CalendarForm) -> CalendarSource | None:
    facts = form.cleaned_data
    by = {"rota": rota, "duty": facts["duty"], "actor": request.user.username, "now": clock.now()}
    try:
        if facts["url"]:
            return add_calendar(url=facts["url"], origin="page", **by)
        name, content = form.given()
        return draft_file(name=name, content=content, **by)
    except UnableToUseCalendar as problem:
        _refuse(form, problem)
        return None


def _refuse(form: PageForm, problem: UnableToUseCalendar) -> None:
    form.add_error(problem.field if problem.field in form.fields else None, sentence(problem))


@require_http_methods(GET_OR_POST)
def newer_file(request: SignedIn, pk: int) -> HttpResponse:
    """A newer file of a calendar that came as one."""
    source = _own(request, pk)
    if not source.is_file:
        raise Http404
    form = NewerFileForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        name, content = form.given()
        try:
            draft_newer(source=source, name=name, content=content, now=clock.now())
        except UnableToUseCalendar as problem:
            _refuse(form, problem)
        else:
            return back_to(request, reverse("calendar-look", args=[pk]))
    facts = {"rota": source.rota, "form": form, "title": f"Newer file of {source}",
             "button": "Look at it"}  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return show(request, "oncall/calendar_form.html", facts, status=status)


@require_http_methods(GET_OR_POST)
def look(request: SignedIn, pk: int) -> HttpResponse:
    """What a file would change; POST takes it over."""
    source = _own(request, pk)
    if not source.draft:
        raise Http404
    if request.method == "POST":
        return _take_over(request, source)
    try:
        preview, reading, applied = preview_draft(source=source, now=clock.now())
    except UnableToUseCalendar as problem:
        facts: dict[str, Any] = {"problem": sentence(problem)}
        return _look_page(request, source, facts, status=409)
    facts = {
        "changes": preview.changes[:MOST_CHANGES], "hours": preview.hours(),
        "more": max(0, len(preview.changes) - MOST_CHANGES), "names": preview.people,
        "shifts": len(reading.bookings), "troubles": reading.troubles, "counted": _counted(applied),
    }  # fmt: skip
    return _look_page(request, source, facts, status=200)


def _take_over(request: SignedIn, source: CalendarSource) -> HttpResponse:
    looked_at = request.POST.get("looked_at", "")
    try:
        applied = take_draft(source=source, looked_at=looked_at, actor=request.user.username,
                             origin="page", now=clock.now())  # fmt: skip
    except UnableToUseCalendar as problem:
        warned(request, sentence(problem))
        return back_to(request, reverse("calendar-look", args=[source.pk]))
    said(request, f"{source.draft_name} is taken over: {_counted(applied)}.")
    return back_to(request, reverse("calendar-page", args=[source.pk]))


def _look_page(
    request: SignedIn, source: CalendarSource, facts: dict[str, Any], status: int
) -> HttpResponse:
    usual = {"source": source, "rota": source.rota, "zone": ZoneInfo(request.user.time_zone)}
    return show(request, "oncall/calendar_look.html", usual | facts, status=status)


def _counted(applied: Applied) -> str:
    if not applied:
        return "nothing changes"
    return f"{applied.made} made, {applied.withdrawn} taken back"


@require_safe
def one(request: SignedIn, pk: int) -> HttpResponse:
    """A calendar: how reading it goes, its shifts to come, what in it makes no shift."""
    source = _found(request, pk)
    if source.confirmed_at is None:
        raise Http404
    now = clock.now()
    shifts = source.shifts.filter(ends_at__gt=now).select_related("person", "override")
    facts = {
        "source": source, "rota": source.rota, "shifts": shifts,
        "troubles": source.troubles_told(), "names": names_of([source.made_by]),
        "may_edit": decides(request.user, source.rota.programme_id),
    }  # fmt: skip
    return show(request, "oncall/calendar.html", facts)


@require_POST
def read(request: SignedIn, pk: int) -> HttpResponse:
    """Read it as soon as a worker is there."""
    source = _own(request, pk)
    read_now(source=source, now=clock.now())
    said(request, f"{source} is read in a moment.")
    return back_to(request, reverse("calendar-page", args=[pk]))


@require_http_methods(GET_OR_POST)
def remove(request: SignedIn, pk: int) -> HttpResponse:
    """Says first whose shifts go; POST removes it."""
    source, now = _own(request, pk), clock.now()
    if request.method == "POST":
        count = remove_calendar(source=source, actor=request.user.username, origin="page", now=now)
        said(request, f"{source} is removed; shifts taken back: {count}.")
        return back_to(request, reverse("rota-page", args=[source.rota_id]))
    shifts = source.shifts.filter(override__ends_at__gt=now).select_related("person", "override")
    facts = {"source": source, "rota": source.rota, "shifts": shifts}
    return show(request, "oncall/calendar_remove.html", facts)


def _found(request: SignedIn, pk: int) -> CalendarSource:
    rows = CalendarSource.objects.visible_to(request.user).select_related("rota__programme")
    source: CalendarSource = get_object_or_404(rows, pk=pk)
    return source


def _own(request: SignedIn, pk: int) -> CalendarSource:
    """A calendar of a rota this person decides about; or 404, or 403."""
    source = _found(request, pk)
    need_role(request, source.rota.programme_id)
    return source
