"""The checklist on pages: cells ticked in the matrix, a whole column, one item, undo."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import Person, names_of
from apps.accounts.pages import SignedIn, need_role
from apps.core import clock
from apps.core.guard import mask
from apps.core.numbers import whole_number
from apps.core.pages import back_to, said, show, warned
from apps.rollouts.choices import Readiness
from apps.rollouts.columns import Chosen, chosen_of, column_of
from apps.rollouts.forms import ColumnForm, OwnerForm, TickForm
from apps.rollouts.go_no_go import wave_path
from apps.rollouts.models import (
    Product,
    Programme,
    ReadinessBatch,
    ReadinessItem,
    ReadinessTemplate,
    Wave,
)
from apps.rollouts.rules.readiness import item_standing, may_tick
from apps.rollouts.services import (
    TICKING,
    NotYours,
    Tick,
    Ticked,
    UnableToTick,
    give_items,
    tick,
    undo_ticks,
)
from apps.rollouts.views.sites import labels_of
from apps.rollouts.views.waves import find_wave

MOST = 5000  # cells in one request


@require_POST
def tick_cells(request: SignedIn, programme: str, number: int) -> HttpResponse:
    """Cells of the matrix: `done` are those ticked now, `was` those that were when it was shown;
    only what differs is written, so that nobody undoes what others did meanwhile."""
    wave = find_wave(request, programme, number)
    need_role(request, wave.programme_id)
    done, was = _ids(request.POST.getlist("done")), _ids(request.POST.getlist("was"))
    wanted = dict.fromkeys(sorted(done - was), Tick(Readiness.DONE))
    wanted |= dict.fromkeys(sorted(was - done), Tick(Readiness.OPEN))
    _do(request, wave.programme, wanted)
    return back_to(request, wave_path(wave))


def _ids(values: Sequence[str]) -> set[int]:
    read = (whole_number(one) for one in values[:MOST])
    return {one for one in read if one is not None}


def _do(request: SignedIn, programme: Programme, wanted: dict[int, Tick]) -> Ticked | None:
    """Tick, and tell it with its undo. None when it was refused."""
    try:
        made = tick(
            programme=programme, wanted=wanted, by=request.user, origin="page", now=clock.now()
        )
    except NotYours as problem:
        raise PermissionDenied(f"{problem}.") from problem
    except UnableToTick as problem:
        warned(request, f"Nothing was ticked: {problem}.")
        return None
    if made.batch is None:
        said(request, "Nothing to change: they stand so already.")
    else:
        words = "1 item is" if made.changed == 1 else f"{made.changed} items are"
        kinds = {one.state for one in wanted.values()}
        how = kinds.pop().label.lower() if len(kinds) == 1 else "changed"
        said(request, f"{words} {how}.", undo=reverse("readiness-undo", args=[made.batch.pk]))
    return made


@require_POST
def undo_tick(request: SignedIn, pk: int) -> HttpResponse:
    """Take an act of ticking back as a whole."""
    batch = get_object_or_404(ReadinessBatch.objects.visible_to(request.user), pk=pk)
    need_role(request, batch.programme_id)
    try:
        restored, kept = undo_ticks(batch=batch, by=request.user, origin="page", now=clock.now())
    except NotYours as problem:
        raise PermissionDenied(f"{problem}.") from problem
    words = "It is undone." if restored else "There was nothing to undo."
    said(request, words + (f" {kept} were changed by others since and stay." if kept else ""))
    return back_to(request, reverse("waves-page"))


# --- a column -------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def column(request: SignedIn, programme: str, number: int, key: str) -> HttpResponse:
    """A whole column at once: a form, a preview of whom it means, then (`confirm`) the act."""
    wave = find_wave(request, programme, number)
    need_role(request, wave.programme_id)
    templates = ReadinessTemplate.objects.filter(programme=wave.programme_id).current()
    template = get_object_or_404(templates, key=key)
    items = column_of(wave, template)
    more: dict[str, Any] = {"programme": wave.programme, "products": _products(items)}
    if request.method != "POST":
        first = {"act": "done", "which": "all", "numbers": request.GET.get("numbers", "")}
        return _column(request, wave, template, items, ColumnForm(initial=first, **more))
    form = ColumnForm(request.POST, **more)
    chosen = chosen_of(items, form.cleaned_data) if form.is_valid() else None
    if "confirm" not in request.POST:
        again = ColumnForm(initial=request.POST.dict(), **more)
        return _column(request, wave, template, items, form if form.errors else again, chosen)
    if chosen is None or not _is_fit(form, chosen, request):
        return _column(request, wave, template, items, form, chosen, status=422)
    return back_to(request, wave_path(wave))


def _products(items: Sequence[ReadinessItem]) -> list[Product]:
    return list({item.go_live.product_id: item.go_live.product for item in items}.values())


def _is_fit(form: ColumnForm, chosen: Chosen, request: SignedIn) -> bool:
    """Do it; False, with the reason on the form and nothing done, when it cannot be."""
    facts = form.cleaned_data
    if chosen.unknown:
        form.add_error("numbers", f"Not in this wave: {', '.join(chosen.unknown)}.")
    if facts["act"] == Readiness.NOT_APPLICABLE and not facts["evidence"].strip():
        form.add_error("evidence", "Say why it is not needed.")
    if not form.errors and not chosen.items:
        form.add_error(None, "There is nothing left to change.")
    if form.errors:
        return False
    programme = chosen.items[0].go_live.programme
    if facts["act"] == "give":
        return _give(request, programme, chosen.items, facts["owner"])
    wanted = Tick(Readiness(facts["act"]), mask(facts["evidence"]).text)
    return _do(request, programme, {item.pk: wanted for item in chosen.items}) is not None


def _give(
    request: SignedIn, programme: Programme, items: Sequence[ReadinessItem], owner: Person | None
) -> bool:
    try:
        count = give_items(
            programme=programme, items=[item.pk for item in items], owner=owner, by=request.user,
            origin="page", now=clock.now(),
        )  # fmt: skip
    except NotYours as problem:
        raise PermissionDenied(f"{problem}.") from problem
    except UnableToTick as problem:
        warned(request, f"Nothing was given: {problem}.")
        return False
    words = "1 item is" if count == 1 else f"{count} items are"
    said(request, f"{words} given to {owner or 'whoever has the role'}.")
    return True


def _column(
    request: SignedIn,
    wave: Wave,
    template: ReadinessTemplate,
    items: Sequence[ReadinessItem],
    form: ColumnForm,
    chosen: Chosen | None = None,
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    if chosen is None and not form.is_bound:
        chosen = chosen_of(items, {"which": "all", "act": "done"})
    meant = {item.pk for item in chosen.items} if chosen else set[int]()
    facts = {
        "now": now,
        "wave": wave,
        "programme": wave.programme,
        "template": template,
        "rows": [(item, item_standing(item.facts(), now), item.pk in meant) for item in items],
        "form": form,
        "chosen": chosen,
        "labels": labels_of([wave.programme]),
    }
    page, part = "rollouts/readiness_column.html", "rollouts/_readiness_chosen.html"
    return show(request, page, facts, part=part, status=status)


# --- one item -------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: SignedIn, pk: int) -> HttpResponse:
    """One item of one go-live: how it stands, its evidence, owner (`give`) and history."""
    rows = ReadinessItem.objects.current().with_facts().visible_to(request.user)
    found = get_object_or_404(rows, pk=pk)
    programme = found.go_live.programme
    if request.method != "POST":
        return _item(request, found)
    need_role(request, found.programme_id)
    if "give" in request.POST:
        owner = OwnerForm(request.POST, programme=programme)
        if not owner.is_valid():
            return _item(request, found, owner=owner, status=422)
        _give(request, programme, [found], owner.cleaned_data["owner"])
    else:
        form = TickForm(request.POST)
        if not form.is_valid():
            return _item(request, found, form=form, status=422)
        facts = form.cleaned_data
        wanted = Tick(Readiness(facts["state"]), mask(facts["evidence"]).text)
        _do(request, programme, {found.pk: wanted})
    return back_to(request, reverse("readiness-item", args=[found.pk]))


def _item(
    request: SignedIn,
    found: ReadinessItem,
    form: TickForm | None = None,
    owner: OwnerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    holder = found.owner.username if found.owner else None
    stands = {"state": found.state, "evidence": found.evidence}
    programme = found.go_live.programme
    steps = list(found.steps.select_related("batch").order_by("-id")[:50])
    roles = request.user.roles_in(found.programme_id)
    is_owner = found.owner_id == request.user.pk
    facts = {
        "now": now,
        "item": found,
        "go_live": found.go_live,
        "wave": found.go_live.wave,
        "programme": programme,
        "standing": item_standing(found.facts(), now),
        "form": form or TickForm(initial=stands),
        "owner_form": owner or OwnerForm(initial={"owner": holder}, programme=programme),
        "steps": steps,
        "names": names_of([found.changed_by, *(step.batch.made_by for step in steps)]),
        "may_tick": bool(roles & TICKING)
        and may_tick(roles=roles, owner_role=found.template.owner_role, is_owner=is_owner),
        "labels": labels_of([programme]),
    }
    page, part = "rollouts/readiness_item.html", "rollouts/_readiness_item.html"
    return show(request, page, facts, part=part, status=status)
