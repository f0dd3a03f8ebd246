"""Who signs for whom: the deputies of a programme."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.pages import SignedIn, need_role
from apps.core import clock
from apps.core.pages import back_to, said, show
from apps.rollouts.choices import Part
from apps.rollouts.forms import DeputyForm
from apps.rollouts.models import Deputy, Programme
from apps.rollouts.services import (
    DeputyDraft,
    UnableToSign,
    deputies_of,
    end_deputy,
    name_deputy,
)
from apps.rollouts.views.schedule import programme_of
from apps.rollouts.views.waves import Saying

NAMING = frozenset({"pm", "dm", "administrator"})


@require_http_methods(["GET", "HEAD", "POST"])
def deputies(request: SignedIn) -> HttpResponse:
    """Those who sign for somebody now; PM, DM and administrators name them."""
    programme, programmes = programme_of(request)
    if programme is None:
        return show(request, "rollouts/deputies.html", {"programmes": programmes})
    if request.method != "POST":
        return _page(request, programme, programmes, _form(request, programme))
    need_role(request, programme.pk)
    form = DeputyForm(request.POST, programme=programme, by=request.user)
    if not form.is_valid():
        return _page(request, programme, programmes, form, status=422)
    try:
        made = name_deputy(
            programme=programme, draft=_draft(form, request), by=request.user, origin="page",
            now=clock.now(),
        )  # fmt: skip
    except UnableToSign as problem:
        words = str(problem)
        form.add_error(None, f"{words[:1].upper()}{words[1:]}.")
        return _page(request, programme, programmes, form, status=422)
    said(request, f"{made.person} signs for {made.named_by} until {made.until:%-d %b %Y}.")
    return back_to(request, f"{reverse('deputies-page')}?programme={programme.key}")


def _form(request: SignedIn, programme: Programme) -> DeputyForm | None:
    if not NAMING & request.user.roles_in(programme.pk):
        return None
    return DeputyForm(programme=programme, by=request.user)


def _draft(form: DeputyForm, request: SignedIn) -> DeputyDraft:
    facts = form.cleaned_data
    return DeputyDraft(
        role=Part(facts["role"]), person=facts["person"], until=facts["until"],
        named_by=facts.get("named_by", request.user),
    )  # fmt: skip


def _page(
    request: SignedIn,
    programme: Programme,
    programmes: list[Programme],
    form: DeputyForm | None,
    status: int = 200,
) -> HttpResponse:
    facts = {
        "programme": programme,
        "programmes": programmes,
        "rows": deputies_of(programme, clock.now()),
        "form": form,
    }
    return show(request, "rollouts/deputies.html", facts, part="rollouts/_deputies.html",
                status=status)  # fmt: skip


@require_POST
def end(request: SignedIn, pk: int) -> HttpResponse:
    """End a deputy before their last day."""
    rows = Deputy.objects.visible_to(request.user).select_related("programme")
    row = get_object_or_404(rows, pk=pk)
    with Saying(request) as saying:
        end_deputy(deputy=row, by=request.user, origin="page", now=clock.now())
        saying.done(f"{row.person} signs for {row.named_by} no more.")
    return back_to(request, f"{reverse('deputies-page')}?programme={row.programme.key}")
