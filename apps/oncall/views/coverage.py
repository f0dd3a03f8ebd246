"""The page of the coverage proof: verdict, heat map, holes; accepting one, covering one."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import Person, names_of
from apps.accounts.pages import SignedIn, need_role
from apps.core import clock
from apps.core.pages import back_to, said, show, warned
from apps.core.periods import Period, local_midnight
from apps.oncall.access import DECIDING
from apps.oncall.coverage import SCOPES, by_zone, grouped, programme_window, prove
from apps.oncall.forms import AcceptForm, CoverForm, HoleForm
from apps.oncall.heat import heat
from apps.oncall.models import AcceptedHole, Rota
from apps.oncall.services import (
    Stand,
    UnableToAcceptHole,
    UnableToOverride,
    accept_hole,
    put_on_duty,
    withdraw_accepted_hole,
)
from apps.oncall.views.week import monday_named, week_named
from apps.rollouts.models import Programme, Site
from apps.rollouts.rules.shift import monday_of
from apps.rollouts.views.schedule import programme_of
from apps.rollouts.views.sites import labels_of

WEEK = timedelta(days=7)
MOST_HOLES = 60


@require_safe
def coverage(request: SignedIn) -> HttpResponse:
    """The proof of the rest of the programme, and a week of it hour by hour (`?week=2022-W26`)."""
    now, zone = clock.now(), ZoneInfo(request.user.time_zone)
    programme, programmes = programme_of(request)
    scope = request.GET.get("scope", "first-week")
    scope = scope if scope in SCOPES else "first-week"
    facts: dict[str, Any] = {"now": now, "programme": programme, "programmes": programmes}
    if programme is not None:
        facts |= _proof(request, programme, scope, zone)
    facts["may_write"] = bool(programme and DECIDING & request.user.roles_in(programme.pk))
    return show(request, "oncall/coverage.html", facts)


def _proof(request: SignedIn, programme: Programme, scope: str, zone: ZoneInfo) -> dict[str, Any]:
    now = clock.now()
    today = monday_of(now.astimezone(zone).date())
    monday = monday_named(request.GET.get("week", "")) or today
    shown = Period(local_midnight(monday, zone), local_midnight(monday + WEEK, zone))
    whole = prove(programme, programme_window(programme, now), scope)
    week = prove(programme, shown, scope)
    holes = grouped(hole for hole in week.found.holes if hole.end > now)
    accepted = list(AcceptedHole.objects.standing(programme).filter(ends_at__gt=now))
    return {
        "scope": scope,
        "proof": whole,
        "labels": labels_of([programme]),
        "whole_count": len(grouped(whole.found.holes)),
        "zones": by_zone(whole),
        "days": heat(week, monday, zone),
        "monday": monday,
        "sunday": monday + WEEK - timedelta(days=1),
        "previous": week_named(monday - WEEK),
        "following": week_named(monday + WEEK),
        "this": week_named(monday),
        "is_this_week": monday == today,
        "holes": holes[:MOST_HOLES],
        "more": len(holes) - MOST_HOLES,
        "names": names_of({*week.people, *(row.accepted_by for row in accepted)}),
        "accepted": accepted,
        "zone": request.user.time_zone,
    }


@require_POST
def accept(request: SignedIn) -> HttpResponse:
    """Live with a hole at the sites it concerns."""
    programme, form = _asked(request, AcceptForm)
    if not form.is_valid():
        return _refused(request, form)
    facts = form.cleaned_data
    try:
        row = accept_hole(
            programme=programme,
            sites=Site.objects.filter(number__in=facts["sites"].split(",")),
            duty=facts["duty"],
            start=facts["start"],
            end=facts["end"],
            reason=facts["reason"],
            actor=request.user.username,
            origin="page",
            now=clock.now(),
        )
    except UnableToAcceptHole as problem:
        warned(request, f"{problem}.")
    else:
        undo = reverse("coverage-withdraw", args=[row.pk])
        said(request, "The hole is accepted; the proof names it as an exception.", undo=undo)
    return back_to(request, reverse("coverage-page"))


@require_POST
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """What was accepted is a hole again."""
    rows = AcceptedHole.objects.filter(programme__in=Programme.objects.visible_to(request.user))
    row = get_object_or_404(rows, pk=pk)
    need_role(request, row.programme_id)
    who = request.user.username
    withdraw_accepted_hole(accepted=row, actor=who, origin="page", now=clock.now())
    said(request, "It counts as a hole again.")
    return back_to(request, reverse("coverage-page"))


@require_POST
def cover_hole(request: SignedIn) -> HttpResponse:
    """Put somebody on duty for a hole."""
    programme, form = _asked(request, CoverForm)
    if not form.is_valid():
        return _refused(request, form)
    facts = form.cleaned_data
    person = get_object_or_404(Person, username=facts["person"], memberships__programme=programme)
    rota = Rota.objects.for_programme(programme).with_facts().first()
    if rota is None:
        raise Http404
    stand = Stand(
        duty=facts["duty"],
        person=person,
        start=facts["start"],
        end=facts["end"],
        reason="closes a hole in coverage",
    )
    try:
        put_on_duty(
            rota=rota, stand=stand, actor=request.user.username, origin="page", now=clock.now()
        )
    except UnableToOverride as problem:
        warned(request, f"{problem}.")
    else:
        said(request, f"{person} is on duty then.")
    return back_to(request, reverse("coverage-page"))


def _asked(request: SignedIn, form: type[HoleForm]) -> tuple[Programme, Any]:
    rows = Programme.objects.visible_to(request.user)
    programme = get_object_or_404(rows, key=request.POST.get("programme", ""))
    need_role(request, programme.pk)
    return programme, form(request.POST)


def _refused(request: SignedIn, form: HoleForm) -> HttpResponse:
    words = next(iter(form.errors.values()))[0]
    warned(request, str(words))
    return back_to(request, reverse("coverage-page"))
