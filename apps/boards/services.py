"""Every write to work items and their order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.accounts.models import Person
from apps.boards.choices import BOARDS, Board, Decision, Kind, Stage
from apps.boards.models import WorkItem, WorkItemIncident
from apps.boards.rules import NoSuchMove, Standing, after_move, fresh_ranks, rank_between
from apps.incidents.models import Incident
from apps.incidents.services import touch
from apps.ledger.services import record
from apps.rollouts.models import Product, Programme

BATCH = 500
EDITABLE = ("title", "description", "kind", "severity", "product", "owner", "due_on", "estimate")


class UnableToMove(Exception):
    """Why not, in words; nothing was written. `fresh` is the card as it is now."""

    def __init__(self, words: str, fresh: WorkItem, *, is_stale: bool = False) -> None:
        super().__init__(words)
        self.fresh = fresh
        self.is_stale = is_stale


class UnableToMakeWorkItem(Exception):
    """Why not, in words."""

    def __init__(self, words: str, field: str) -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class ItemDraft:
    """What a new work item is about; text is masked."""

    programme: Programme
    title: str
    kind: str = Kind.BUG.value
    description: str = ""
    severity: int = 3
    product: Product | None = None
    owner: Person | None = None
    estimate: str = ""


@transaction.atomic
def make_work_item(
    *, draft: ItemDraft, incidents: Sequence[Incident], actor: str, origin: str, now: datetime
) -> WorkItem:
    """Make a card at the end of the product board's first column, linked to tickets.

    Raises UnableToMakeWorkItem without a title, or for a ticket of another programme.
    """
    if not draft.title.strip():
        raise UnableToMakeWorkItem("give it a title", "title")
    if any(one.programme_id != draft.programme.pk for one in incidents):
        raise UnableToMakeWorkItem("this ticket belongs to another programme", "incident")
    item = WorkItem.objects.create(
        **_columns(draft),
        product_rank=_last_rank(Board.PRODUCT, Decision.NEW.value),
        made_by=actor,
        made_at=now,
        updated_at=now,
        moved_at=now,
    )
    item.search_text = item.words()
    item.save(update_fields=["search_text"])
    for incident in incidents:
        _link(item, incident, actor, now)
    fields = {"title": item.title, "kind": item.kind, "severity": item.severity}
    tickets = [one.number for one in incidents]
    _record(item, "made", actor, origin, now, fields | _place(item) | {"incidents": tickets})
    return item


def _columns(draft: ItemDraft) -> dict[str, Any]:
    names = ("programme", "kind", "description", "severity", "product", "owner", "estimate")
    return {name: getattr(draft, name) for name in names} | {"title": draft.title.strip()[:200]}


def _place(item: WorkItem) -> dict[str, Any]:
    """Where a card stands, for those who show it live."""
    return {
        "decision": item.decision,
        "stage": item.stage,
        "product_rank": str(item.product_rank),  # text: JavaScript's numbers are shorter
        "delivery_rank": str(item.delivery_rank),
        "version": item.version,
    }


def _last_rank(board: Board, column: str) -> int:
    facts = BOARDS[board.value]
    rows = WorkItem.objects.on_board(board.value, column)
    last = rows.order_by(f"-{facts.rank}", "-id").values_list(facts.rank, flat=True).first()
    return rank_between(last, None) or 0


@dataclass(frozen=True, kw_only=True)
class Move:
    """Where a card is to go: a column, and the card it shall follow or stand before (None, None:
    the end). `version` is the one the mover saw."""

    board: str
    column: str
    version: int | None
    after: int | None = None
    before: int | None = None


@transaction.atomic
def move_card(*, item_id: int, move: Move, actor: str, origin: str, now: datetime) -> WorkItem:
    """Move a card; one card row is written, and its new version returned.

    Raises UnableToMove, with the card as it is, when somebody moved it meanwhile, when it cannot
    go there, or when a neighbour is not in that column.
    """
    item = WorkItem.objects.select_for_update().get(pk=item_id)
    if move.version is not None and move.version != item.version:
        words = "somebody moved or changed this card meanwhile: here it is as it is now"
        raise UnableToMove(words, item, is_stale=True)
    try:
        standing = after_move(Standing(item.decision, item.stage), move.board, move.column)
    except (NoSuchMove, KeyError) as problem:
        raise UnableToMove(str(problem), item) from problem
    was = {"column": item.column(move.board), "decision": item.decision, "stage": item.stage}
    _set_place(item, move, standing)
    item.version += 1
    item.updated_at = item.moved_at = now
    item.save(update_fields=["decision", "stage", "product_rank", "delivery_rank", "version",
                             "updated_at", "moved_at"])  # fmt: skip
    fields = {"board": move.board, "column": [was["column"], move.column]} | _place(item)
    _record(item, "moved", actor, origin, now, fields)
    return item


def _set_place(item: WorkItem, move: Move, standing: Standing) -> None:
    """Its rank on this board; on the other one it goes to the end when it is new there."""
    enters = standing.stage == Stage.READY and not item.stage
    item.decision, item.stage = standing.decision, standing.stage
    setattr(item, BOARDS[move.board].rank, _rank_for(item, move))
    if enters and move.board == Board.PRODUCT:
        item.delivery_rank = _last_rank(Board.DELIVERY, Stage.READY.value)


def _rank_for(item: WorkItem, move: Move) -> int:
    facts = BOARDS[move.board]
    column = WorkItem.objects.on_board(move.board, move.column).exclude(pk=item.pk)
    before, after = _neighbours(item, move, column)
    rank = rank_between(before, after)
    if rank is None:  # the gap is used up: this column is ranked anew, once in a long while
        rebalance(board=move.board, column=move.column)
        before, after = _neighbours(item, move, column)
        rank = rank_between(before, after)
    assert rank is not None, facts.key  # noqa: S101 - fresh ranks are a gap apart
    return rank


def _neighbours(item: WorkItem, move: Move, column: Any) -> tuple[int | None, int | None]:
    """Ranks of the cards it will stand between."""
    name = BOARDS[move.board].rank
    anchor = move.after or move.before
    if anchor is None:
        return column.order_by(f"-{name}", "-id").values_list(name, flat=True).first(), None
    found = column.filter(pk=anchor).values_list(name, "pk").first()
    if found is None:
        raise UnableToMove("the card beside it is in another column now", item, is_stale=True)
    rank, pk = found
    if move.after:
        above = column.filter(**{f"{name}__gt": rank}).values_list(name, flat=True).first()
        tied = column.filter(**{name: rank}, pk__gt=pk).exists()
        return rank, rank if tied else above
    below = column.filter(**{f"{name}__lt": rank}).order_by(f"-{name}", "-id")
    tied = column.filter(**{name: rank}, pk__lt=pk).exists()
    return rank if tied else below.values_list(name, flat=True).first(), rank


@transaction.atomic
def rebalance(*, board: str, column: str) -> int:
    """Rank a column anew, in the order it has; returns how many cards were written."""
    name = BOARDS[board].rank
    rows = list(WorkItem.objects.on_board(board, column).select_for_update().only("pk", name))
    changed = []
    for row, rank in zip(rows, fresh_ranks(len(rows)), strict=True):
        if getattr(row, name) != rank:
            setattr(row, name, rank)
            changed.append(row)
    WorkItem.objects.bulk_update(changed, [name], batch_size=BATCH)
    return len(changed)


@transaction.atomic
def edit_work_item(
    *,
    item_id: int,
    changes: Mapping[str, Any],
    version: int | None,
    actor: str,
    origin: str,
    now: datetime,
) -> WorkItem:
    """Change some of EDITABLE; nothing is written when nothing differs. Raises UnableToMove when
    somebody changed it meanwhile."""
    rows = WorkItem.objects.select_for_update(of=("self",)).select_related("product", "owner")
    item = rows.get(pk=item_id)
    if version is not None and version != item.version:
        words = "somebody changed this card meanwhile: here it is as it is now"
        raise UnableToMove(words, item, is_stale=True)
    changed = {
        name: [_plain(getattr(item, name)), _plain(value)]
        for name, value in changes.items()
        if name in EDITABLE and getattr(item, name) != value
    }
    if not changed:
        return item
    for name in changed:
        setattr(item, name, changes[name])
    item.version += 1
    item.updated_at = now
    item.search_text = item.words()
    item.save()
    _record(item, "changed", actor, origin, now, changed | {"version": item.version})
    return item


def _plain(value: Any) -> Any:
    if isinstance(value, Person):
        return value.username
    if isinstance(value, Product):
        return value.key
    return value.isoformat() if hasattr(value, "isoformat") else value


@transaction.atomic
def link_incidents(
    *, item: WorkItem, incidents: Iterable[Incident], actor: str, origin: str, now: datetime
) -> list[str]:
    """Link tickets to a card; returns the numbers that were new. Twice does no harm."""
    linked = []
    for incident in incidents:
        if incident.programme_id != item.programme_id:
            raise UnableToMakeWorkItem("this ticket belongs to another programme", "incident")
        if _link(item, incident, actor, now):
            linked.append(incident.number)
    if linked:
        _changed(item, "linked", actor, origin, now, {"incidents": linked})
    return linked


@transaction.atomic
def unlink_incident(
    *, item: WorkItem, incident: Incident, actor: str, origin: str, now: datetime
) -> None:
    """Take a ticket off a card. Twice does no harm."""
    gone, _ = WorkItemIncident.objects.filter(work_item=item, incident=incident).delete()
    if gone:
        touch(incident, now=now)
        _changed(item, "unlinked", actor, origin, now, {"incidents": [incident.number]})


def _link(item: WorkItem, incident: Incident, actor: str, now: datetime) -> bool:
    _, is_new = WorkItemIncident.objects.get_or_create(
        work_item=item, incident=incident, defaults={"linked_by": actor, "linked_at": now}
    )
    if is_new:
        touch(incident, now=now)
    return is_new


def _changed(
    item: WorkItem, verb: str, actor: str, origin: str, now: datetime, fields: dict[str, Any]
) -> None:
    WorkItem.objects.filter(pk=item.pk).update(version=F("version") + 1, updated_at=now)
    item.refresh_from_db(fields=["version", "updated_at"])
    _record(item, verb, actor, origin, now, fields | {"version": item.version})


def _record(
    item: WorkItem, verb: str, actor: str, origin: str, now: datetime, fields: dict[str, Any]
) -> None:
    record(
        subject="work_item",
        subject_key=item.key,
        verb=verb,
        actor=actor,
        origin=origin,
        programme_id=item.programme_id,
        now=now,
        fields=fields,
    )
