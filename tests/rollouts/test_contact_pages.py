"""Contacts on the page of a site, on pages of their own, over the API, in the admin."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.ledger.models import Change
from apps.rollouts.models import Contact, Programme
from apps.rollouts.search import find_sites
from apps.rollouts.services import add_contact, remove_contact
from tests import build
from tests.api import As
from tests.pages import at_work, text_of
from tests.rollouts.test_contacts import BY, MIA, NOW, PRIVATE

pytestmark = pytest.mark.django_db
NEW = "/sites/636/contacts/new/"


@pytest.fixture(autouse=True)
def _at_noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def programme() -> Programme:
    made = build.programme(key="check-in", labels={"region": "Area"})
    build.go_live(build.site(), build.product(made), build.MONDAY.date())
    return made


@pytest.fixture
def mia(programme: Programme) -> Contact:
    return add_contact(programme=programme, site=build.site(), columns=MIA, **BY)


@pytest.fixture
def ana(programme: Programme) -> Client:
    return at_work(build.person("ana", programme))


def form(**facts: str) -> dict[str, str]:
    return {"role_label": "Trainer", "name": "Lee Long", "preferred": "", "product": ""} | facts


def sent(person: Any, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """Asked over the API with a method of its own."""
    headers = {"Authorization": f"Bearer {As(person).token}", **headers}
    ask = getattr(Client(), method)
    return ask(f"/api/v1/{path}", body or {}, content_type="application/json", headers=headers)


# --- the page of the site ------------------------------------------------------------------------


def test_members_see_contacts_the_preferred_way_first(programme: Programme, mia: Contact) -> None:
    page = text_of(at_work(build.person("vic", programme)).get("/sites/636/"))
    for words in ("Mia Moreno", "Point of contact", "mailto:mia.moreno@example.gov",
                  "tel:402-555-0143", "Away on Fridays", "Preferred"):  # fmt: skip
        assert words in page
    assert page.index("Mia Moreno (Omaha)") < page.index("mailto:")


def test_a_viewer_cannot_change_them(programme: Programme, mia: Contact) -> None:
    client = at_work(build.person("vic", programme))
    page = text_of(client.get("/sites/636/"))
    assert "contact-new" not in page
    assert f"/contacts/{mia.pk}/" not in page
    for path in (NEW, f"/sites/636/contacts/{mia.pk}/"):
        assert client.get(path).status_code == 403


def test_people_of_other_programmes_see_none(mia: Contact) -> None:
    other = build.programme()
    for name in ("ana", "vic"):
        page = text_of(at_work(build.person(name, other)).get("/sites/636/"))
        assert not [one for one in PRIVATE if one in page]
    path = f"/sites/636/contacts/{mia.pk}/"
    client = at_work(build.person("ana", other))
    assert client.get(path).status_code == 404
    assert client.post(f"{path}remove/").status_code == 404
    assert client.post(f"{path}take-back/").status_code == 404


def test_a_role_counts_in_its_own_programme_only(mia: Contact) -> None:
    ben = build.person("ben", build.programme())
    build.member(ben, mia.programme, "viewer")
    client = at_work(ben)
    assert "Mia Moreno" in text_of(client.get("/sites/636/"))
    assert client.get(f"/sites/636/contacts/{mia.pk}/").status_code == 403
    assert client.post(f"/sites/636/contacts/{mia.pk}/remove/").status_code == 403


def test_of_several_programmes_each_has_its_heading(mia: Contact) -> None:
    other = build.programme(name="Second roll-out")
    add_contact(programme=other, site=mia.site, columns=MIA | {"name": "Lee Long"}, **BY)
    page = text_of(at_work(build.person("adi")).get("/sites/636/"))
    assert page.index("Check-in</h3>") < page.index("Second roll-out</h3>")


def test_the_page_asks_as_often_for_many_as_for_one(ana: Client, mia: Contact) -> None:
    counts = []
    for size in (0, 12):
        for number in range(size):
            add_contact(programme=mia.programme, site=mia.site,
                        columns=MIA | {"name": f"Person {number}"}, **BY)  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            assert ana.get("/sites/636/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 26


def test_no_search_finds_them(programme: Programme, mia: Contact) -> None:
    vic = build.person("vic", programme)
    for words in ("Moreno", "mia.moreno@example.gov", "402-555-0143"):
        assert find_sites(words, vic, 5) == []
        assert "Moreno (Omaha)" not in text_of(at_work(vic).get("/search/", {"q": words}))
    assert As(vic).get("sites/?search=Moreno").json()["results"] == []


# --- adding, changing, removing ------------------------------------------------------------------


def test_one_is_added_and_undone(ana: Client) -> None:
    page = text_of(ana.get(NEW))
    assert "Area manager" in page
    answer = ana.post(NEW, form(slack="U0LEE", preferred="slack"), follow=True)
    made = Contact.objects.get()
    assert (made.role, made.slack, made.version) == ("trainer", "U0LEE", 1)
    assert f"/sites/636/contacts/{made.pk}/remove/" in text_of(answer)
    ana.post(f"/sites/636/contacts/{made.pk}/remove/")
    assert not Contact.objects.standing().exists()


def test_one_is_changed_and_undone(ana: Client, mia: Contact) -> None:
    path = f"/sites/636/contacts/{mia.pk}/"
    assert "Away on Fridays" in text_of(ana.get(path))
    answer = ana.post(path, form(phone="402-555-0188", version="1"), follow=True)
    mia.refresh_from_db()
    assert (mia.role, mia.name, mia.phone) == ("trainer", "Lee Long", "402-555-0188")
    assert f"{path}take-back/" in text_of(answer)
    ana.post(f"{path}take-back/")
    mia.refresh_from_db()
    assert (mia.role, mia.name, mia.phone) == ("point-of-contact", "Mia Moreno", "402-555-0143")


def test_one_is_removed_and_stands_again(ana: Client, mia: Contact) -> None:
    path = f"/sites/636/contacts/{mia.pk}/"
    assert "Nobody yet" in text_of(ana.post(f"{path}remove/", follow=True))
    assert ana.get(path).status_code == 404
    assert "Mia Moreno" in text_of(ana.post(f"{path}take-back/", follow=True))
    again = ana.post(f"{path}take-back/", follow=True)
    assert "nothing to take back" in text_of(again)


def test_toasts_name_nobody_because_the_session_keeps_them(ana: Client, mia: Contact) -> None:
    path = f"/sites/636/contacts/{mia.pk}/"
    for act in ("remove/", "take-back/"):
        ana.post(path + act)
    ana.post(path, form(version="3", name="Mia Moreno"))
    assert not [one for one in PRIVATE if one in repr(dict(ana.session))]


@pytest.mark.parametrize(
    ("facts", "words"),
    [({"name": ""}, "Say how they are called"), ({"role_label": ""}, "what they are there for"),
     ({"email": "mia"}, "Write the whole address"),
     ({"preferred": "phone"}, "preferred, and empty"),
     ({"product": "other/x"}, "Select a valid choice")],
)  # fmt: skip
def test_a_form_with_something_wrong_comes_back(
    ana: Client, facts: dict[str, str], words: str
) -> None:
    answer = ana.post(NEW, form(**facts))
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "There is a problem" in text_of(answer)
    assert not Contact.objects.exists()


def test_two_people_at_once_are_told(ana: Client, mia: Contact) -> None:
    path = f"/sites/636/contacts/{mia.pk}/"
    ana.post(path, form(version="1"))
    late = ana.post(path, form(version="1", name="Somebody else"))
    assert (late.status_code, "meanwhile" in text_of(late)) == (409, True)


def test_of_several_programmes_one_is_chosen(programme: Programme) -> None:
    other = build.programme(key="other")
    product = build.product(other, key="x")
    adi = at_work(build.person("adi"))
    assert 'value="other"' in text_of(adi.get(NEW))
    adi.post(NEW, form(programme="other", product="other/x"))
    made = Contact.objects.get()
    assert (made.programme, made.product) == (other, product)
    wrong = adi.post(NEW, form(programme="check-in", product="other/x", name="Bo"))
    assert (wrong.status_code, "another programme" in text_of(wrong)) == (422, True)


# --- the API -------------------------------------------------------------------------------------


def test_the_api_lists_by_place_and_role(programme: Programme, mia: Contact) -> None:
    remove = add_contact(programme=programme, site=mia.site, columns=MIA | {"name": "Gone"}, **BY)
    remove_contact(contact_id=remove.pk, version=None, **BY)
    api = As(build.person("vic", programme))
    for query in ("site=636", "role=point-of-contact", "preferred=teams", "programme=check-in"):
        rows = api.get(f"contacts/?{query}").json()["results"]
        assert [(one["name"], one["phone"]) for one in rows] == [("Mia Moreno", "402-555-0143")]
    assert api.get("contacts/?site=999").json()["results"] == []
    assert As(build.person("ben", build.programme())).get("contacts/").json()["results"] == []


def test_the_api_adds_changes_and_removes(programme: Programme) -> None:
    ana = build.person("ana", programme)
    body = {"site": "636", "role": "trainer", "name": "Lee Long", "product": "echeckin"}
    made = As(ana).post("contacts/", body)
    assert made.status_code == 201
    assert made.json()["role_label"] == "Trainer"
    path = f"contacts/{made.json()['id']}/"
    changed = sent(ana, "patch", path, {"email": "lee@example.gov", "product": None},
                   **{"If-Match": made["ETag"]})  # fmt: skip
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert (changed.json()["product"], changed.json()["name"]) == (None, "Lee Long")
    stale = sent(ana, "patch", path, {"note": "x", "version": 1})
    assert (stale.status_code, stale.json()["current"]["version"]) == (409, 2)
    assert sent(ana, "delete", path, **{"If-Match": '"1"'}).status_code == 412
    assert sent(ana, "delete", path).status_code == 204
    assert As(ana).get(path).status_code == 404


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"site": "999"}, "site"), ({"programme": "other"}, "programme"),
     ({"product": "x"}, "product"),
     ({"preferred": "phone"}, "preferred"), ({"name": ""}, "name"), ({"role": ""}, "role"),
     ({"email": "x"}, "email")],
)  # fmt: skip
def test_the_api_refuses_in_words(programme: Programme, facts: dict[str, str], field: str) -> None:
    build.programme(key="other")
    body = {"site": "636", "role": "trainer", "name": "Lee Long"} | facts
    answer = As(build.person("ana", programme)).post("contacts/", body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not Contact.objects.exists()


@pytest.mark.parametrize(("name", "status"), [
    ("ana", 200), ("pam", 200), ("dee", 200), ("adi", 200), ("dev", 403), ("vic", 403),
])  # fmt: skip
def test_roles_that_handle_may_write(mia: Contact, name: str, status: int) -> None:
    person = build.person(name, mia.programme)
    assert sent(person, "patch", f"contacts/{mia.pk}/", {"note": "x"}).status_code == status


def test_over_the_api_too_a_role_counts_in_its_own_programme(mia: Contact) -> None:
    ben = build.person("ben", build.programme())
    build.member(ben, mia.programme, "viewer")
    path = f"contacts/{mia.pk}/"
    assert As(ben).get(path).status_code == 200
    assert sent(ben, "patch", path, {"note": "x"}).status_code == 403
    assert sent(ben, "delete", path).status_code == 403
    body = {"site": "636", "role": "x", "name": "x", "programme": mia.programme.key}
    assert As(ben).post("contacts/", body).status_code == 403


# --- the admin -----------------------------------------------------------------------------------


def test_the_admin_records_columns_without_what_stands_in_them(mia: Contact) -> None:
    client = at_work(build.person("adi"))
    assert client.get("/admin/rollouts/contact/", {"q": "636"}).status_code == 200
    path = f"/admin/rollouts/contact/{mia.pk}/change/"
    facts = {"programme": mia.programme_id, "site": mia.site_id, "role": "poc",
             "role_label": "POC", "name": "Mia New", "email": "mia.new@example.gov"}  # fmt: skip
    assert client.post(path, facts).status_code == 302
    mia.refresh_from_db()
    assert (mia.name, mia.email, mia.version) == ("Mia New", "mia.new@example.gov", 2)
    told = Change.objects.filter(subject="contact", origin="admin").get()
    fields: Any = told.fields
    assert fields["email"] == "changed"
    assert "mia.new" not in repr(fields)
    client.post(f"/admin/rollouts/contact/{mia.pk}/delete/", {"post": "yes"})
    assert not Contact.objects.exists()


def test_the_admin_refuses_what_reaches_nobody(mia: Contact) -> None:
    path = f"/admin/rollouts/contact/{mia.pk}/change/"
    facts = {"programme": mia.programme_id, "site": mia.site_id, "role": "poc",
             "role_label": "POC", "name": "Mia", "preferred": "slack"}  # fmt: skip
    page = text_of(at_work(build.person("adi")).post(path, facts))
    assert "This way is preferred, and empty." in page
