"""The page of a wave: does it go, what is missing, its sites; waivers and signatures."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import Person, names_of
from apps.accounts.pages import SignedIn
from apps.core import clock
from apps.core.guard import mask
from apps.core.pages import back_to, said, show, warned
from apps.rollouts.board import SiteFilter, sites_now, waves_now
from apps.rollouts.choices import Call, Part
from apps.rollouts.forms import SignForm
from apps.rollouts.go_no_go import GoNoGo, wave_path, where_it_stands
from apps.rollouts.matrix import matrix_of
from apps.rollouts.models import GoLive, SignOff, Waiver, Wave
from apps.rollouts.services import (
    TICKING,
    Draft,
    NotEntitled,
    UnableToSign,
    permission,
    sign,
    signs_in,
    waive,
    withdraw_sign_off,
    withdraw_waiver,
)
from apps.rollouts.views.sites import labels_of


def find_wave(request: SignedIn, programme: str, number: int) -> Wave:
    """The wave of an address. Raises Http404 for one the person may not see."""
    rows = Wave.objects.visible_to(request.user).select_related("programme")
    found: Wave = get_object_or_404(rows, programme__key=programme, number=number)
    return found


@require_safe
def wave(request: SignedIn, programme: str, number: int) -> HttpResponse:
    """One wave: its go or no-go, its checklist, its sites."""
    now = clock.now()
    found = next(iter(waves_now(request.user, now, programme, number)), None)
    if found is None:
        raise Http404
    stands = where_it_stands(found.wave, now)
    matrix = matrix_of(found.wave, request.user, now)
    asked = SiteFilter(programme=programme, wave=str(number))
    facts = {
        "now": now,
        "found": found,
        "wave": found.wave,
        "programme": found.wave.programme,
        "rows": sites_now(request.user, asked, now, "number"),
        "labels": labels_of([found.wave.programme]),
        "moved": _moved(found.wave),
        "matrix": matrix,
        "may_tick": bool(TICKING & request.user.roles_in(found.wave.programme_id)),
        **_signing(request.user, stands, now),
    }
    return show(request, "rollouts/wave.html", facts, part="rollouts/_wave.html")


def _moved(wave: Wave) -> int:
    moves = {"changes__change__kind": "move", "changes__change__undone_at": None}
    return GoLive.objects.filter(wave=wave, **moves).distinct().count()


def _signing(person: Person, stands: GoNoGo, now: datetime) -> dict[str, Any]:
    """What the panel of the sign-off shows this person."""
    programme = stands.wave.programme
    mine = signs_in(person, programme, now)
    usernames = [one.waiver.given_by for one in stands.findings if one.waiver]
    return {
        "stands": stands,
        "parts": [_part(part, person, stands, mine, now) for part in Part],
        "may_waive": bool(mine) and not stands.has_begun,
        "names": names_of(usernames),
    }


def _part(
    part: Part, person: Person, stands: GoNoGo, mine: frozenset[str], now: datetime
) -> dict[str, Any]:
    """A part: who signed it, whether this person may, and why not."""
    row = stands.signed.get(part)
    is_theirs = row is not None and (part in mine or person.username in row.facts().behind)
    facts = {"part": part, "row": row, "is_stale": stands.is_stale(part),
             "may_withdraw": is_theirs and not stands.has_begun}  # fmt: skip
    if row is not None or stands.has_begun or not stands.has_go_lives or part not in mine:
        return facts
    allowed = permission(part=part, person=person, programme=stands.wave.programme,
                         signatures=stands.sign_offs, now=now)  # fmt: skip
    return facts | {"why_not": allowed.why_not, "form": SignForm(auto_id=f"{part}-%s")}


@require_POST
def sign_wave(request: SignedIn, programme: str, number: int) -> HttpResponse:
    """Sign one part of a wave's go/no-go."""
    found = find_wave(request, programme, number)
    form = SignForm(request.POST)
    part = request.POST.get("part", "")
    if part not in Part.values or not form.is_valid():
        warned(request, "Choose go or no-go.")
        return back_to(request, wave_path(found))
    draft = Draft(
        part=Part(part), call=Call(form.cleaned_data["call"]),
        comment=mask(form.cleaned_data["comment"]).text, seen=request.POST.get("seen", ""),
    )  # fmt: skip
    with Saying(request) as saying:
        row = sign(wave=found, draft=draft, by=request.user, origin="page", now=clock.now())
        saying.done(f"You have signed {row.get_call_display().lower()} for wave {found.number}.")
    return back_to(request, wave_path(found))


class Saying:
    """Tells what a service refused; who is not entitled at all gets a 403."""

    def __init__(self, request: SignedIn) -> None:
        self.request = request

    def __enter__(self) -> "Saying":
        return self

    def done(self, words: str) -> None:
        said(self.request, words)

    def __exit__(self, kind: Any, problem: BaseException | None, trace: Any) -> bool:
        if isinstance(problem, NotEntitled):
            raise PermissionDenied(f"{str(problem).capitalize()}.") from problem
        if isinstance(problem, UnableToSign):
            words = str(problem)
            warned(self.request, f"{words[:1].upper()}{words[1:]}{'' if words[-1] == '.' else '.'}")
            return True
        return False


@require_POST
def withdraw_signature(request: SignedIn, pk: int) -> HttpResponse:
    """Take a signature back."""
    rows = SignOff.objects.visible_to(request.user).select_related("wave__programme")
    row = get_object_or_404(rows, pk=pk)
    with Saying(request) as saying:
        withdraw_sign_off(sign_off=row, by=request.user, origin="page", now=clock.now())
        saying.done("The signature is withdrawn.")
    return back_to(request, wave_path(row.wave))


@require_POST
def waive_finding(request: SignedIn, programme: str, number: int) -> HttpResponse:
    """Accept a red finding, with a reason."""
    found = find_wave(request, programme, number)
    with Saying(request) as saying:
        waive(
            wave=found, finding=request.POST.get("finding", "")[:120],
            reason=mask(request.POST.get("reason", "")[:2000]).text, by=request.user,
            origin="page", now=clock.now(),
        )  # fmt: skip
        saying.done("The waiver is given. It covers what the finding is about now.")
    return back_to(request, wave_path(found))


@require_POST
def withdraw_waiver_of(request: SignedIn, pk: int) -> HttpResponse:
    """Take a waiver back."""
    rows = Waiver.objects.visible_to(request.user).select_related("wave__programme")
    row = get_object_or_404(rows, pk=pk)
    with Saying(request) as saying:
        withdraw_waiver(waiver=row, by=request.user, origin="page", now=clock.now())
        saying.done("The waiver is withdrawn.")
    return back_to(request, wave_path(row.wave))
