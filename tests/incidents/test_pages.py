"""The tickets' pages, and what the API does with one: filters, pages, acts, roles, versions."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Person
from apps.incidents.models import Incident, SavedView
from apps.rollouts.models import Programme
from tests import build
from tests.api import As
from tests.incidents.test_handling import opened
from tests.pages import HTMX, at_work, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme() -> Programme:
    return build.programme()


@pytest.fixture
def ana(programme: Programme) -> Person:
    return build.person("ana", programme)


def numbers(answer: Any) -> list[str]:
    return [row.number for row in answer.context["rows"]]


def test_the_list_filters_by_its_address(programme: Programme, ana: Person) -> None:
    kiosk = opened(programme, site=build.site())
    poster = opened(programme, "Poster has the wrong link", severity=1)
    client = at_work(ana)
    for query, wanted in (
        ("", [poster, kiosk]), ("state=open&severity=1", [poster]), ("text=POSTER", [poster]),
        (f"text={kiosk.number}", [kiosk]), ("site=636", [kiosk]), ("assignee=me", []),
        ("assignee=nobody", [poster, kiosk]), ("overdue=1", [poster, kiosk]), ("resolved=7", []),
        ("opened_from=2022-06-28", []), ("opened_from=nonsense", [poster, kiosk]),
        ("order=severity", [poster, kiosk]), ("order=title", [kiosk, poster]),
    ):  # fmt: skip
        answer = client.get(f"/incidents/?{query}")
        assert numbers(answer) == [one.number for one in wanted], query


def test_it_pages_both_ways_without_gaps(programme: Programme, ana: Person) -> None:
    made = [opened(programme, f"t{n % 3}").number for n in range(120)][::-1]
    client, seen, url = at_work(ana), [], "/incidents/"
    while url:
        answer = client.get(url)
        seen += numbers(answer)
        last, url = url, f"/incidents/{answer.context['older']}" if answer.context["older"] else ""
    assert seen == made
    back = client.get(f"/incidents/{client.get(last).context['newer']}")
    assert numbers(back) == made[50:100]
    assert numbers(client.get("/incidents/?after=nonsense")) == made[:50]
    by_title = client.get("/incidents/?order=title")
    following = client.get(f"/incidents/{by_title.context['older']}")
    assert not set(numbers(by_title)) & set(numbers(following))


def test_it_asks_the_database_as_often_for_many_as_for_one(
    programme: Programme, ana: Person
) -> None:
    client, counts = at_work(ana), []
    for size in (3, 30):
        for _ in range(size):
            opened(programme, site=build.site())
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/incidents/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15


def test_views_are_kept_and_forgotten(programme: Programme, ana: Person) -> None:
    client = at_work(ana)
    client.post("/incidents/views/", {"name": "Hot", "query": "severity=1&evil=1"})
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Hot", "severity=1")
    assert "Hot" in text_of(client.get("/incidents/"))
    at_work(build.person("ben", programme)).post(f"/incidents/views/{view.pk}/delete/")
    assert SavedView.objects.count() == 1
    client.post(f"/incidents/views/{view.pk}/delete/")
    assert SavedView.objects.count() == 0


def test_many_are_assigned_and_given_back(programme: Programme, ana: Person) -> None:
    rows = [opened(programme) for _ in range(3)]
    client = at_work(ana)
    data = {"ticket": [row.pk for row in rows], "assignee": "ana"}
    page = client.post("/incidents/assign/", data, follow=True)
    assert "3 tickets assigned to Ana Ortiz." in text_of(page)
    assert Incident.objects.filter(assignee=ana).count() == 3
    client.post("/incidents/unassign/")
    assert Incident.objects.filter(assignee=None).count() == 3
    assert "Choose tickets" in text_of(client.post("/incidents/assign/", {}, follow=True))


def test_people_of_all_ones_programmes_are_offered(programme: Programme, ana: Person) -> None:
    other = build.programme()
    build.person("ana", other)
    build.person("dev", other)
    rows = [opened(programme, f"No. {n}") for n in range(2)]
    client = at_work(ana)
    page = text_of(client.get("/incidents/"))
    bulk = page[page.index("data-bulk") :]
    assert bulk.index("Choose…") < bulk.index("Nobody") < bulk.index("Ana Ortiz")
    assert page.count('<option value="dev"') == 2
    data: dict[str, Any] = {"ticket": [row.pk for row in rows]}
    for assignee, words in (("", "Choose whom"), ("dev", "Nobody of that name"),
                            ("ana", "2 tickets assigned to Ana Ortiz."),
                            ("nobody", "2 tickets assigned to nobody.")):  # fmt: skip
        answer = client.post("/incidents/assign/", data | {"assignee": assignee}, follow=True)
        assert words in text_of(answer)


def test_taking_it_back_leaves_what_others_did_since(programme: Programme, ana: Person) -> None:
    ben = build.person("ben", programme)
    rows = [opened(programme) for _ in range(3)]
    client = at_work(ana)
    client.post("/incidents/assign/", {"ticket": [row.pk for row in rows], "assignee": "ana"})
    at_work(ben).post(f"/incidents/{rows[0].number}/do/take/")
    page = client.post("/incidents/unassign/", follow=True)
    assert "2 assignments taken back." in text_of(page)
    holders = Incident.objects.order_by("pk").values_list("assignee__username", flat=True)
    assert list(holders) == ["ben", None, None]


def undo_in(answer: Any) -> str:
    """The address of the undo that a page offers."""
    found = re.search(r'action="(/[^"]+\?[^"]+)"', text_of(answer))
    assert found is not None
    return html.unescape(found[1])


@pytest.mark.parametrize(("act", "data"), [("take", {}), ("assign", {"assignee": ""})])
def test_an_assignment_can_be_undone(
    programme: Programme, ana: Person, act: str, data: dict[str, str]
) -> None:
    build.person("ben", programme)
    page = f"/incidents/{opened(programme).number}/"
    client = at_work(ana)
    client.post(f"{page}do/assign/", {"assignee": "ben"}, follow=True)
    undo = undo_in(client.post(f"{page}do/{act}/", data, follow=True))
    client.post(undo)
    assert str(Incident.objects.get().assignee) == "Ben Boyd"
    assert client.post(undo).status_code == 409  # it is another version now


def test_a_ticket_joined_by_mistake_is_open_again(programme: Programme, ana: Person) -> None:
    first, second = opened(programme), opened(programme)
    client = at_work(ana)
    page = f"/incidents/{second.number}/do/duplicate/"
    joined = client.post(page, {"parent": first.number}, follow=True)
    client.post(undo_in(joined))
    second.refresh_from_db()
    assert (second.duplicate_of, second.state) == (None, "in_progress")


def test_a_view_that_was_forgotten_comes_back(ana: Person) -> None:
    client = at_work(ana)
    client.post("/incidents/views/", {"name": "Hot & new", "query": "severity=1&state=open"})
    before = SavedView.objects.get()
    gone = client.post(f"/incidents/views/{before.pk}/delete/", follow=True)
    client.post(undo_in(gone))
    after = SavedView.objects.get()
    assert (after.name, after.query) == (before.name, before.query)


@pytest.mark.parametrize("number", ["9" * 5000, "99999999999999999999", "٣", "-1"])
def test_numbers_nobody_has_change_nothing(programme: Programme, ana: Person, number: str) -> None:
    incident, client = opened(programme), at_work(ana)
    said = client.post("/incidents/assign/", {"ticket": number, "assignee": "ana"}, follow=True)
    assert "Choose tickets" in text_of(said)
    page = f"/incidents/{incident.number}/do/comment/"
    assert client.post(page, {"text": "x", "version": number}).status_code == 303


def test_the_csv_makes_no_formulas(programme: Programme, ana: Person) -> None:
    opened(programme, "=1+1")
    answer: Any = at_work(ana).get("/incidents/tickets.csv")
    text = b"".join(answer.streaming_content).decode()
    assert "'=1+1" in text


def test_a_ticket_is_acknowledged_and_resolved_on_its_page(
    programme: Programme, ana: Person
) -> None:
    incident = opened(programme, site=build.site())
    client, page = at_work(ana), f"/incidents/{incident.number}/"
    assert client.post(f"{page}do/acknowledge/").status_code == 303
    part = client.post(f"{page}do/take/", headers=HTMX, follow=True)
    assert ("<html" in text_of(part), "is yours" in text_of(part)) == (False, True)
    refused = client.post(f"{page}do/resolve/", {"resolution": "", "told": "nobody"})
    assert (refused.status_code, "dlg-resolve" in text_of(refused)) == (422, True)
    version = Incident.objects.get().version
    stale = client.post(
        f"{page}do/resolve/", {"resolution": "kept words", "told": "nobody", "version": 1}
    )
    assert (stale.status_code, "kept words" in text_of(stale)) == (409, True)
    assert Incident.objects.get().version == version
    done = client.post(
        f"{page}do/resolve/", {"resolution": "Fixed for 402-555-0143", "told": "nobody"}
    )
    assert done.status_code == 303
    shown = text_of(client.get(page))
    assert ("402-555-0143" in shown, "Resolved" in shown) == (False, True)
    assert client.post(f"{page}do/nonsense/").status_code == 404


def test_others_neither_see_nor_touch_it(programme: Programme) -> None:
    incident = opened(programme)
    page = f"/incidents/{incident.number}/"
    stranger = at_work(build.person("ana", build.programme()))
    assert stranger.get(page).status_code == 404
    vic = at_work(build.person("vic", programme))
    assert vic.get(page).status_code == 200
    assert vic.post(f"{page}do/acknowledge/").status_code == 403


def test_the_api_makes_and_handles_a_ticket(programme: Programme, ana: Person) -> None:
    api = As(ana)
    build.site()
    made = api.post("incidents/", {"title": "Kiosk", "site": "636", "severity": 2})
    url = f"incidents/{made.json()['number']}/"
    assert (made.status_code, made.json()["site"], made.json()["state"]) == (201, "636", "new")
    acknowledged = api.post(f"{url}acknowledge/", {"version": 1})
    assert acknowledged.json()["state"] == "acknowledged"
    stale = api.post(f"{url}assign/", {"assignee": "ana", "version": 1})
    assert (stale.status_code, stale.json()["current"]["version"]) == (409, 2)
    assert api.post(f"{url}assign/", {"assignee": "ana"}).json()["assignee"] == "ana"
    assert api.post(f"{url}assign/", {"assignee": "vic"}).status_code == 400
    assert api.post(f"{url}comment/", {"text": "seen"}).status_code == 200
    refused = api.post(f"{url}resolve/", {"resolution": "x", "told": "thread"})
    assert (refused.status_code, "told" in refused.json()["errors"]) == (400, True)
    done = api.post(f"{url}resolve/", {"resolution": "Fixed", "told": "nobody"}).json()
    assert (done["state"], done["resolution"]) == ("resolved", "Fixed")
    assert api.post(f"{url}reopen/", {"reason": "back"}).json()["state"] == "in_progress"
    other = api.post("incidents/", {"title": "Same"}).json()["number"]
    joined = api.post(f"incidents/{other}/duplicate/", {"of": made.json()["number"]}).json()
    assert joined["duplicate_of"] == made.json()["number"]


@pytest.mark.parametrize(
    ("body", "field"),
    [({"title": ""}, "title"), ({"title": "x", "site": "999"}, "site"),
     ({"title": "x", "severity": 4}, "severity"), ({"title": "x", "programme": "no"}, "programme")],
)  # fmt: skip
def test_the_api_says_which_field_is_wrong(ana: Person, body: dict[str, Any], field: str) -> None:
    answer = As(ana).post("incidents/", body)
    assert (answer.status_code, field in answer.json()["errors"]) == (400, True)
