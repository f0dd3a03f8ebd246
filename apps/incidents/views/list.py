"""The list of tickets: its views and filters, as CSV, and what is done with many at once."""

import csv
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import Person
from apps.accounts.pages import SignedIn, need_role
from apps.core import clock
from apps.core.api.fields import written
from apps.core.numbers import whole_number
from apps.core.pages import back_to, said, sent, show, warned
from apps.incidents import listing, services
from apps.incidents.choices import State
from apps.incidents.forms import AssignForm, ViewForm
from apps.incidents.models import Incident, Queue, assignable
from apps.incidents.views.asking import WRITES, asked_by
from apps.rollouts.models import Product, Programme

MOST_AT_ONCE = 500
NOBODY = "nobody"  # in a list of people
MOST_CSV = 20_000


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
        incidents=list(mine.values_list("pk", flat=True)), assignee=person, asked=asked_by(request)
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
        assignee=people.get(kept["to"]), asked=asked_by(request),
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
