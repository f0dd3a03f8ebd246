"""Putting somebody on duty for a period or a whole turn, and taking that back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.pages import SignedIn
from apps.core import clock
from apps.core.pages import back_to, said, warned
from apps.oncall.access import decides, may_withdraw
from apps.oncall.candidates import candidates
from apps.oncall.forms import OverrideForm
from apps.oncall.mine import coming
from apps.oncall.models import Override, Rota
from apps.oncall.rules import Stint
from apps.oncall.services import (
    LONGEST,
    Part,
    Stand,
    UnableToOverride,
    put_on_duty,
    put_on_turn,
    withdraw_override,
)
from apps.oncall.views.asking import form_page, refuse, rota_of, sentence, spoken, told

USUAL = timedelta(hours=8)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the address proposes: a duty, a period, the turn it lies in if there is one, and whether
    it is all that is left of that turn."""

    duty: str
    start: datetime
    end: datetime
    turn: Stint | None
    is_turn: bool


@require_http_methods(["GET", "HEAD", "POST"])
def override(request: SignedIn) -> HttpResponse:
    """Who decides puts anybody on duty; others take a shift themselves."""
    rota = rota_of(request)
    wish = _wish(request, rota)
    form = _form(request, rota, wish)
    is_deciding = decides(request.user, rota.programme_id)
    title = "Put somebody on duty" if is_deciding else "Take a shift"
    facts: dict[str, Any] = {
        "title": title, "button": title, "back": reverse("oncall-week"),
        "lead": f"{rota}. {_zones(request, rota)}",
    }  # fmt: skip
    if request.method != "POST":
        return form_page(request, form, **facts)
    if not form.is_valid():
        return form_page(request, form, status=422, **facts)
    try:
        made = _put(request, rota, wish, form)
    except UnableToOverride as problem:
        refuse(form, problem)
        return form_page(request, form, status=422, **facts)
    undo = reverse("override-page-withdraw", args=[made[0].pk]) if len(made) == 1 else ""
    when = spoken(made[0].starts_at, made[-1].ends_at)
    said(request, f"{made[0].person} has {made[0].duty}: {when}.", undo=undo)
    return back_to(request, reverse("oncall-week"))


def _zones(request: SignedIn, rota: Rota) -> str:
    own = request.user.time_zone
    there = "" if own == rota.time_zone else f"; the rota keeps {rota.time_zone}"
    return f"Times are in {own}{there}."


def _form(request: SignedIn, rota: Rota, wish: Wish) -> OverrideForm:
    given = request.POST if request.method == "POST" else None
    initial = {
        "duty": wish.duty, "start": wish.start, "end": wish.end,
        "person": request.GET.get("person", ""),
    }  # fmt: skip
    form = OverrideForm(
        given, initial=initial, duties=rota.facts().duties(),
        candidates=candidates(rota, request.user, wish.start, wish.end),
    )  # fmt: skip
    if wish.turn is None or wish.is_turn:
        del form.fields["turn"]
    else:
        form.fields["turn"].label = f"The whole turn, {told(wish.turn)}"
    return form


def _put(request: SignedIn, rota: Rota, wish: Wish, form: OverrideForm) -> list[Override]:
    facts, person = form.cleaned_data, form.chosen().person
    by: dict[str, Any] = {"actor": request.user.username, "origin": "page", "now": clock.now()}
    is_whole = facts.get("turn") or (wish.is_turn and form.keeps(wish.start, wish.end))
    if is_whole and wish.turn is not None and facts["duty"] == wish.duty:
        part = Part(duty=wish.duty, slot=wish.turn.slot, around=wish.turn.start)
        return put_on_turn(rota=rota, part=part, person=person, reason=facts["reason"], **by)
    stand = Stand(
        duty=facts["duty"], person=person, start=facts["start"], end=facts["end"],
        reason=facts["reason"],
    )  # fmt: skip
    return [put_on_duty(rota=rota, stand=stand, **by)]


def _wish(request: SignedIn, rota: Rota) -> Wish:
    """From the address; what it does not say, or says wrongly, is eight hours from now."""
    now = clock.now().replace(second=0, microsecond=0)
    duty, slot = request.GET.get("duty", ""), request.GET.get("slot", "")
    start = max(_instant(request, "start") or now, now)
    end = _instant(request, "end") or start + USUAL
    if not start < end <= start + LONGEST:
        end = start + USUAL
    turn = next(
        (one for one in coming(rota, now)
         if slot and one.is_whole and (one.duty, one.slot) == (duty, slot)), None,
    )  # fmt: skip
    left = [(max(one.start, now), one.end) for one in turn.shifts if one.end > now] if turn else []
    return Wish(duty=duty, start=start, end=end, turn=turn, is_turn=left == [(start, end)])


def _instant(request: SignedIn, name: str) -> datetime | None:
    try:
        found = parse_datetime(request.GET.get(name, ""))
    except ValueError:
        return None
    return found if found and is_aware(found) else None


@require_POST
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Take an override back: gone where it has not begun, else it ends now."""
    rows = Override.objects.visible_to(request.user).select_related("rota", "person")
    row = get_object_or_404(rows, pk=pk)
    if not may_withdraw(row, request.user):
        raise PermissionDenied("You may not take this back: ask who decides in this programme.")
    try:
        withdraw_override(override=row, actor=request.user.username, origin="page", now=clock.now())
    except UnableToOverride as problem:
        warned(request, sentence(problem))
    else:
        said(request, f"Taken back: {row.person} does not stand in as {row.duty}.")
    return back_to(request, reverse("oncall-week"))
