"""POST /incidents/<number>/reply/: an answer from the ticket's page into its threads."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from apps.accounts.pages import SignedIn, need_role
from apps.core.pages import back_to, said, show
from apps.incidents.models import Incident
from apps.intake.forms import ReplyForm
from apps.intake.services import UnableToHandle, reply_to_thread
from apps.intake.views.exits import REFUSED, told


@require_POST
def reply_page(request: SignedIn, number: str) -> HttpResponse:
    """Post the answer once, however often the button was pressed."""
    mine = Incident.objects.visible_to(request.user).with_facts()
    incident = get_object_or_404(mine.numbered(number))
    need_role(request, incident.programme_id)
    form = ReplyForm(request.POST, incident=incident)
    if form.is_valid():
        try:
            count = reply_to_thread(
                incident=incident, messages=_chosen(request), **form.cleaned_data, **told(request)
            )
        except UnableToHandle as problem:
            form.add_error("text", f"{str(problem)[:1].upper()}{str(problem)[1:]}.")
        else:
            said(request, _words(count))
            return back_to(request, reverse("ticket", args=[incident.number]))
    facts = {"form": form, "incident": incident, "chosen": _chosen(request) or []}
    return show(request, "intake/reply.html", facts, part="intake/_reply.html", status=REFUSED)


def _chosen(request: SignedIn) -> list[int] | None:
    """The threads that were ticked, by one message of each; all when the form has no choice."""
    if "threads" not in request.POST:
        return None
    return [int(pk[:18]) for pk in request.POST.getlist("threads") if pk.isdecimal()]


def _words(count: int) -> str:
    if count == 0:
        return "This was sent already."
    return f"On its way to {'the thread' if count == 1 else f'{count} threads'}."
