"""The planner: sites, a pace and a first week become a proposal, and the proposal a change."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.pages import SignedIn, need_role
from apps.core import clock
from apps.core.pages import back_to, said, show, warned
from apps.rollouts.effects import effects_of
from apps.rollouts.forms import AgreeForm, PlanForm
from apps.rollouts.models import Programme
from apps.rollouts.services import (
    Decision,
    Proposal,
    UnableToChangeSchedule,
    propose,
    take_over,
)
from apps.rollouts.views.schedule import programme_of
from apps.rollouts.views.sites import labels_of


@require_safe
def planner(request: SignedIn) -> HttpResponse:
    """The form, and for a filled one (all of it in the address) the proposal as a difference."""
    programme, programmes = programme_of(request)
    if programme is None:
        return show(request, "rollouts/planner.html", {"programmes": programmes})
    need_role(request, programme.pk)
    form = PlanForm(request.GET if "pace" in request.GET else None, programme=programme,
                    initial=_usual(programme))  # fmt: skip
    return _page(request, programme, form, AgreeForm())


def _usual(programme: Programme) -> dict[str, Any]:
    return {
        "first_week": max(programme.first_week, clock.now().date()),
        "pace": programme.pace,
        "group_by": "region",
    }


def _page(
    request: SignedIn, programme: Programme, form: PlanForm, agree: AgreeForm, status: int = 200
) -> HttpResponse:
    now = clock.now()
    facts: dict[str, Any] = {
        "programme": programme,
        "programmes": [programme],
        "form": form,
        "agree": agree,
        "labels": labels_of([programme]),
        "query": request.GET.urlencode(),
    }
    if form.is_bound and form.is_valid():
        try:
            proposal = _proposal(programme, form)
        except UnableToChangeSchedule as problem:
            form.add_error(None, str(problem))
        else:
            facts |= {"proposal": proposal, "effects": effects_of(programme, proposal.steps, now)}
    page, part = "rollouts/planner.html", "rollouts/_planner.html"
    return show(request, page, facts, part=part, status=422 if form.errors else status)


def _proposal(programme: Programme, form: PlanForm) -> Proposal:
    facts = form.cleaned_data
    return propose(
        programme=programme, pace=facts["pace"], first_week=facts["first_week"],
        group_by=facts["group_by"], only=form.numbers(), now=clock.now(),
    )  # fmt: skip


@require_POST
def accept_plan(request: SignedIn) -> HttpResponse:
    """Take the proposal over as one change; worked out again, so that what is seen is done."""
    programme, _ = programme_of(request)
    if programme is None:
        return back_to(request, reverse("schedule"))
    need_role(request, programme.pk)
    form, agree = PlanForm(request.GET, programme=programme), AgreeForm(request.POST)
    if not form.is_valid() or not agree.is_valid():
        return _page(request, programme, form, agree, status=422)
    decision = Decision(**agree.cleaned_data, made_by=request.user.username, origin="page")
    try:
        proposal = _proposal(programme, form)
        if proposal.digest != request.POST.get("digest"):
            warned(request, "The schedule has changed meanwhile: look at the new proposal.")
            return back_to(request, f"{reverse('planner')}?{request.GET.urlencode()}")
        made = take_over(proposal=proposal, decision=decision, now=clock.now())
    except UnableToChangeSchedule as problem:
        agree.add_error(None, str(problem))
        return _page(request, programme, form, agree, status=409)
    page = f"{reverse('schedule')}?programme={programme.key}"
    if made is None:
        said(request, "Nothing to change: the schedule stands so already.")
        return back_to(request, page)
    undo = reverse("schedule-change-undo", args=[made.pk])
    said(request, f"{len(proposal.steps)} go-lives are planned anew.", undo=undo)
    return back_to(request, page)
