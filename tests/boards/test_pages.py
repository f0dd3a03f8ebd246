"""The boards' pages and their API: filters, moves, stale cards, roles, constant queries."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Person
from apps.boards.models import ColumnLimit, WorkItem
from apps.boards.services import ItemDraft, make_work_item
from apps.rollouts.models import Programme
from tests import build
from tests.api import As
from tests.boards.test_services import ticket
from tests.pages import HTMX, at_work, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme() -> Programme:
    return build.programme()


@pytest.fixture
def pam(programme: Programme) -> Person:
    return build.person("pam", programme)


def card(programme: Programme, title: str = "Accept apostrophes", **more: Any) -> WorkItem:
    draft = ItemDraft(programme=programme, title=title, **more)
    return make_work_item(draft=draft, incidents=[], actor="pam", origin="page", now=build.MONDAY)


def test_the_board_shows_cards_and_says_when_filtered(programme: Programme, pam: Person) -> None:
    card(programme)
    card(programme, "Shorter link", severity=1)
    client = at_work(pam)
    assert "Shorter link" in text_of(client.get("/boards/product/"))
    filtered = text_of(client.get("/boards/product/?severity=3&text=APOSTR"))
    assert ("Accept apostrophes" in filtered, "Shorter link" in filtered) == (True, False)
    assert "Severity 1" in text_of(client.get("/boards/product/?lanes=severity"))


def test_a_limit_of_the_programme_is_shown_when_it_is_passed(
    programme: Programme, pam: Person
) -> None:
    ColumnLimit.objects.create(programme=programme, board="product", column="new", limit=1)
    card(programme)
    assert ">over<" not in text_of(at_work(pam).get("/boards/product/"))
    card(programme)
    assert ">over<" in text_of(at_work(pam).get("/boards/product/"))


@pytest.mark.parametrize("board", ["product", "delivery"])
def test_it_asks_the_database_as_often_for_many_as_for_one(
    programme: Programme, pam: Person, board: str
) -> None:
    client = at_work(pam)
    counts = []
    for size in (3, 30):
        for number in range(size):
            item = card(programme, f"{size} {number}")
            WorkItem.objects.filter(pk=item.pk).update(decision="accepted", stage="ready")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/boards/{board}/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def undo_in(answer: Any) -> str:
    """The address of the undo that a page offers."""
    found = re.search(r'action="(/[^"]+\?[^"]+)"', text_of(answer))
    assert found is not None
    return html.unescape(found[1])


def test_a_move_by_a_form_can_be_undone(programme: Programme, pam: Person) -> None:
    first, second, third = (card(programme, name) for name in ("one", "two", "three"))
    client = at_work(pam)
    for item in (second, first):
        data = {"board": "product", "column": "declined", "version": 1}
        moved = client.post(f"/boards/items/{item.key}/move/", data, follow=True)
        undo = undo_in(moved)
        assert client.post(undo, follow=True).status_code == 200
        order = WorkItem.objects.on_board("product", "new").values_list("pk", flat=True)
        assert list(order) == [first.pk, second.pk, third.pk]
    refused = client.post(undo, follow=True)  # somebody, here herself, moved it since
    assert "meanwhile" in text_of(refused)


def test_a_ticket_that_was_taken_off_comes_back(programme: Programme, pam: Person) -> None:
    item, incident = card(programme), ticket(programme)
    client, page = at_work(pam), f"/boards/items/{item.key}/"
    client.post(f"{page}link/", {"number": incident.number})
    gone = client.post(f"{page}unlink/", {"number": incident.number}, follow=True)
    assert item.incidents.count() == 0
    client.post(undo_in(gone))
    assert item.incidents.get() == incident


def test_a_card_moves_by_a_form(programme: Programme, pam: Person) -> None:
    item = card(programme)
    answer = at_work(pam).post(
        f"/boards/items/{item.key}/move/", {"board": "product", "column": "accepted", "version": 1}
    )
    assert (answer.status_code, answer["Location"]) == (303, "/boards/product/")
    item.refresh_from_db()
    assert (item.decision, item.stage) == ("accepted", "ready")


def test_the_boards_script_gets_the_fresh_place_and_409_when_stale(
    programme: Programme, pam: Person
) -> None:
    item = card(programme)
    client, url = at_work(pam), f"/boards/items/{item.key}/move/"
    data = {"board": "product", "column": "needs_info", "version": 1}
    moved = client.post(url, data, headers=HTMX)
    assert (moved.status_code, moved.json()["version"]) == (200, 2)
    stale = client.post(url, data | {"column": "declined"}, headers=HTMX)
    assert (stale.status_code, stale.json()["column"]) == (409, "needs_info")
    assert "meanwhile" in stale.json()["problem"]
    assert client.post(url, {"board": "product", "column": "x"}, headers=HTMX).status_code == 422
    assert client.post(url, {"board": "x", "column": "new"}).status_code == 404


def test_one_card_is_fetched_for_its_board_alone(programme: Programme, pam: Person) -> None:
    item = card(programme)
    client = at_work(pam)
    part = client.get(f"/boards/cards/{item.key}/?board=product", headers=HTMX)
    assert (part.status_code, f'id="{item.key}"' in text_of(part)) == (200, True)
    assert client.get(f"/boards/cards/{item.key}/?board=delivery").status_code == 204
    assert client.get(f"/boards/cards/{item.key}/?board=product&severity=1").status_code == 204


def test_a_work_item_is_made_from_a_ticket(programme: Programme) -> None:
    incident = ticket(programme)
    client = at_work(build.person("ana", programme))
    form = client.get(f"/boards/items/new/?incident={incident.number}")
    assert 'value="Kiosk"' in text_of(form)
    made = client.post(
        "/boards/items/new/",
        {"incident": incident.number, "title": "Fix the kiosk", "kind": "bug", "severity": "2",
         "due_on": "2022-07-01"},
    )  # fmt: skip
    item = WorkItem.objects.get()
    assert (made.status_code, made["Location"]) == (303, f"/boards/items/{item.key}/")
    assert (item.title, str(item.due_on), item.incidents.get()) == (
        "Fix the kiosk", "2022-07-01", incident,
    )  # fmt: skip
    assert client.post("/boards/items/new/", {"title": ""}).status_code == 422


def test_who_has_two_programmes_is_asked_for_which(programme: Programme, pam: Person) -> None:
    other = build.programme(name="Second")
    build.person("pam", other)
    build.person("dev", other)
    client = at_work(pam)
    page = text_of(client.get("/boards/items/new/"))
    assert f'<option value="{other.key}">Second' in page
    assert "id_title" not in page
    assert 'id="id_title"' in text_of(client.get(f"/boards/items/new/?programme={other.key}"))
    answer = client.post("/boards/items/new/", {"title": "Shorter link"})
    assert (answer.status_code, WorkItem.objects.count()) == (422, 0)
    data = {"title": "Shorter link", "kind": "bug", "severity": 2, "programme": other.key}
    client.post("/boards/items/new/", data)
    assert WorkItem.objects.get().programme == other
    assert '<option value="dev"' in text_of(client.get("/boards/product/"))
    assert client.get("/boards/items/new/?programme=none").status_code == 404


def test_a_work_item_is_changed_linked_and_unlinked_on_its_page(programme: Programme) -> None:
    item, incident = card(programme), ticket(programme)
    client, page = at_work(build.person("ana", programme)), f"/boards/items/{item.key}/"
    facts = {"title": "Better", "kind": "bug", "severity": "1", "version": "1"}
    assert client.post(page, facts).status_code == 303
    stale = client.post(page, facts | {"title": "Worse"})
    assert (stale.status_code, "meanwhile" in text_of(stale)) == (409, True)
    client.post(f"{page}link/", {"number": incident.number})
    assert incident.number in text_of(client.get(page))
    client.post(f"{page}unlink/", {"number": incident.number})
    assert item.incidents.count() == 0
    assert "There is no such ticket" in text_of(
        client.post(f"{page}link/", {"number": "RC-99999"}, follow=True)
    )


def test_others_do_not_see_or_move_it(programme: Programme) -> None:
    item = card(programme)
    stranger = at_work(build.person("pam", build.programme()))
    assert stranger.get(f"/boards/items/{item.key}/").status_code == 404
    vic = at_work(build.person("vic", programme))
    assert vic.get("/boards/product/").status_code == 200
    data = {"board": "product", "column": "accepted"}
    assert vic.post(f"/boards/items/{item.key}/move/", data).status_code == 403


def test_the_api_makes_moves_and_lists(programme: Programme, pam: Person) -> None:
    api = As(pam)
    made = api.post("work-items/", {"title": "Fix", "severity": 2}, **{"Idempotency-Key": "k"})
    again = api.post("work-items/", {"title": "Fix", "severity": 2}, **{"Idempotency-Key": "k"})
    key = made.json()["key"]
    assert (made.status_code, again.json()["key"], WorkItem.objects.count()) == (201, key, 1)
    moved = api.post(
        f"work-items/{key}/move/", {"board": "product", "column": "accepted", "version": 1}
    )
    assert (moved.status_code, moved.json()["stage"], moved["ETag"]) == (200, "ready", '"2"')
    stale = api.post(
        f"work-items/{key}/move/", {"board": "product", "column": "declined", "version": 1}
    )
    assert (stale.status_code, stale.json()["current"]["decision"]) == (409, "accepted")
    listed = api.get("work-items/?search=FIX&decision=accepted").json()["results"]
    assert [one["key"] for one in listed] == [key]
    columns = api.get("boards/delivery/").json()["columns"]
    assert [one["key"] for one in columns[0]["cards"]] == [key]


def test_the_api_changes_a_card_by_its_version(programme: Programme, pam: Person) -> None:
    item, api = card(programme), As(pam)
    url = f"/api/v1/work-items/{item.key}/"
    headers = {"Authorization": f"Bearer {api.token}"}

    def patch(body: dict[str, Any], **more: str) -> Any:
        return at_work(pam).patch(
            url, body, content_type="application/json", headers=headers | more
        )

    assert patch({"title": "Better", "version": 1}).json()["version"] == 2
    assert patch({"title": "Worse", "version": 1}).status_code == 409
    assert patch({"title": "Worse"}, **{"If-Match": '"1"'}).status_code == 412
    assert patch({"product": "nothing"}).json()["errors"]["product"]
    assert patch({"owner": "nobody"}).json()["errors"]["owner"]
