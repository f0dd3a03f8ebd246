"""Asking for cover and swaps, answering, taking back; arranging a swap for others."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.pages import SignedIn, need_role
from apps.core import clock
from apps.core.forms import PageForm
from apps.core.pages import back_to, said, warned
from apps.oncall.access import workers
from apps.oncall.forms import AskCoverForm, AskSwapForm, SwapForm
from apps.oncall.forms.covers import key_of
from apps.oncall.mine import coming
from apps.oncall.models import CoverRequest, Rota
from apps.oncall.rules import Stint
from apps.oncall.services import (
    Part,
    UnableToOverride,
    accept_cover,
    arrange_swap,
    ask_for_cover,
    decline_cover,
    withdraw_cover,
)
from apps.oncall.views.asking import form_page, refuse, rota_of, sentence, told

GONE = "That shift is over, or not yours alone: somebody else has it, or a part of it."


@require_http_methods(["GET", "HEAD", "POST"])
def ask_cover(request: SignedIn) -> HttpResponse:
    """Ask somebody, or anybody, to take one of one's own shifts."""
    rota = rota_of(request)
    stint = _own(request, coming(rota, clock.now()))
    if stint is None:
        return _gone(request)
    people = workers(rota.programme).exclude(pk=request.user.pk)
    form = AskCoverForm(request.POST if request.method == "POST" else None, people=people)
    facts: dict[str, Any] = {
        "title": "Ask for cover", "button": "Ask", "lead": _lead(rota, stint),
        "back": reverse("my-shifts"),
    }  # fmt: skip
    if request.method != "POST":
        return form_page(request, form, **facts)
    if not form.is_valid():
        return form_page(request, form, status=422, **facts)
    return _ask(request, rota, stint, form, facts, asked=form.asked_person())


@require_http_methods(["GET", "HEAD", "POST"])
def ask_swap(request: SignedIn) -> HttpResponse:
    """Offer one of one's own shifts for one of somebody else's."""
    rota = rota_of(request)
    found = coming(rota, clock.now())
    stint = _own(request, found)
    if stint is None:
        return _gone(request)
    others = {
        key_of(one): one
        for one in found
        if one.is_whole and one.person_key != request.user.username
    }
    choices = [(key, _named(rota, one)) for key, one in others.items()]
    form = AskSwapForm(request.POST if request.method == "POST" else None, shifts=choices)
    facts: dict[str, Any] = {
        "title": "Ask for a swap", "button": "Ask", "lead": _lead(rota, stint),
        "back": reverse("my-shifts"),
    }  # fmt: skip
    if request.method != "POST":
        return form_page(request, form, **facts)
    if not form.is_valid():
        return form_page(request, form, status=422, **facts)
    wanted = others[form.cleaned_data["in_return"]]
    asked = rota.people()[wanted.person_key]
    return _ask(request, rota, stint, form, facts, asked=asked, in_return=_part(wanted))


def _ask(
    request: SignedIn, rota: Rota, stint: Stint, form: PageForm, facts: dict[str, Any], **wish: Any
) -> HttpResponse:
    try:
        row = ask_for_cover(
            rota=rota, part=_part(stint), asked_by=request.user,
            message=form.cleaned_data["message"], origin="page", now=clock.now(), **wish,
        )  # fmt: skip
    except UnableToOverride as problem:
        refuse(form, problem)
        return form_page(request, form, status=422, **facts)
    undo = reverse("cover-page-withdraw", args=[row.pk])
    said(request, f"{row.asked or 'Everybody'} is asked to take your shift.", undo=undo)
    return back_to(request, reverse("my-shifts"))


@require_POST
def accept(request: SignedIn, pk: int) -> HttpResponse:
    """Take the shift; the first to accept has it."""
    row = _request(request, pk)
    try:
        accept_cover(request=row, person=request.user, origin="page", now=clock.now())
    except UnableToOverride as problem:
        warned(request, sentence(problem))
    else:
        words = "You have swapped" if row.is_swap else "The shift is yours now"
        said(request, f"{words}: {row.duty}, instead of {row.asked_by}.")
    return back_to(request, reverse("my-shifts"))


@require_POST
def decline(request: SignedIn, pk: int) -> HttpResponse:
    """Say no, for somebody who was asked by name."""
    row = _request(request, pk)
    try:
        decline_cover(request=row, person=request.user, origin="page", now=clock.now())
    except UnableToOverride as problem:
        warned(request, sentence(problem))
    else:
        said(request, f"Declined: {row.asked_by} keeps the shift.")
    return back_to(request, reverse("my-shifts"))


@require_POST
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Take one's own request back."""
    row = _request(request, pk)
    try:
        withdraw_cover(request=row, person=request.user, origin="page", now=clock.now())
    except UnableToOverride as problem:
        warned(request, sentence(problem))
    else:
        said(request, "Nobody is asked any more: the shift stays yours.")
    return back_to(request, reverse("my-shifts"))


@require_http_methods(["GET", "HEAD", "POST"])
def arrange(request: SignedIn) -> HttpResponse:
    """Swap two shifts for others, for somebody who is ill, say."""
    rota = rota_of(request)
    found = {key_of(one): one for one in coming(rota, clock.now()) if one.is_whole}
    choices = [(key, _named(rota, one)) for key, one in found.items()]
    form = SwapForm(
        request.POST if request.method == "POST" else None, shifts=choices,
        initial={"first": request.GET.get("shift", "")},
    )  # fmt: skip
    facts: dict[str, Any] = {
        "title": "Arrange a swap", "button": "Swap", "back": reverse("oncall-week"),
        "lead": f"{rota}: two shifts change hands at once, and nobody is asked first.",
    }  # fmt: skip
    if request.method != "POST":
        return form_page(request, form, **facts)
    if not form.is_valid():
        return form_page(request, form, status=422, **facts)
    parts = [_part(found[form.cleaned_data[name]]) for name in ("first", "second")]
    try:
        made = arrange_swap(
            rota=rota, parts=parts, reason=form.cleaned_data["reason"],
            actor=request.user.username, origin="page", now=clock.now(),
        )  # fmt: skip
    except UnableToOverride as problem:
        refuse(form, problem)
        return form_page(request, form, status=422, **facts)
    names = " and ".join(dict.fromkeys(str(one.person) for one in made))
    said(request, f"{names} have swapped.")
    return back_to(request, reverse("oncall-week"))


def _own(request: SignedIn, found: list[Stint]) -> Stint | None:
    """The stint of theirs that the address names, if it can be given away."""
    asked = (request.GET.get("duty", ""), request.GET.get("slot", ""), request.user.username)
    return next(
        (one for one in found
         if one.is_whole and (one.duty, one.slot, one.person_key) == asked),
        None,
    )  # fmt: skip


def _gone(request: SignedIn) -> HttpResponse:
    warned(request, GONE)
    return back_to(request, reverse("my-shifts"))


def _part(stint: Stint) -> Part:
    return Part(duty=stint.duty, slot=stint.slot, around=stint.start)


def _lead(rota: Rota, stint: Stint) -> str:
    return f"Your shift: {stint.duty}, {told(stint)}, {rota}."


def _named(rota: Rota, stint: Stint) -> str:
    return f"{rota.people()[stint.person_key]}: {stint.duty}, {told(stint)}"


def _request(request: SignedIn, pk: int) -> CoverRequest:
    rows = CoverRequest.objects.visible_to(request.user).with_people()
    row: CoverRequest = get_object_or_404(rows, pk=pk)
    need_role(request, row.rota.programme_id)
    return row
