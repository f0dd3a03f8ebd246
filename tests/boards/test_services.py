"""Making, moving, changing and linking work items."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.boards.models import WorkItem
from apps.boards.services import (
    ItemDraft,
    Move,
    UnableToMakeWorkItem,
    UnableToMove,
    edit_work_item,
    link_incidents,
    make_work_item,
    move_card,
    rebalance,
    unlink_incident,
)
from apps.incidents.models import Incident
from apps.incidents.services import Draft, open_incident
from apps.ledger.models import Change
from apps.rollouts.models import Programme
from tests import build

pytestmark = pytest.mark.django_db
NOW = build.MONDAY
WHO: dict[str, Any] = {"actor": "pam", "origin": "page", "now": NOW}


@pytest.fixture
def programme() -> Programme:
    return build.programme()


def ticket(programme: Programme) -> Incident:
    draft = Draft(programme=programme, title="Kiosk", description="", severity=2, source="slack")
    return open_incident(draft=draft, assignee=None, assigned_because="nobody", actor="ana",
                         origin="page", now=NOW)  # fmt: skip


def cards(programme: Programme, count: int = 3) -> list[WorkItem]:
    return [
        make_work_item(draft=ItemDraft(programme=programme, title=f"Card {number}"), incidents=[],
                       **WHO)
        for number in range(count)
    ]  # fmt: skip


def move(item: WorkItem, column: str, board: str = "product", **more: Any) -> WorkItem:
    wanted = Move(board=board, column=column, version=more.pop("version", None), **more)
    return move_card(item_id=item.pk, move=wanted, **WHO)


def column(name: str, board: str = "product") -> list[int]:
    return list(WorkItem.objects.on_board(board, name).values_list("pk", flat=True))


def test_a_new_card_stands_last_in_the_first_column(programme: Programme) -> None:
    made = cards(programme)
    assert column("new") == [one.pk for one in made]
    assert Change.objects.filter(subject="work_item", verb="made").count() == 3


def test_it_is_linked_to_its_tickets(programme: Programme) -> None:
    incident = ticket(programme)
    item = make_work_item(
        draft=ItemDraft(programme=programme, title="Fix"), incidents=[incident], **WHO
    )
    assert list(item.incidents.all()) == [incident]
    incident.refresh_from_db()
    assert incident.version == 2


@pytest.mark.parametrize("title", ["", "   "])
def test_it_needs_a_title(programme: Programme, title: str) -> None:
    with pytest.raises(UnableToMakeWorkItem, match="title"):
        make_work_item(draft=ItemDraft(programme=programme, title=title), incidents=[], **WHO)


def test_it_takes_no_ticket_of_another_programme(programme: Programme) -> None:
    other = ticket(build.programme())
    with pytest.raises(UnableToMakeWorkItem, match="another programme"):
        make_work_item(draft=ItemDraft(programme=programme, title="x"), incidents=[other], **WHO)
    assert WorkItem.objects.count() == 0


def test_a_card_goes_where_it_is_put(programme: Programme) -> None:
    first, second, third = cards(programme)
    move(third, "new", before=first.pk)
    assert column("new") == [third.pk, first.pk, second.pk]
    move(first, "new", after=second.pk)
    assert column("new") == [third.pk, second.pk, first.pk]
    move(second, "declined")
    assert (column("new"), column("declined")) == ([third.pk, first.pk], [second.pk])


def test_an_accepted_card_stands_on_the_delivery_board(programme: Programme) -> None:
    first, second, _ = cards(programme)
    move(first, "accepted")
    move(second, "accepted")
    assert column("ready", "delivery") == [first.pk, second.pk]
    move(first, "in_progress", "delivery")
    with pytest.raises(UnableToMove, match="in progress already"):
        move(first, "declined")
    assert column("accepted") == [first.pk, second.pk]


def test_a_stale_move_is_refused_with_the_fresh_card(programme: Programme) -> None:
    first, *_ = cards(programme)
    assert move(first, "needs_info", version=1).version == 2
    with pytest.raises(UnableToMove, match="meanwhile") as caught:
        move(first, "declined", version=1)
    assert (caught.value.is_stale, caught.value.fresh.decision) == (True, "needs_info")
    assert column("needs_info") == [first.pk]


def test_a_neighbour_that_went_away_is_said(programme: Programme) -> None:
    first, second, third = cards(programme)
    move(second, "declined")
    with pytest.raises(UnableToMove, match="another column"):
        move(third, "new", after=second.pk)
    assert column("new") == [first.pk, third.pk]


def test_a_move_writes_one_card(programme: Programme) -> None:
    first, *_ = cards(programme, 12)
    with CaptureQueriesContext(connection) as queries:
        move(first, "accepted")
    writes = [one for one in queries if one["sql"].startswith('UPDATE "boards_workitem"')]
    assert len(writes) == 1
    assert Change.objects.filter(subject="work_item", verb="moved").count() == 1


def test_a_used_up_gap_is_made_anew(programme: Programme) -> None:
    first, second, third = cards(programme)
    WorkItem.objects.filter(pk=first.pk).update(product_rank=10)
    WorkItem.objects.filter(pk=second.pk).update(product_rank=11)
    WorkItem.objects.filter(pk=third.pk).update(product_rank=12)
    move(third, "new", after=first.pk)
    assert column("new") == [first.pk, third.pk, second.pk]


def test_cards_of_the_same_rank_keep_their_places(programme: Programme) -> None:
    first, second, third = cards(programme)
    WorkItem.objects.update(product_rank=7)
    move(third, "new", after=first.pk)
    assert column("new") == [first.pk, third.pk, second.pk]


def test_rebalancing_keeps_the_order_and_writes_only_what_differs(programme: Programme) -> None:
    made = cards(programme)
    assert rebalance(board="product", column="new") == 0
    WorkItem.objects.filter(pk=made[1].pk).update(product_rank=1)
    assert rebalance(board="product", column="new") == 1
    assert column("new") == [one.pk for one in made]


def test_it_is_changed_and_found_by_its_words(programme: Programme) -> None:
    item, *_ = cards(programme)
    changed = edit_work_item(item_id=item.pk, changes={"title": "Accept apostrophes"}, version=1,
                             **WHO)  # fmt: skip
    assert changed.version == 2
    assert [one.pk for one in WorkItem.objects.matching("APOSTROPHES")] == [item.pk]
    assert [one.pk for one in WorkItem.objects.matching(f"w-{item.pk}")] == [item.pk]
    again = edit_work_item(item_id=item.pk, changes={"title": "Accept apostrophes"}, version=2,
                           **WHO)  # fmt: skip
    assert again.version == 2
    with pytest.raises(UnableToMove, match="meanwhile"):
        edit_work_item(item_id=item.pk, changes={"severity": 1}, version=1, **WHO)


def test_tickets_are_linked_once_and_taken_off(programme: Programme) -> None:
    item, *_ = cards(programme, 1)
    incident = ticket(programme)
    later = WHO | {"now": NOW + timedelta(minutes=1)}
    assert link_incidents(item=item, incidents=[incident], **WHO) == [incident.number]
    assert link_incidents(item=item, incidents=[incident], **later) == []
    unlink_incident(item=item, incident=incident, **later)
    unlink_incident(item=item, incident=incident, **later)
    assert item.incidents.count() == 0
    verbs = Change.objects.filter(subject="work_item").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["made", "linked", "unlinked"]


@pytest.mark.parametrize("columns", [("product", "new"), ("delivery", "ready")])
@pytest.mark.postgresql_only
def test_a_column_is_read_over_its_index(programme: Programme, columns: tuple[str, str]) -> None:
    WorkItem.objects.bulk_create(
        WorkItem(programme=programme, title=f"c{n}", decision="declined", made_by="x", made_at=NOW,
                 updated_at=NOW, moved_at=NOW)
        for n in range(3000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE boards_workitem")
    board, name = columns
    plan = WorkItem.objects.on_board(board, name)[:50].explain()
    assert f"work_item_{board}_board" in plan
