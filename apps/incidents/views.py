"""Pages of tickets: the list with its views, one ticket, and what is done with it."""

import csv
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import Person, names_of
from apps.accounts.pages import SignedIn, need_role
from apps.core import clock
from apps.core.api.fields import written
from apps.core.forms import PageForm
from apps.core.guard import mask
from apps.core.numbers import whole_number
from apps.core.pages import back_to, said, sent, show, warned
from apps.core.panels import panels
from apps.incidents import listing, services
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
    ViewForm,
    facts_of,
)
from apps.incidents.models import Incident, Queue, assignable
from apps.incidents.services import Asked, UnableToChange
from apps.rollouts.models import Product, Programme

WRITES = frozenset({"engineer", "pm", "dm", "administrator"})
MOST_AT_ONCE = 500
NOBODY = "nobody"  # in a list of people
MOST_CSV = 20_000
Act = Callable[[Incident, Any, Asked], Incident]


# --- the list -------------------------------------------------------------------------------


@require_safe
def tickets(request: SignedIn) -> HttpResponse:
    """The list; everything it shows is in its address."""
    now, person = clock.now(), request.user
    asked, order = listing.Asked.of(request.GET), request.GET.get("order", "-number")
    views, choices = _views(person, asked), _choices(person)
    phases = {row["key"]: row["label"] for row in choices["phases"]}
    rows = listing.filtered(listing.for_list(person), asked, person, now)
    page = listing.page(rows, request.GET.dict(), order)
    base = urlencode({**asked.values, **({"order": order} if order != "-number" else {})})
    facts = {
        "now": now,
        "rows": page.rows,
        "newer": f"?{base}&{page.newer}" if page.newer else "",
        "older": f"?{base}&{page.older}" if page.older else "",
        "asked": asked,
        "order": order,
        "orders": _orders(order),
        "views": views,
        "chips": asked.chips(phases),
        "is_built_in": any(view["is_on"] and view["id"] is None for view in views),
        "may_write": bool(person.roles() & WRITES),
        **choices,
    }
    return show(request, "incidents/tickets.html", facts, part="incidents/_tickets.html")


def _orders(order: str) -> list[dict[str, str]]:
    """The sortable heads: where a click leads, and what a screen reader says now."""
    heads = []
    for name, (label, _) in listing.ORDERS.items():
        is_now = order.lstrip("-") == name
        is_down = order.startswith("-")
        sort = ("descending" if is_down else "ascending") if is_now else ""
        following = name if is_now and is_down else f"-{name}"
        heads.append({"name": name, "label": label, "sort": sort, "following": following})
    return heads


def _views(person: Person, asked: listing.Asked) -> list[dict[str, Any]]:
    built_in = [(label, urlencode(query), None) for label, query in listing.BUILT_IN]
    own = [(view.name, view.query, view.pk) for view in person.saved_views.all()]
    now = dict(asked.values)
    return [
        {"label": label, "query": query, "id": pk, "is_on": dict(parse_qsl(query)) == now}
        for label, query, pk in [*built_in, *own]
    ]


def _choices(person: Person) -> dict[str, Any]:
    programmes = list(Programme.objects.visible_to(person))
    return {
        "states": State.choices,
        "products": list(Product.objects.filter(programme__in=programmes)),
        "queues": list(Queue.objects.filter(programme__in=programmes)),
        "people": list(assignable(*programmes)),
        "phases": list({one["key"]: one for each in programmes for one in each.phases}.values()),
    }


@require_safe
def download(request: SignedIn) -> StreamingHttpResponse:
    """The filtered list as CSV, at most 20,000 rows."""
    now, person = clock.now(), request.user
    asked = listing.Asked.of(request.GET)
    rows = listing.filtered(listing.for_list(person), asked, person, now).order_by("-id")
    lines = _lines(rows[:MOST_CSV].iterator(chunk_size=500))
    headers = {"Content-Disposition": 'attachment; filename="tickets.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


class _Echo:
    def write(self, line: str) -> str:
        return line


def _lines(rows: Iterable[Incident]) -> Iterable[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(
        ["number", "title", "state", "severity", "site", "product", "queue", "assignee",
         "servicenow", "opened_at", "acknowledged_at", "resolved_at"]
    )  # fmt: skip
    for row in rows:
        yield writer.writerow([_cell(value) for value in _cells(row)])


def _cells(row: Incident) -> list[Any]:
    link = getattr(row, "servicenow_link", None)
    instants = (row.opened_at, row.acknowledged_at, row.resolved_at)
    return [
        row.number, row.title, row.state, row.severity, row.site and row.site.number,
        row.product and row.product.key, row.queue and row.queue.name,
        row.assignee and row.assignee.username, link.record.number if link else "",
        *[written(at) if at else "" for at in instants],
    ]  # fmt: skip


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula is made one again."""
    text = "" if value is None else value
    return f"'{text}" if isinstance(text, str) and text[:1] in "=+-@\t\r" and text else text


@require_POST
def assign_many(request: SignedIn) -> HttpResponse:
    """Give the chosen tickets to somebody; undone by giving them back one by one."""
    chosen = [whole_number(pk) for pk in request.POST.getlist("ticket")[:MOST_AT_ONCE]]
    mine = Incident.objects.visible_to(request.user).filter(pk__in=[pk for pk in chosen if pk])
    back = reverse("tickets")
    programmes = set(mine.values_list("programme_id", flat=True))
    if len(programmes) != 1:
        warned(request, "Choose tickets of one programme first.")
        return back_to(request, back)
    programme = Programme.objects.get(pk=programmes.pop())
    need_role(request, programme.pk)
    asked = request.POST.get("assignee", "")
    if not asked:
        warned(request, "Choose whom to give them to first.")
        return back_to(request, back)
    form = AssignForm({"assignee": "" if asked == NOBODY else asked}, programme=programme)
    if not form.is_valid():
        warned(request, "Nobody of that name takes tickets in this programme.")
        return back_to(request, back)
    person = form.cleaned_data["assignee"]
    changed = services.bulk_assign(
        incidents=list(mine.values_list("pk", flat=True)), assignee=person, asked=_asked(request)
    )
    request.session["assigned"] = {"to": person and person.pk, "before": changed}
    words = (
        f"{len(changed)} ticket{'s' if len(changed) != 1 else ''} assigned to {person or 'nobody'}."
    )
    said(request, words, undo=reverse("tickets-unassign") if changed else "")
    return back_to(request, back)


@require_POST
def unassign_many(request: SignedIn) -> HttpResponse:
    """Take the last bulk assignment back: each ticket to who had it, where nobody changed it."""
    kept: dict[str, Any] = request.session.pop("assigned", {"to": None, "before": []})
    before: dict[int, int | None] = dict(kept["before"])
    mine = Incident.objects.visible_to(request.user).filter(pk__in=before)
    for programme in set(mine.values_list("programme_id", flat=True)):
        need_role(request, programme)
    people = Person.objects.in_bulk([kept["to"], *before.values()])
    count = services.give_back(
        before={pk: people.get(before[pk] or 0) for pk in mine.values_list("pk", flat=True)},
        assignee=people.get(kept["to"]), asked=_asked(request),
    )  # fmt: skip
    said(request, f"{count} assignment{'s' if count != 1 else ''} taken back.")
    return back_to(request, reverse("tickets"))


@require_POST
def save_view(request: SignedIn) -> HttpResponse:
    """Keep the present filter under a name."""
    form = ViewForm(sent(request))
    query = listing.Asked.of(dict(parse_qsl(sent(request).get("query", "")))).query
    if not form.is_valid():
        warned(request, "Give the view a name.")
        return back_to(request, f"{reverse('tickets')}?{query}")
    view = services.save_view(
        person=request.user, name=form.cleaned_data["name"], query=query, now=clock.now()
    )
    said(request, f"The view “{view.name}” is kept.")
    return back_to(request, f"{reverse('tickets')}?{query}")


@require_POST
def delete_view(request: SignedIn, pk: int) -> HttpResponse:
    """Forget one of one's own views."""
    gone = services.delete_view(person=request.user, view_id=pk, now=clock.now())
    facts = {"name": gone.name, "query": gone.query} if gone else {}
    undo = f"{reverse('tickets-view-save')}?{urlencode(facts)}" if gone else ""
    said(request, "The view is gone.", undo=undo)
    return back_to(request, reverse("tickets"))


# --- one ticket -----------------------------------------------------------------------------


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


def _asked(request: SignedIn) -> Asked:
    return Asked(
        actor=request.user.username, origin="page", now=clock.now(),
        version=whole_number(sent(request).get("version", "")),
    )  # fmt: skip


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
    asked, facts = _asked(request), form.cleaned_data
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
