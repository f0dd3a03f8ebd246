"""One ticket, and what is done with it."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import names_of
from apps.accounts.pages import SignedIn, need_role
from apps.core import clock
from apps.core.forms import PageForm
from apps.core.guard import mask
from apps.core.pages import back_to, said, sent, show
from apps.core.panels import panels
from apps.incidents import services
from apps.incidents.choices import State
from apps.incidents.forms import (
    AssignForm,
    DuplicateForm,
    EditForm,
    NoteForm,
    ReasonForm,
    ResolveForm,
    RouteForm,
    StateForm,
    facts_of,
)
from apps.incidents.models import Incident
from apps.incidents.services import UnableToChange
from apps.incidents.views.asking import WRITES, asked_by
from apps.rollouts.models import Programme

if TYPE_CHECKING:
    from collections.abc import Callable


def _find(request: SignedIn, number: str) -> Incident:
    rows = Incident.objects.visible_to(request.user).with_facts().select_related("duplicate_of")
    return get_object_or_404(rows, pk__in=Incident.objects.numbered(number).values("pk"))


@require_safe
def ticket(request: SignedIn, number: str) -> HttpResponse:
    """A ticket: facts, clocks, timeline, what higher apps know of it."""
    return _show(request, _find(request, number))


def _show(
    request: SignedIn,
    incident: Incident,
    *,
    status: int = 200,
    refused: tuple[str, PageForm] | None = None,
) -> HttpResponse:
    now = clock.now()
    programme = incident.programme
    entries = list(incident.entries.order_by("source_at", "id"))
    forms = _forms(incident)
    if refused is not None:
        forms[refused[0]] = refused[1]
    facts = {
        "now": now,
        "incident": incident,
        "programme": programme,
        "entries": entries,
        "names": names_of(entry.actor for entry in entries),
        "duplicates": list(incident.duplicates.order_by("id")),
        "is_closed": incident.state in {State.RESOLVED, State.CLOSED},
        "may_write": bool(WRITES & request.user.roles_in(incident.programme_id)),
        "forms": forms,
        "asked": refused[0] if refused else request.GET.get("do", ""),
        "panels": panels(request, "ticket", incident, now),
    }
    page, part = "incidents/ticket.html", "incidents/_ticket.html"
    return show(request, page, facts, part=part, status=status)


def _forms(incident: Incident) -> dict[str, PageForm]:
    """A form for each act that asks something; ids differ, they stand on one page."""
    programme, holder = incident.programme, incident.assignee
    initial: dict[str, dict[str, Any]] = {
        "assign": {"assignee": holder.username if holder else None},
        "state": {"state": incident.state},
        "edit": facts_of(incident),
    }
    return {
        name: form_class(
            initial=initial.get(name), auto_id=f"{name}-%s", **_more(form_class, programme)
        )
        for name, (form_class, _) in ACTS.items()
        if form_class is not None
    }


def _more(form_class: type[PageForm] | None, programme: Programme) -> dict[str, Any]:
    return {"programme": programme} if form_class in WITH_PROGRAMME else {}


ACTS: dict[str, tuple[type[PageForm] | None, str]] = {  # name: its form, what is said when done
    "acknowledge": (None, "{} is acknowledged."),
    "take": (None, "{} is yours."),
    "assign": (AssignForm, "{} is assigned."),
    "state": (StateForm, "{} has its new state."),
    "comment": (NoteForm, "The note is on the timeline of {}."),
    "resolve": (ResolveForm, "{} is resolved."),
    "close": (None, "{} is closed."),
    "reopen": (ReasonForm, "{} is open again."),
    "route": (RouteForm, "{} is in its new queue."),
    "duplicate": (DuplicateForm, "{} is joined."),
    "edit": (EditForm, "{} is saved."),
}
WITH_PROGRAMME = (AssignForm, RouteForm, EditForm)


@require_POST
def act(request: SignedIn, number: str, name: str) -> HttpResponse:
    """One of ACTS on a ticket; refused forms and stale versions show the fresh ticket, with what
    was typed."""
    if name not in ACTS:
        raise Http404
    incident = _find(request, number)
    need_role(request, incident.programme_id)
    form_class, words = ACTS[name]
    more = _more(form_class, incident.programme)
    form = form_class(sent(request), auto_id=f"{name}-%s", **more) if form_class else PageForm({})
    if not form.is_valid():
        return _show(request, incident, status=422, refused=(name, form))
    try:
        done = _do(name, incident, form, request)
    except UnableToChange as problem:
        field = problem.field if problem.field in form.fields else None
        form.add_error(field, f"{problem}.")
        is_stale = problem.field == "version"
        fresh = _find(request, number)
        return _show(request, fresh, status=409 if is_stale else 422, refused=(name, form))
    said(request, words.format(done.number), undo=_undo(name, incident, done))
    return back_to(request, reverse("ticket", args=[done.number]))


def _undo(name: str, was: Incident, done: Incident) -> str:
    """Where a POST takes an act back, as long as nobody changed the ticket; empty for what is told
    to others or has a way back of its own."""
    if was.version == done.version:
        return ""
    facts: dict[str, Any] = {"version": done.version}
    if name in {"assign", "take"}:
        facts["assignee"] = was.assignee.username if was.assignee else ""
        name = "assign"
    elif name == "duplicate":
        name, facts["reason"] = "reopen", "Joined by mistake"
    else:
        return ""
    return f"{reverse('ticket-act', args=[done.number, name])}?{urlencode(facts)}"


def _do(name: str, incident: Incident, form: PageForm, request: SignedIn) -> Incident:
    """The service behind a name; free text is masked here, at the edge."""
    asked, facts = asked_by(request), form.cleaned_data
    simple: dict[str, Callable[[], Incident]] = {
        "acknowledge": lambda: services.acknowledge(incident=incident, asked=asked),
        "take": lambda: services.assign(incident=incident, assignee=request.user, asked=asked),
        "assign": lambda: services.assign(incident=incident, asked=asked, **facts),
        "state": lambda: services.change_state(incident=incident, asked=asked, **facts),
        "comment": lambda: services.comment(
            incident=incident, text=mask(facts["text"]).text, asked=asked
        ),
        "resolve": lambda: services.resolve(
            incident=incident, resolution=mask(facts["resolution"]).text, told=facts["told"],
            asked=asked,
        ),
        "close": lambda: services.close(incident=incident, asked=asked),
        "reopen": lambda: services.reopen(
            incident=incident, reason=mask(facts["reason"]).text, asked=asked
        ),
        "route": lambda: services.route(
            incident=incident, queue=facts["queue"], reason=mask(facts["reason"]).text,
            asked=asked,
        ),
        "duplicate": lambda: services.mark_duplicate(
            incident=incident, parent=_parent(request, facts["parent"], incident), asked=asked
        ),
        "edit": lambda: services.edit(incident=incident, changes=_masked(facts), asked=asked),
    }  # fmt: skip
    return simple[name]()


def _parent(request: SignedIn, number: str, incident: Incident) -> Incident:
    found = Incident.objects.visible_to(request.user).numbered(number).first()
    if found is None:
        raise UnableToChange("there is no such ticket: write its number, such as RC-12", incident,
                             "parent")  # fmt: skip
    return found


def _masked(facts: dict[str, Any]) -> dict[str, Any]:
    return facts | {"title": mask(facts["title"]).text}
