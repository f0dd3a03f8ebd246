"""Downtimes of holidays: the list, one to adjust, confirm or put aside; what a rota mutes."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import names_of
from apps.accounts.pages import SignedIn, need_role
from apps.core import clock
from apps.core.numbers import whole_number
from apps.core.pages import back_to, said, show, warned
from apps.oncall.forms.holidays import DowntimeForm, MuteForm, NotNeededForm
from apps.oncall.holidays import may_decide, on_duty_then
from apps.oncall.models import HolidayDuty, Rota
from apps.oncall.rules.breaks import as_bodies, as_text
from apps.oncall.services import (
    UnableToPrepare,
    Wanted,
    adjust_holiday,
    confirm_holiday,
    reopen_holiday,
    set_mute,
    withdraw_holiday,
)
from apps.oncall.views.asking import sentence

MOST = 25
WHO = "Who is on duty confirms it, or who decides in the programme."


@require_safe
def every(request: SignedIn) -> HttpResponse:
    """Downtimes of holidays, the latest first; `offset` in the address."""
    offset = min(whole_number(request.GET.get("offset", "")) or 0, 100_000)
    rows = HolidayDuty.objects.visible_to(request.user).with_people()
    found = list(rows[offset : offset + MOST + 1])
    facts = {
        "rows": found[:MOST],
        "older": offset + MOST if len(found) > MOST else None,
        "rotas": list(Rota.objects.visible_to(request.user)),
        "names": names_of({row.decided_by for row in found}),
    }
    return show(request, "oncall/holidays.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: SignedIn, pk: int) -> HttpResponse:
    """One with the text to copy; a POST keeps other hours or other monitors."""
    row = _found(request, pk)
    if request.method == "POST":
        return _adjust(request, row)
    facts = {"version": row.version, "start": row.starts_at, "end": row.ends_at, "mute": row.mute}
    return _page(request, row, DowntimeForm(initial=facts))


def _adjust(request: SignedIn, row: HolidayDuty) -> HttpResponse:
    form = DowntimeForm(request.POST)
    _need(request, row)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    facts, period = form.cleaned_data, form.period()
    if [_minute(at) for at in period] == [_minute(at) for at in row.period]:
        period = row.period
    try:
        adjust_holiday(duty=row, period=period, mute=facts["mute"], version=facts["version"],
                       wanted=_wanted(request))  # fmt: skip
    except UnableToPrepare as problem:
        form.add_error(None, sentence(problem))
        return _page(request, _found(request, row.pk), form, status=422)
    said(request, "Adjusted: the text to copy says so too.")
    return back_to(request, reverse("holiday-duty-page", args=[row.pk]))


def _page(
    request: SignedIn, row: HolidayDuty, form: DowntimeForm, status: int = 200
) -> HttpResponse:
    now = clock.now()
    is_open = row.state == "prepared" and row.ends_at > now
    may = may_decide(row, request.user)
    facts: dict[str, Any] = {
        "now": now,
        "row": row,
        "form": form if may and is_open else None,
        "may_reopen": may and row.state != "prepared" and row.ends_at > now,
        "is_over": row.ends_at <= now,
        "text": as_text(row.downtime),
        "bodies": as_bodies(row.downtime),
        "then": on_duty_then(row),
        "names": names_of([row.decided_by]),
    }
    return show(request, "oncall/holiday.html", facts, status=status)


@require_POST
def confirm(request: SignedIn, pk: int) -> HttpResponse:
    """It is in Datadog now; who comes second is told who was first."""
    row = _found(request, pk)
    _need(request, row)
    version = whole_number(request.POST.get("version", ""))
    try:
        confirm_holiday(duty=row, wanted=_wanted(request), version=version)
    except UnableToPrepare as problem:
        warned(request, sentence(problem))
    else:
        _tell(request, row)
    return back_to(request, reverse("holiday-duty-page", args=[pk]))


def _tell(request: SignedIn, row: HolidayDuty) -> None:
    row.refresh_from_db()
    if row.decided_by == request.user.username:
        undo = reverse("holiday-duty-page-reopen", args=[row.pk])
        said(request, f"Confirmed: the downtime for {row.names} is in Datadog.", undo=undo)
    else:
        who = names_of([row.decided_by]).get(row.decided_by, row.decided_by)
        warned(request, f"{who} has confirmed it already.")


@require_POST
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Nobody needs it, and why."""
    row, form = _found(request, pk), NotNeededForm(request.POST)
    _need(request, row)
    home = back_to(request, reverse("holiday-duty-page", args=[pk]))
    if not form.is_valid():
        warned(request, " ".join(words for _, _, words in form.problems))
        return home
    facts = form.cleaned_data
    try:
        withdraw_holiday(duty=row, reason=facts["reason"], wanted=_wanted(request),
                         version=facts["version"])  # fmt: skip
    except UnableToPrepare as problem:
        warned(request, sentence(problem))
    else:
        undo = reverse("holiday-duty-page-reopen", args=[pk])
        said(request, "It is not needed.", undo=undo)
    return home


@require_POST
def reopen(request: SignedIn, pk: int) -> HttpResponse:
    """It waits again."""
    row = _found(request, pk)
    _need(request, row)
    try:
        reopen_holiday(duty=row, wanted=_wanted(request))
    except UnableToPrepare as problem:
        warned(request, sentence(problem))
    else:
        said(request, "It waits to be confirmed again.")
    return back_to(request, reverse("holiday-duty-page", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def mute(request: SignedIn, pk: int) -> HttpResponse:
    """What downtimes of a rota mute."""
    rota = get_object_or_404(Rota.objects.visible_to(request.user), pk=pk)
    need_role(request, rota.programme_id)
    form = MuteForm(request.POST if request.method == "POST" else None, initial={"mute": rota.mute})
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return show(request, "oncall/mute.html", {"rota": rota, "form": form}, status=status)
    set_mute(rota=rota, mute=form.cleaned_data["mute"], wanted=_wanted(request))
    said(request, "The next downtime that is prepared mutes this.")
    return back_to(request, reverse("rota-page", args=[pk]))


def _minute(at: Any) -> Any:
    return at.replace(second=0, microsecond=0)


def _wanted(request: SignedIn) -> Wanted:
    return Wanted(actor=request.user.username, origin="page", now=clock.now())


def _need(request: SignedIn, row: HolidayDuty) -> None:
    if not may_decide(row, request.user):
        raise PermissionDenied(WHO)


def _found(request: SignedIn, pk: int) -> HolidayDuty:
    rows = HolidayDuty.objects.visible_to(request.user).with_people()
    row: HolidayDuty = get_object_or_404(rows, pk=pk)
    return row
