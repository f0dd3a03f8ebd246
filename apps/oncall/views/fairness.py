"""The page of the fairness ledger, and the same as CSV."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.pages import SignedIn
from apps.core import clock
from apps.core.pages import show
from apps.core.periods import Period, local_midnight
from apps.oncall.access import decides
from apps.oncall.fairness import LONGEST, Fairness, fairness, fairness_csv
from apps.oncall.forms import RangeForm
from apps.rollouts.models import Programme
from apps.rollouts.views.schedule import programme_of

DAY = timedelta(days=1)
WEEKS = timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class Quick:
    """A range one click away, both days part of it."""

    label: str
    since: date
    until: date


@require_safe
def page(request: SignedIn) -> HttpResponse:
    """`?from=2022-05-02&to=2022-05-29`, both days part of it, `rota`, `duty`, `programme`. Days are
    the reader's; without any it is the last four weeks."""
    programme, programmes = programme_of(request)
    facts: dict[str, Any] = {"programme": programme, "programmes": programmes}
    if programme is None:
        return show(request, "oncall/fairness.html", facts)
    quick = _quick(programme, clock.now().astimezone(_zone(request)).date())
    form = _form(request, quick[0])
    found = _found(request, programme, form) if form.is_valid() else None
    facts |= {
        "quick": quick,
        "form": form,
        "found": found,
        "rota": request.GET.get("rota", ""),
        "duty": request.GET.get("duty", ""),
        "zone": request.user.time_zone,
        "may_make": decides(request.user, programme.pk),
    }
    return show(request, "oncall/fairness.html", facts, status=200 if found else 400)


@require_safe
def download(request: SignedIn) -> HttpResponse:
    """The rows of the page as CSV; 400 in words for days that are none."""
    programme, _ = programme_of(request)
    if programme is None:
        raise Http404
    today = clock.now().astimezone(_zone(request)).date()
    form = _form(request, _quick(programme, today)[0])
    if not form.is_valid():
        words = "; ".join(f"{label}: {wrong}" for _, label, wrong in form.problems)
        return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")
    days = form.cleaned_data
    name = f"fairness-{days['since']}-{days['until']}.csv"
    return HttpResponse(
        fairness_csv(_found(request, programme, form)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _zone(request: SignedIn) -> ZoneInfo:
    return ZoneInfo(request.user.time_zone)


def _quick(programme: Programme, today: date) -> list[Quick]:
    whole = programme.last_week + timedelta(days=programme.go_live_days) - DAY
    return [
        Quick("Last 4 weeks", today - WEEKS, today - DAY),
        Quick("Programme", programme.first_week, min(whole, programme.first_week + LONGEST - DAY)),
        Quick("Next 4 weeks", today, today + WEEKS - DAY),
    ]


def _form(request: SignedIn, usual: Quick) -> RangeForm:
    since = request.GET.get("from") or str(usual.since)
    until = request.GET.get("to") or str(usual.until)
    return RangeForm({"since": since, "until": until})


def _found(request: SignedIn, programme: Programme, form: RangeForm) -> Fairness:
    days, zone = form.cleaned_data, _zone(request)
    window = Period(local_midnight(days["since"], zone), local_midnight(days["until"] + DAY, zone))
    found = fairness(
        programme, window, rota=request.GET.get("rota", ""), duty=request.GET.get("duty", "")
    )
    if found is None:
        raise Http404
    return found
