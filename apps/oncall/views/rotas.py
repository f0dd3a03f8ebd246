"""A rota with its layers and versions; an edit, looked at as a difference before it is made."""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import Person, names_of
from apps.accounts.pages import SignedIn, need_role
from apps.core import clock
from apps.core.pages import back_to, said, show, warned
from apps.oncall.access import decides, workers
from apps.oncall.forms.rotas import UNITS, RotaForm
from apps.oncall.models import Rota
from apps.oncall.services import (
    LayerDraft,
    RotaDraft,
    RotaPreview,
    UnableToSaveRota,
    call_off,
    draft_of,
    may_be_called_off,
    preview_rota,
    save_rota,
    with_layer,
)
from apps.oncall.views.asking import sentence

MOST_CHANGES = 60


@require_safe
def rota(request: SignedIn, pk: int) -> HttpResponse:
    """What a rota says now, layer by layer, and every version of it."""
    row, now = find(request, pk), clock.now()
    versions = sorted(row.versions.all(), key=lambda one: (one.made_at, one.pk), reverse=True)
    facts = {
        "rota": row,
        "layers": [one for one in row.latest() if one.participants.all()],
        "versions": versions,
        "units": {unit.value: words for unit, words in UNITS.items()},
        "names": names_of(one.made_by for one in versions),
        "to_come": [one.pk for one in versions if may_be_called_off(row, one, now)],
        "calendars": row.calendars.listed(),
        "may_edit": decides(request.user, row.programme_id),
    }
    return show(request, "oncall/rota.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """The form of a layer (`?layer=`); a first POST shows what it would change, `confirm` saves."""
    row = find(request, pk)
    need_role(request, row.programme_id)
    draft, key = draft_of(row), request.GET.get("layer", "")
    layer = next((one for one in draft.all_layers() if one.key == key), None)
    if layer is None:
        raise Http404
    form = _form(request, row, draft, layer)
    if request.method != "POST":
        return _page(request, row, layer, form)
    wanted = _wanted(row, draft, layer, form)
    preview = _preview(request, row, wanted, form) if wanted else None
    if wanted is None or preview is None:
        return _page(request, row, layer, form, status=422)
    if "confirm" not in request.POST:
        return _page(request, row, layer, form, preview=preview)
    try:
        save_rota(programme=row.programme, key=row.key, draft=wanted,
                  actor=request.user.username, origin="page", now=clock.now(),
                  seen=form.cleaned_data["seen"])  # fmt: skip
    except UnableToSaveRota as problem:
        form.add_error(form.field_of(problem.field), sentence(problem))
        return _page(request, row, layer, form, status=422)
    said(request, f"{row} is saved; what was stays as it was.")
    return back_to(request, reverse("rota-page", args=[pk]))


@require_POST
def call_off_version(request: SignedIn, pk: int, version: int) -> HttpResponse:
    """Take back a change that is still to come."""
    row = find(request, pk)
    need_role(request, row.programme_id)
    back = reverse("rota-page", args=[pk])
    found = next((one for one in row.versions.all() if one.pk == version), None)
    if found is None:
        warned(request, "This change is no more.")
        return back_to(request, back)
    try:
        call_off(version=found, actor=request.user.username, origin="page", now=clock.now())
    except UnableToSaveRota as problem:
        warned(request, sentence(problem))
        return back_to(request, back)
    said(request, f"The change of {found.effective_from:%-d %b %Y} is called off.")
    return back_to(request, back)


def find(request: SignedIn, pk: int) -> Rota:
    """A rota with its versions, or 404."""
    rows = Rota.objects.visible_to(request.user).with_versions().select_related("programme")
    found: Rota = get_object_or_404(rows, pk=pk)
    return found


def _form(request: SignedIn, row: Rota, draft: RotaDraft, layer: LayerDraft) -> RotaForm:
    given = request.POST if request.method == "POST" else None
    people = {one.pk: one for one in (*workers(row.programme), *_fresh(row))}.values()
    initial = RotaForm.initial_of(draft, layer, row.newest(), people)
    return RotaForm(given, initial=initial, layer=layer, people=people)


def _fresh(row: Rota) -> Any:
    """Everybody listed, with the working hours they have now."""
    return Person.objects.filter(username__in=row.people())


def _wanted(row: Rota, draft: RotaDraft, layer: LayerDraft, form: RotaForm) -> RotaDraft | None:
    if not form.is_valid():
        return None
    if form.cleaned_data["seen"] != row.newest():
        form.add_error(None, "Somebody else has edited this rota meanwhile: open it again.")
        return None
    changed = with_layer(draft, layer.key, form.changes())
    return replace(changed, effective_from=form.cleaned_data["effective_from"])


def _preview(request: SignedIn, row: Rota, wanted: RotaDraft, form: RotaForm) -> RotaPreview | None:
    try:
        return preview_rota(rota=row, draft=wanted, actor=request.user.username, now=clock.now())
    except UnableToSaveRota as problem:
        form.add_error(form.field_of(problem.field), sentence(problem))
        return None


def _page(
    request: SignedIn, row: Rota, layer: LayerDraft, form: RotaForm, status: int = 200,
    preview: RotaPreview | None = None,
) -> HttpResponse:  # fmt: skip
    facts: dict[str, Any] = {"rota": row, "layer": layer, "form": form}
    if preview is not None:
        facts |= preview_facts(request, preview)
    return show(request, "oncall/rota_edit.html", facts, status=status)


def preview_facts(request: SignedIn, preview: RotaPreview) -> dict[str, Any]:
    """What the templates show of a preview."""
    return {
        "preview": preview, "changes": preview.changes[:MOST_CHANGES], "names": preview.people,
        "more": max(0, len(preview.changes) - MOST_CHANGES), "hours": preview.hours(),
        "zone": ZoneInfo(request.user.time_zone),
    }  # fmt: skip
