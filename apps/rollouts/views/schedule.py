"""Pages of the schedule: timeline and calendar, a change with its preview, what was decided."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.pages import SignedIn, need_role
from apps.core import clock
from apps.core.numbers import whole_number
from apps.core.pages import back_to, said, show, warned
from apps.core.paging import page_of
from apps.rollouts.choices import ChangeKind
from apps.rollouts.effects import effects_of
from apps.rollouts.forms import ChangeForm
from apps.rollouts.go_no_go import verdicts_of
from apps.rollouts.models import GoLive, Programme, ScheduleChange
from apps.rollouts.services import (
    Decision,
    StaleSchedule,
    UnableToChangeSchedule,
    Wish,
    announce_change,
    change_schedule,
    preview_change,
    undo_change,
)
from apps.rollouts.standing import day_of
from apps.rollouts.timeline import DAY, Shown, counted, month_of, slots_of, weeks_of
from apps.rollouts.views.sites import labels_of

DECIDING = frozenset({"pm", "dm", "administrator"})
VIEWS = ("timeline", "calendar")
WHY = frozenset({"reason", "decided_by"})  # not needed to look at a preview
SIZE = 30
SOME = 20  # go-lives of a change beside it; all of them have a page of their own
MOST = 5000  # go-lives in one change


@require_safe
def schedule(request: SignedIn) -> HttpResponse:
    """The programme week by week, or month by month; filters in the address."""
    now = clock.now()
    programme, programmes = programme_of(request)
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "timeline"
    asked = Shown.of(request.GET.dict())
    facts: dict[str, Any] = {
        "now": now,
        "programme": programme,
        "programmes": programmes,
        "view": view,
        "asked": asked,
        "labels": labels_of(programmes),
        "may_write": bool(programme and DECIDING & request.user.roles_in(programme.pk)),
    }
    if programme is not None:
        facts |= _shown(programme, asked, view, request.GET.get("month", ""), now)
    return show(request, "rollouts/schedule.html", facts, part="rollouts/_schedule.html")


def _shown(
    programme: Programme, asked: Shown, view: str, month: str, now: datetime
) -> dict[str, Any]:
    slots = slots_of(programme, asked, now)
    today = now.astimezone(ZoneInfo(programme.time_zone)).date()
    facts: dict[str, Any] = {
        "sites": len(counted(slots)),
        "products": programme.products.all(),
        "regions": sorted({slot.region for slot in slots if slot.region}),
    }
    if view == "timeline":
        weeks = weeks_of(programme, slots, today)
        words = verdicts_of([wave for week in weeks for wave in week.waves], now)
        return facts | {"weeks": weeks, "verdicts": words}
    first = day_of(f"{month}-01") or _usual_month(programme, today)
    return facts | {
        "month": first,
        "earlier": (first - DAY).replace(day=1),
        "later": (first + 31 * DAY).replace(day=1),
        "days": month_of(programme, slots, first, today),
        "weekday_names": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    }


def _usual_month(programme: Programme, today: date) -> date:
    """This month, or the programme's nearest to it."""
    return min(max(today, programme.first_week), programme.last_week).replace(day=1)


def programme_of(request: SignedIn) -> tuple[Programme | None, list[Programme]]:
    """The programme the address names, else the first of the person's; and all of them.

    Raises Http404 for one the person may not see.
    """
    programmes = list(Programme.objects.visible_to(request.user))
    key = request.GET.get("programme") or request.POST.get("programme") or ""
    found = [one for one in programmes if not key or one.key == key]
    if key and not found:
        raise Http404
    return (found[0] if found else None), programmes


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedIn) -> HttpResponse:
    """A change of go-lives: a form with its preview, then the change itself (`confirm`)."""
    asked = request.POST if request.method == "POST" else request.GET
    rows = chosen_of(request, asked.getlist("go_live"))
    programme = next(iter(rows.values())).programme if rows else None
    if programme is None:
        warned(request, "Choose at least one go-live first.")
        return back_to(request, reverse("schedule"))
    need_role(request, programme.pk)
    if request.method != "POST" or "kind" not in request.POST:
        return _begin(request, programme, rows)
    form = ChangeForm(request.POST)
    is_sure = "confirm" in request.POST
    if not form.is_valid() and (is_sure or set(form.errors) - WHY):
        return _form(request, programme, rows, form, status=422)
    if is_sure:
        return _make(request, programme, rows, form)
    again = ChangeForm(initial=request.POST.dict())  # looked at again: nothing is missing yet
    return _form(request, programme, rows, again, **_previewed(programme, rows, form))


def _begin(request: SignedIn, programme: Programme, rows: dict[int, GoLive]) -> HttpResponse:
    """The form with what is known: where something was dropped, who asks; previewed when it can."""
    asked = request.POST if request.method == "POST" else request.GET
    first = {name: asked[name] for name in ("kind", "to", "weeks") if asked.get(name)}
    first = {"kind": "move", "decided_by": request.user.name} | first
    probe = ChangeForm({**first, "reason": "-"})
    seen = _previewed(programme, rows, probe) if probe.is_valid() else {}
    return _form(request, programme, rows, ChangeForm(initial=first), **seen)


def _previewed(programme: Programme, rows: dict[int, GoLive], form: ChangeForm) -> dict[str, Any]:
    now = clock.now()
    preview = preview_change(programme=programme, wish=_wish(form, rows), now=now)
    return {
        "preview": preview,
        "refused": [(rows[pk], words) for pk, words in preview.refused.items()],
        "effects": effects_of(programme, preview.steps, now),
    }


def _wish(form: ChangeForm, rows: dict[int, GoLive]) -> Wish:
    facts = form.cleaned_data
    return Wish(
        kind=ChangeKind(facts["kind"]),
        go_lives=form.wanted(rows),
        scope=facts["scope"],
        tell=form.told(),
        versions=form.versions(),
    )


def chosen_of(request: SignedIn, values: list[str]) -> dict[int, GoLive]:
    """Go-lives by id; a value may hold several ids with commas. Those of one programme."""
    named = {whole_number(one) for value in values for one in value.split(",")}
    ids = sorted(one for one in named if one is not None)
    if len(ids) > MOST:
        warned(request, f"Only the first {MOST} go-lives are taken: more is too much for one page.")
    rows = GoLive.objects.visible_to(request.user).filter(pk__in=ids[:MOST])
    found = {row.pk: row for row in rows.select_related("programme", "site", "product")}
    programmes = {row.programme_id for row in found.values()}
    if len(programmes) > 1:
        first = min(programmes)
        found = {pk: row for pk, row in found.items() if row.programme_id == first}
    return found


def _form(
    request: SignedIn,
    programme: Programme,
    rows: dict[int, GoLive],
    form: ChangeForm,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    facts = {
        "programme": programme,
        "rows": rows.values(),
        "ids": ",".join(map(str, rows)),
        "seen": ",".join(f"{pk}:{row.version}" for pk, row in rows.items()),
        "form": form,
        "labels": labels_of([programme]),
        **more,
    }
    page, part = "rollouts/change.html", "rollouts/_change.html"
    return show(request, page, facts, part=part, status=status)


def _make(
    request: SignedIn, programme: Programme, rows: dict[int, GoLive], form: ChangeForm
) -> HttpResponse:
    facts, wish = form.cleaned_data, _wish(form, rows)
    decision = Decision(
        reason=facts["reason"], decided_by=facts["decided_by"],
        made_by=request.user.username, origin="page",
    )  # fmt: skip
    try:
        made = change_schedule(programme=programme, wish=wish, decision=decision, now=clock.now())
    except StaleSchedule as problem:
        rows = chosen_of(request, [str(pk) for pk in rows])
        form.add_error(None, _changed_meanwhile(rows, problem))
        return _form(request, programme, rows, form, 409, **_previewed(programme, rows, form))
    except UnableToChangeSchedule as problem:
        form.add_error(None, str(problem))
        return _form(request, programme, rows, form, status=409)
    page = f"{reverse('schedule')}?programme={programme.key}"
    if made is None:
        said(request, "Nothing to change: all of them stand so already.")
        return back_to(request, page)
    count = made.items.count()
    words = f"{count} go-live{'' if count == 1 else 's'}: {made.get_kind_display().lower()}."
    said(request, words, undo=reverse("schedule-change-undo", args=[made.pk]))
    return back_to(request, page)


def _changed_meanwhile(rows: dict[int, GoLive], problem: StaleSchedule) -> str:
    numbers = sorted({rows[pk].site.number for pk in problem.go_lives if pk in rows})
    named = ", ".join(numbers) or "one of them"
    return f"Somebody has changed {named} meanwhile: look at what it would do now."


@require_safe
def changes(request: SignedIn) -> HttpResponse:
    """Every decision about the schedule, newest first, with undo until it is announced."""
    programme, programmes = programme_of(request)
    rows = ScheduleChange.objects.visible_to(request.user).exclude(kind="plan")
    if programme is not None:
        rows = rows.filter(programme=programme)
    rows = rows.with_some_items(SOME)
    page = page_of(rows, column="id", is_down=True, query=request.GET.dict(), size=SIZE)
    here = f"?programme={programme.key}&" if programme else "?"
    facts = {
        "programme": programme,
        "programmes": programmes,
        "rows": page.rows,
        "newer": f"{here}{page.newer}" if page.newer else "",
        "older": f"{here}{page.older}" if page.older else "",
        "may_write": bool(programme and DECIDING & request.user.roles_in(programme.pk)),
    }
    return show(request, "rollouts/changes.html", facts, part="rollouts/_changes.html")


@require_POST
def undo(request: SignedIn, pk: int) -> HttpResponse:
    """Take a change back that was not announced."""
    return _act(request, pk, "undo")


@require_POST
def announce(request: SignedIn, pk: int) -> HttpResponse:
    """Note that those who had to be told have been."""
    return _act(request, pk, "announce")


def _act(request: SignedIn, pk: int, verb: str) -> HttpResponse:
    found = get_object_or_404(ScheduleChange.objects.visible_to(request.user), pk=pk)
    need_role(request, found.programme_id)
    act = undo_change if verb == "undo" else announce_change
    try:
        act(change=found, actor=request.user.username, origin="page", now=clock.now())
    except UnableToChangeSchedule as problem:
        warned(request, f"{problem}.")
    else:
        said(request, "It is undone." if verb == "undo" else "It counts as announced now.")
    key = f"?programme={found.programme.key}"
    return back_to(
        request, reverse("schedule" if verb == "undo" else "schedule-changes-page") + key
    )
