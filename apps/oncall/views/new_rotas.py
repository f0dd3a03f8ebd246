"""Rotas and layers that are to come, and layers that are to end: looked at before they are made."""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from apps.accounts.pages import SignedIn, need_role
from apps.core import clock
from apps.core.numbers import whole_number
from apps.core.pages import back_to, said, show, warned
from apps.oncall.access import decides, workers
from apps.oncall.forms.new_rotas import NewLayerForm, NewRotaForm
from apps.oncall.models import Rota
from apps.oncall.services import (
    RotaDraft,
    RotaPreview,
    UnableToSaveRota,
    draft_of,
    make_rota,
    preview_rota,
    save_rota,
    without_layer,
)
from apps.oncall.views.asking import sentence
from apps.oncall.views.rotas import find, preview_facts
from apps.rollouts.models import Programme


@require_http_methods(["GET", "HEAD", "POST"])
def new_rota(request: SignedIn) -> HttpResponse:
    """A rota for the programme the address names; a first POST shows who would have which shift,
    `confirm` saves."""
    rows = Programme.objects.visible_to(request.user)
    led = [one for one in rows if decides(request.user, one.pk)]
    asked = request.GET.get("programme", "")
    programme = next((one for one in led if asked in {"", one.key}), None)
    if programme is None:
        raise Http404
    today = clock.now().astimezone(ZoneInfo(programme.time_zone)).date()
    initial = {"unit": "week", "hand_off": "mon 08:00", "starts_on": today,
               "time_zone": programme.time_zone, "windows": "mon-fri 08:00-20:00"}  # fmt: skip
    people = workers(programme)
    form = NewRotaForm(request.POST or None, initial=initial, people=people, today=today)
    facts = {"form": form, "programme": programme, "programmes": led, "title": "New rota",
             "back": reverse("oncall-week"), "button": "Make the rota"}  # fmt: skip
    if request.method != "POST":
        return _page(request, facts)
    if not form.is_valid():
        return _page(request, facts, status=422)
    draft, key = form.draft(), form.rota_key()
    row = Rota(programme=programme, key=key, name=draft.name, time_zone=draft.time_zone)
    is_there = Rota.objects.filter(programme=programme, key=key).exists()
    try:
        if is_there or "confirm" in request.POST:
            row = make_rota(programme=programme, key=key, draft=draft,
                            actor=request.user.username, origin="page",
                            now=clock.now())  # fmt: skip
        else:
            return _page(request, facts, preview=_preview(request, row, draft))
    except UnableToSaveRota as problem:
        return _refused(request, facts, problem)
    said(request, f"{row} is there; its first shifts stand in the schedule.")
    return back_to(request, reverse("rota-page", args=[row.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def new_layer(request: SignedIn, pk: int) -> HttpResponse:
    """A layer that lies over those of a rota."""
    row = _led(request, pk)
    today = clock.now().astimezone(row.zone).date()
    initial = {"unit": "week", "hand_off": "mon 08:00", "starts_on": today,
               "time_zone": row.time_zone, "seen": row.newest()}  # fmt: skip
    form = NewLayerForm(request.POST or None, initial=initial, people=workers(row.programme))
    facts = {"form": form, "rota": row, "title": "New layer", "button": "Add the layer",
             "back": reverse("rota-page", args=[pk])}  # fmt: skip
    if request.method != "POST":
        return _page(request, facts)
    if not form.is_valid():
        return _page(request, facts, status=422)
    draft, layer = draft_of(row), form.layer(row.time_zone)
    if any(one.layer == layer.key for one in row.versions.all()):
        form.add_error("key", "This rota has, or had, a layer of that name.")
        return _page(request, facts, status=422)
    wanted = replace(draft, layers=[*draft.layers, layer])
    try:
        if "confirm" not in request.POST:
            return _page(request, facts, preview=_preview(request, row, wanted))
        _save(request, row, wanted, form.cleaned_data["seen"])
    except UnableToSaveRota as problem:
        return _refused(request, facts, problem)
    said(request, f"The layer {layer.key} lies over {row}; what was stays as it was.")
    return back_to(request, reverse("rota-page", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def end_layer(request: SignedIn, pk: int) -> HttpResponse:
    """End the layer `?layer=` now: what lies below shows through from then on."""
    row = _led(request, pk)
    draft, key = draft_of(row), request.GET.get("layer", "")
    wanted = without_layer(draft, key)
    if len(wanted.layers) == len(draft.layers):
        raise Http404
    back = reverse("rota-page", args=[pk])
    try:
        if request.method != "POST":
            facts = {"rota": row, "layer": key} | preview_facts(
                request, _preview(request, row, wanted)
            )
            return show(request, "oncall/layer_end.html", facts)
        _save(request, row, wanted, whole_number(request.POST.get("seen", "")))
    except UnableToSaveRota as problem:
        warned(request, sentence(problem))
        return back_to(request, back)
    said(request, f"The layer {key} of {row} has ended; what was stays as it was.")
    return back_to(request, back)


def _led(request: SignedIn, pk: int) -> Rota:
    row = find(request, pk)
    need_role(request, row.programme_id)
    return row


def _preview(request: SignedIn, row: Rota, draft: RotaDraft) -> RotaPreview:
    return preview_rota(rota=row, draft=draft, actor=request.user.username, now=clock.now())


def _save(request: SignedIn, row: Rota, draft: RotaDraft, seen: int | None) -> None:
    save_rota(programme=row.programme, key=row.key, draft=draft, actor=request.user.username,
              origin="page", now=clock.now(), seen=seen or 0)  # fmt: skip


def _refused(request: SignedIn, facts: dict[str, Any], problem: UnableToSaveRota) -> HttpResponse:
    form = facts["form"]
    form.add_error(form.field_of(problem.field), sentence(problem))
    return _page(request, facts, status=422)


def _page(
    request: SignedIn, facts: dict[str, Any], status: int = 200,
    preview: RotaPreview | None = None,
) -> HttpResponse:  # fmt: skip
    shown = preview_facts(request, preview) if preview else {}
    return show(request, "oncall/rota_new.html", facts | shown, status=status)
