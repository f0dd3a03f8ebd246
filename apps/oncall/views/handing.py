"""Hand-overs between shifts: the list, one with its note, acknowledging; the brief of a shift."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import names_of
from apps.accounts.pages import SignedIn
from apps.core import clock
from apps.core.numbers import whole_number
from apps.core.pages import back_to, said, show, warned
from apps.core.panels import panels
from apps.oncall.brief import brief_of
from apps.oncall.forms.handing import NoteForm
from apps.oncall.handing import (
    SHOWS,
    chosen,
    first_note,
    may_acknowledge,
    may_write,
    waiting_for,
)
from apps.oncall.models import HandOver, Rota, ShiftBrief
from apps.oncall.services import (
    UnableToHandOver,
    acknowledge_hand_over,
    hand_over_note,
    write_note,
)
from apps.oncall.views.asking import sentence

MOST = 25


@require_safe
def hand_overs(request: SignedIn) -> HttpResponse:
    """Hand-overs, the latest first; `show`, `rota` (its id), `offset` in the address."""
    now, asked = clock.now(), request.GET.get("show", "")
    rows = chosen(HandOver.objects.visible_to(request.user), request.user, asked)
    if (rota := whole_number(request.GET.get("rota", ""))) is not None:
        rows = rows.filter(rota=rota)
    offset = min(whole_number(request.GET.get("offset", "")) or 0, 100_000)
    found = list(rows.with_people()[offset : offset + MOST + 1])
    facts = {
        "now": now,
        "rows": found[:MOST],
        "older": offset + MOST if len(found) > MOST else None,
        "show": asked if asked in SHOWS else "mine",
        "shows": SHOWS,
        "rotas": list(Rota.objects.visible_to(request.user)),
        "rota": rota,
        "waiting": waiting_for(request.user, now),
    }
    return show(request, "oncall/hand_overs.html", facts, part="oncall/_hand_overs.html")


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: SignedIn, pk: int) -> HttpResponse:
    """One hand-over; a POST keeps the note, with `hand` it is handed over."""
    row, now = _found(request, pk), clock.now()
    if request.method == "POST":
        return _write(request, row)
    note = first_note(row, now)
    initial = {"version": row.version, "open_items": note.open_items, "watch": note.watch}
    return _page(request, row, NoteForm(initial=initial))


def _write(request: SignedIn, row: HandOver) -> HttpResponse:
    form = NoteForm(request.POST)
    if not may_write(row, request.user) and row.acknowledged_at is None:
        raise PermissionDenied("Who goes writes the note, or who decides in the programme.")
    if not form.is_valid():
        return _page(request, row, form, status=422)
    is_handing = "hand" in request.POST
    try:
        made = (hand_over_note if is_handing else write_note)(
            hand_over=row, note=form.note(), version=form.cleaned_data["version"],
            actor=request.user.username, origin="page", now=clock.now(),
        )  # fmt: skip
    except UnableToHandOver as problem:
        form.add_error(None, sentence(problem))
        return _page(request, _found(request, row.pk), form, status=422)
    said(request, f"Handed over to {made.incoming}." if is_handing else "The draft is kept.")
    return back_to(request, reverse("shift-hand-over", args=[row.pk]))


def _page(request: SignedIn, row: HandOver, form: NoteForm, status: int = 200) -> HttpResponse:
    now = clock.now()
    facts = {
        "now": now,
        "row": row,
        "form": form if may_write(row, request.user) else None,
        "is_asked_for": row.is_asked_for(now),
        "may_acknowledge": may_acknowledge(row, request.user),
        "names": names_of([row.written_by, row.acknowledged_by]),
    }
    return show(request, "oncall/hand_over.html", facts, status=status)


@require_POST
def acknowledge(request: SignedIn, pk: int) -> HttpResponse:
    """Whoever comes has read it; who comes second is told who was first."""
    row = _found(request, pk)
    if not may_acknowledge(row, request.user):
        raise PermissionDenied("Who comes acknowledges it, or who decides in the programme.")
    try:
        is_first = acknowledge_hand_over(
            hand_over=row, person=request.user, origin="page", now=clock.now()
        )
    except UnableToHandOver as problem:
        warned(request, sentence(problem))
    else:
        _tell(request, row, is_first=is_first)
    return back_to(request, reverse("shift-hand-over", args=[pk]))


def _tell(request: SignedIn, row: HandOver, *, is_first: bool) -> None:
    row.refresh_from_db()
    if is_first or row.acknowledged_by == request.user.username:
        said(request, f"Acknowledged: {row.duty} is {row.incoming}’s now.")
    else:
        who = names_of([row.acknowledged_by]).get(row.acknowledged_by, row.acknowledged_by)
        warned(request, f"{who} has acknowledged it already.")


@require_safe
def brief(request: SignedIn, pk: int) -> HttpResponse:
    """What to know when a shift begins."""
    rows = ShiftBrief.objects.visible_to(request.user).with_people()
    row = get_object_or_404(rows, pk=pk)
    now = clock.now()
    facts = {"now": now, "row": row, "brief": brief_of(row),
             "panels": panels(request, "brief", row, now)}  # fmt: skip
    return show(request, "oncall/brief.html", facts)


def _found(request: SignedIn, pk: int) -> HandOver:
    rows = HandOver.objects.visible_to(request.user).with_people()
    row: HandOver = get_object_or_404(rows, pk=pk)
    return row
