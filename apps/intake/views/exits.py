"""What is done with a message on the page: each a page with its form, and a POST.

A POST calls one service and turns to the next message; a refused form comes back with status 422
and what was typed.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.pages import SignedIn, need_role
from apps.core import clock
from apps.core.pages import back_to, leading_to, said, show, warned
from apps.intake.choices import HANDLES, USUAL_REASONS
from apps.intake.desk import binders
from apps.intake.forms import AskForm, AttachForm, BindForm, DismissForm, LogMessageForm
from apps.intake.listing import InboxFilter, next_waiting
from apps.intake.models import Channel, Message
from apps.intake.offers import offers_for
from apps.intake.services import (
    UnableToHandle,
    ask_back,
    attach_message,
    bind_channel,
    dismiss_message,
    log_message,
    restore_message,
    reveal_original,
)
from apps.intake.similar import similar_tickets
from apps.intake.views.inbox import find_message, inbox_facts

REFUSED = 422


@require_POST
def log_page(request: SignedIn, pk: int) -> HttpResponse:
    """Make a ticket of the message."""
    message = _mine(request, pk)
    form = LogMessageForm(request.POST, message=message, offers=offers_for(request.user, message))
    if form.is_valid():
        try:
            incident, is_new = log_message(message_id=pk, form=form.filled(), **told(request))
        except UnableToHandle as problem:
            form.refuse(problem)
        else:
            words = "Logged as" if is_new else "It was logged before, as"
            where = reverse("ticket", args=[incident.number])
            said(request, leading_to(words, incident.number, where))
            return _on(request, message)
    facts = inbox_facts(request, pk, {"log_form": _renewed(form, message)})
    return show(request, "intake/inbox.html", facts, status=REFUSED)


@require_http_methods(["GET", "HEAD", "POST"])
def attach_page(request: SignedIn, pk: int) -> HttpResponse:
    """Join the message to a ticket that is there."""
    message = _mine(request, pk)
    form = AttachForm(request.POST or None, initial={"version": message.version})
    if request.method == "POST" and form.is_valid():
        number, version = form.cleaned_data["incident"], form.cleaned_data["version"]
        try:
            done = attach_message(message_id=pk, number=number, version=version, **told(request))
        except UnableToHandle as problem:
            form.refuse(problem)
        else:
            joined = done.incident.number if done.incident else ""
            said(request, f"Joined to {joined}. Its reporter is told in a moment.", undo=_undo(pk))
            return _on(request, message)
    facts = {"similar": similar_tickets(message, clock.now())}
    return _form_page(request, message, _renewed(form, message), "attach", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def dismiss_page(request: SignedIn, pk: int) -> HttpResponse:
    """Close the message without a ticket."""
    message = _mine(request, pk)
    form = DismissForm(request.POST or None, initial={"version": message.version})
    if request.method == "POST" and form.is_valid():
        try:
            dismiss_message(message_id=pk, **form.cleaned_data, **told(request))
        except UnableToHandle as problem:
            form.refuse(problem)
        else:
            said(request, "Closed without a ticket.", undo=_undo(pk))
            return _on(request, message)
    facts = {"reasons": USUAL_REASONS}
    return _form_page(request, message, _renewed(form, message), "dismiss", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def ask_page(request: SignedIn, pk: int) -> HttpResponse:
    """Post a question into the thread; the message stays."""
    message = _mine(request, pk)
    form = AskForm(request.POST or None, message=message)
    if request.method == "POST" and form.is_valid():
        try:
            ask_back(message_id=pk, **form.cleaned_data, **told(request))
        except UnableToHandle as problem:
            form.refuse(problem)
        else:
            said(request, "Asked in the thread. The message stays here until it has an exit.")
            return back_to(request, _address(request, message))
    return _form_page(request, message, _renewed(form, message), "ask", {})


@require_POST
def restore_page(request: SignedIn, pk: int) -> HttpResponse:
    """Take an exit back."""
    message = _mine(request, pk)
    try:
        restore_message(message_id=pk, version=None, **told(request))
    except UnableToHandle as problem:
        warned(request, f"It cannot be undone: {problem}.")
        return back_to(request, reverse("inbox-done"))
    said(request, "It is in the inbox again.")
    answer = back_to(request, "")
    answer["Location"] = reverse("inbox-message", args=[message.pk])
    return answer


@require_POST
def reveal_page(request: SignedIn, pk: int) -> HttpResponse:
    """The message as it was written; the look is in the ledger, the answer in no cache."""
    message = _mine(request, pk)
    facts: dict[str, Any] = {"message": message, "query": _asked(request).query()}
    try:
        facts["original"] = reveal_original(message_id=pk, **told(request))
    except UnableToHandle as problem:
        facts["trouble"] = str(problem)
    answer = show(request, "intake/original.html", facts, part="intake/_original.html")
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def bind_page(request: SignedIn, pk: int) -> HttpResponse:
    """Bind a channel nobody knew; then what waits in it gets its proposals."""
    channel = get_object_or_404(Channel.objects.select_related("connection", "programme"), pk=pk)
    message = Message.objects.visible_to(request.user).with_facts().filter(channel=channel).first()
    if message is None:
        raise PermissionDenied("Nothing of this channel is yours to see.")
    form = BindForm(request.POST, programmes=binders(message, request.user))
    if form.is_valid():
        given = form.cleaned_data
        need_role(request, given["programme"].pk)
        try:
            bind_channel(
                channel_id=pk, programme=given["programme"], site=given["site"] or None,
                wave=given["wave"], **told(request),
            )  # fmt: skip
        except UnableToHandle as problem:
            words = str(problem)
            form.add_error(problem.field or None, f"{words[:1].upper()}{words[1:]}.")
        else:
            said(request, f"{channel} belongs to {given['programme']} now.")
            return back_to(request, reverse("inbox"))
    facts = {"form": form, "message": message, "kind": "bind", "query": ""}
    return show(request, "intake/exit.html", facts, status=REFUSED)


def told(request: SignedIn) -> dict[str, Any]:
    """Who does it, from where, and when."""
    return {"actor": request.user.username, "origin": "page", "now": clock.now()}


def _mine(request: SignedIn, pk: int) -> Message:
    """The message, when the person may see it (else Http404) and handle it (else refused)."""
    message = find_message(request, pk)
    if not message.may_be_handled_by(request.user, HANDLES & request.needed_roles):
        raise PermissionDenied("Your roles in this programme do not allow this.")
    return message


def _form_page(
    request: SignedIn, message: Message, form: Any, kind: str, facts: dict[str, Any]
) -> HttpResponse:
    """The page of one form; refused when something was sent."""
    shown = {"form": form, "message": message, "kind": kind, "query": _asked(request).query()}
    status = REFUSED if request.method == "POST" else 200
    return show(request, "intake/exit.html", shown | facts, status=status)


def _renewed(form: Any, message: Message) -> Any:
    """A refused form takes the version that is there now: its words say that it changed."""
    if form.is_bound and isinstance(form.data, QueryDict):
        version = Message.objects.values_list("version", flat=True).get(pk=message.pk)
        form.data = form.data.copy()
        form.data["version"] = str(version)
    return form


def _asked(request: SignedIn) -> InboxFilter:
    return InboxFilter.read(request.GET)


def _address(request: SignedIn, message: Message) -> str:
    return reverse("inbox-message", args=[message.pk]) + _asked(request).query()


def _on(request: SignedIn, message: Message) -> HttpResponse:
    """To the next message of the list the person works through."""
    following = next_waiting(request.user, _asked(request), message)
    if following is not None:
        return back_to(request, _address(request, following))
    return back_to(request, reverse("inbox") + _asked(request).query())


def _undo(pk: int) -> str:
    return reverse("inbox-restore", args=[pk])
