"""Pages of the boards: the two boards, a card, a work item, its moves and links."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.pages import SignedIn, need_role
from apps.boards.choices import BOARDS, Board, Kind
from apps.boards.forms import ItemForm, LinkForm, MoveForm, initial_of, people_of
from apps.boards.models import WorkItem
from apps.boards.reading import FIRST, Filter, read_board
from apps.boards.services import (
    ItemDraft,
    Move,
    UnableToMakeWorkItem,
    UnableToMove,
    edit_work_item,
    link_incidents,
    make_work_item,
    move_card,
    unlink_incident,
)
from apps.core import clock
from apps.core.numbers import whole_number
from apps.core.pages import back_to, is_part, said, sent, show, warned
from apps.incidents.models import Incident
from apps.ledger.models import Change
from apps.rollouts.models import Product, Programme

HISTORY = 50


@require_safe
def board(request: SignedIn, board: str) -> HttpResponse:
    """A board: filters, lanes and "more" in the address."""
    asked, lanes = Filter.of(request.GET.dict()), request.GET.get("lanes", "")
    more = dict.fromkeys(request.GET.getlist("more"), FIRST * 4)
    facts = {
        "board": BOARDS[board],
        "title": Board(board).label,
        "columns": read_board(board, request.user, asked, lanes=lanes, first=more),
        "asked": asked,
        "lanes": lanes,
        "kinds": Kind.choices,
        "may_write": bool(request.user.roles() & WRITES),
        **_choices(request),
    }
    return show(request, "boards/board.html", facts, part="boards/_board.html")


WRITES = frozenset({"engineer", "pm", "dm", "administrator"})


def _choices(request: SignedIn) -> dict[str, Any]:
    programmes = list(Programme.objects.visible_to(request.user))
    products = list(Product.objects.filter(programme__in=programmes).order_by("name"))
    owners = list(people_of(*programmes))
    return {"programmes": programmes, "products": products, "owners": owners}


@require_safe
def card(request: SignedIn, key: str) -> HttpResponse:
    """One card of a board, for a page that follows changes: 204 when it stands on no column."""
    board = BOARDS.get(request.GET.get("board", "product"))
    if board is None:
        raise Http404
    rows = WorkItem.objects.visible_to(request.user).with_facts().prefetch_related("incidents")
    item = get_object_or_404(rows, pk__in=WorkItem.objects.keyed(key).values("pk"))
    if not item.column(board.key) or not _passes(item, request):
        return HttpResponse(status=204)
    facts = {"card": item, "board": board, "may_write": bool(request.user.roles() & WRITES)}
    return show(request, "boards/_card.html", facts, part="boards/_card.html")


def _passes(item: WorkItem, request: SignedIn) -> bool:
    asked = Filter.of(request.GET.dict())
    return not asked.count or asked.apply(WorkItem.objects.filter(pk=item.pk)).exists()


@require_POST
def move(request: SignedIn, key: str) -> HttpResponse:
    """Move a card. JSON for the board's own script (the fresh version, or 409 with the card's
    place), a page for everybody else."""
    item = _find(request, key)
    need_role(request, item.programme_id)
    board = sent(request).get("board", "product")
    if board not in BOARDS:
        raise Http404
    form = MoveForm(sent(request), board=board)
    if not form.is_valid():
        return _moved(request, item, board, "Choose a column of this board.", 422)
    back = "" if is_part(request) else _way_back(item, board)
    try:
        moved = move_card(item_id=item.pk, move=_wanted(form, board, item), origin="page",
                          actor=request.user.username, now=clock.now())  # fmt: skip
    except UnableToMove as problem:
        return _moved(request, problem.fresh, board, str(problem), 409)
    return _moved(request, moved, board, "", 200, back=back)


def _way_back(item: WorkItem, board: str) -> str:
    """What a move has to say to bring a card back to where it stands now; empty for nowhere."""
    column, rank = item.column(board), BOARDS[board].rank
    if not column:
        return ""
    before = Q(**{f"{rank}__lt": item.rank(board)})
    tied = Q(**{rank: item.rank(board)}, pk__lt=item.pk)
    beside = WorkItem.objects.on_board(board, column).filter(before | tied)
    above = beside.reverse().values_list("pk", flat=True).first()
    place = {"after": above} if above else {"place": "first"}
    return urlencode({"board": board, "column": column, **place})


def _wanted(form: MoveForm, board: str, item: WorkItem) -> Move:
    facts = form.cleaned_data
    after, before = facts["after"], facts["before"]
    if not after and not before and facts["place"] == "first":
        rows = WorkItem.objects.on_board(board, facts["column"]).exclude(pk=item.pk)
        before = rows.values_list("pk", flat=True).first()
    return Move(board=board, column=facts["column"], version=facts["version"], after=after,
                before=before)  # fmt: skip


def _moved(
    request: SignedIn,
    item: WorkItem,
    board: str,
    problem: str,
    status: int,
    back: str = "",
) -> HttpResponse:
    if is_part(request):
        facts = {
            "key": item.key,
            "column": item.column(board),
            "rank": str(item.rank(board)),
            "version": item.version,
            "problem": problem,
        }
        return JsonResponse(facts, status=status)
    if problem:
        warned(request, f"{item.key}: {problem}.")
    else:
        label = dict(BOARDS[board].columns).get(item.column(board), "")
        undo = f"{reverse('work-item-page-move', args=[item.key])}?{back}&version={item.version}"
        said(request, f"{item.key} is in “{label}” now.", undo=undo if back else "")
    return back_to(request, reverse(f"{board}-board"))


def _find(request: SignedIn, key: str) -> WorkItem:
    rows = WorkItem.objects.visible_to(request.user).select_related("programme", "product", "owner")
    return get_object_or_404(rows, pk__in=WorkItem.objects.keyed(key).values("pk"))


@require_http_methods(["GET", "HEAD", "POST"])
def new_item(request: SignedIn) -> HttpResponse:
    """Make a work item, from a ticket (`?incident=RC-12`) or from nothing."""
    asked = request.POST.get("incident") or request.GET.get("incident", "")
    incident = _ticket(request, asked) if asked else None
    offered = [incident.programme] if incident else _programmes(request)
    if len(offered) > 1:  # nobody knows which of them is meant
        status = 422 if request.method == "POST" else 200
        return show(request, "boards/which.html", {"programmes": offered}, status=status)
    programme = offered[0]
    need_role(request, programme.pk)
    if request.method != "POST":
        form = ItemForm(initial=_from_ticket(incident), programme=programme)
        return _item_form(request, form, programme, incident)
    form = ItemForm(request.POST, programme=programme)
    if not form.is_valid():
        return _item_form(request, form, programme, incident, status=422)
    facts = dict(form.cleaned_data)
    due_on = facts.pop("due_on")
    item = make_work_item(
        draft=ItemDraft(programme=programme, **facts),
        incidents=[incident] if incident else [],
        actor=request.user.username, origin="page", now=clock.now(),
    )  # fmt: skip
    if due_on:
        edit_work_item(item_id=item.pk, changes={"due_on": due_on}, version=None,
                       actor=request.user.username, origin="page", now=clock.now())  # fmt: skip
    said(request, f"{item.key} stands on the product board.")
    return back_to(request, reverse("work-item-page", args=[item.key]))


def _ticket(request: SignedIn, number: str) -> Incident:
    rows = Incident.objects.visible_to(request.user).select_related("programme", "product")
    return get_object_or_404(rows, pk__in=Incident.objects.numbered(number).values("pk"))


def _programmes(request: SignedIn) -> list[Programme]:
    """The one the person named, or all they may make a work item in."""
    rows = Programme.objects.visible_to(request.user)
    if key := request.POST.get("programme") or request.GET.get("programme"):
        return [get_object_or_404(rows, key=key)]
    found = [one for one in rows if request.needed_roles & request.user.roles_in(one.pk)]
    if not found:
        raise Http404
    return found


def _from_ticket(incident: Incident | None) -> dict[str, Any]:
    if incident is None:
        return {"severity": 3, "kind": Kind.BUG.value}
    return {
        "title": incident.title, "severity": incident.severity, "product": incident.product_id,
        "kind": Kind.BUG.value,
    }  # fmt: skip


def _item_form(
    request: SignedIn,
    form: ItemForm,
    programme: Programme,
    incident: Incident | None,
    status: int = 200,
) -> HttpResponse:
    facts = {"form": form, "programme": programme, "incident": incident}
    return show(request, "boards/new.html", facts, part="boards/_new.html", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: SignedIn, key: str) -> HttpResponse:
    """A work item: facts, tickets, history, the form that changes it."""
    found = _find(request, key)
    if request.method != "POST":
        form = ItemForm(initial=initial_of(found), programme=found.programme)
        return _item_page(request, found, form)
    need_role(request, found.programme_id)
    form = ItemForm(request.POST, programme=found.programme)
    if not form.is_valid():
        return _item_page(request, found, form, status=422)
    try:
        edit_work_item(
            item_id=found.pk, changes=form.cleaned_data,
            version=whole_number(request.POST.get("version", "")),
            actor=request.user.username, origin="page", now=clock.now(),
        )  # fmt: skip
    except UnableToMove as problem:
        form.add_error(None, f"{problem}. Look at it, then save again.")
        return _item_page(request, problem.fresh, form, status=409)
    said(request, f"{found.key} is saved.")
    return back_to(request, reverse("work-item-page", args=[found.key]))


def _item_page(
    request: SignedIn, found: WorkItem, form: ItemForm, status: int = 200
) -> HttpResponse:
    changes = Change.objects.visible_to(request.user).filter(
        subject="work_item", subject_key=found.key
    )
    facts = {
        "item": found,
        "form": form,
        "link_form": LinkForm(),
        "boards": BOARDS.values(),
        "move_forms": [(BOARDS[key], MoveForm(board=key, prefix="")) for key in BOARDS],
        "incidents": found.incidents.select_related("site").order_by("id"),
        "history": changes.order_by("-id")[:HISTORY],
        "may_write": bool(request.user.roles() & WRITES),
    }
    return show(request, "boards/item.html", facts, part="boards/_item.html", status=status)


@require_POST
def link(request: SignedIn, key: str) -> HttpResponse:
    """Link a ticket by its number."""
    found = _find(request, key)
    need_role(request, found.programme_id)
    page = reverse("work-item-page", args=[found.key])
    form = LinkForm(sent(request))
    rows = Incident.objects.visible_to(request.user)
    incident = rows.numbered(form["number"].value() or "").first()
    if incident is None:
        warned(request, "There is no such ticket. Write its number, such as RC-12.")
        return back_to(request, page)
    try:
        link_incidents(item=found, incidents=[incident], actor=request.user.username,
                       origin="page", now=clock.now())  # fmt: skip
    except UnableToMakeWorkItem as problem:
        warned(request, f"{incident.number}: {problem}.")
        return back_to(request, page)
    said(request, f"{incident.number} is linked to {found.key}.")
    return back_to(request, page)


@require_POST
def unlink(request: SignedIn, key: str) -> HttpResponse:
    """Take a ticket off a work item."""
    found = _find(request, key)
    need_role(request, found.programme_id)
    incident = _ticket(request, request.POST.get("number", ""))
    unlink_incident(item=found, incident=incident, actor=request.user.username, origin="page",
                    now=clock.now())  # fmt: skip
    undo = f"{reverse('work-item-link', args=[found.key])}?number={incident.number}"
    said(request, f"{incident.number} is taken off {found.key}.", undo=undo)
    return back_to(request, reverse("work-item-page", args=[found.key]))
