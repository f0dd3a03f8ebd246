"""One's own ways and quiet hours: the page, the services, the API; never somebody else's."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Person
from apps.ledger.models import Change
from apps.outbox.models import Delivery
from apps.paging import services
from apps.paging.mine import mine_of
from apps.paging.models import ContactMethod, QuietHours
from apps.paging.rules import Way
from tests import build
from tests.api import As
from tests.pages import HTMX, at_work, text_of
from tests.paging.rows import NOW, delivers, goes_on, promised, someone, staffed, ticket, told

pytestmark = pytest.mark.django_db
SECRET = "pover://uSeRkEy@tOkEnSeCrEt"
OFFICE = {"mon-fri": "08:00-17:00"}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def ana(**columns: Any) -> Person:
    staffed()
    person = Person.objects.get(username="ana")
    Person.objects.filter(pk=person.pk).update(**columns)
    person.refresh_from_db()
    return person


def add(person: Person, address: str = SECRET, label: str = "My phone") -> ContactMethod:
    return services.add_way(person=person, address=address, label=label, origin="page", now=NOW)


def save(person: Person, *ways: Way, quiet: dict[str, str] | None = None) -> bool:
    return services.save_own_ways(person=person, ways=ways, quiet_hours=quiet, origin="page",
                                  now=NOW)  # fmt: skip


def entries() -> list[Change]:
    return list(Change.objects.filter(subject="ways").order_by("id"))


def sent(person: Person, **boxes: str) -> dict[str, str]:
    return {"seen": str(mine_of(person).version), "quiet_hours": "", **boxes}


# --- services ----------------------------------------------------------------------------------


def test_a_switched_way_is_kept_and_told_once() -> None:
    person = ana()
    assert save(person, Way("email", in_work_hours=False))
    assert not save(person, Way("email", in_work_hours=False))
    row = ContactMethod.objects.get()
    assert (row.means, row.in_work_hours, row.after_hours) == ("email", False, True)
    [entry] = entries()
    assert (entry.actor, entry.subject_key) == ("ana", "ana")
    assert entry.fields == {"email in_work_hours": [True, False]}


def test_quiet_hours_are_kept_with_what_they_were() -> None:
    person = ana()
    save(person, quiet={"mon-sun": "22:00-07:00"})
    save(person, quiet={})
    assert QuietHours.objects.get().hours == {}
    assert entries()[1].fields == {"quiet_hours": [{"mon-sun": "22:00-07:00"}, {}]}


def test_what_is_not_said_stays() -> None:
    person = ana()
    save(person, Way("email", after_hours=False), quiet={"sun": "00:00-24:00"})
    save(person, Way("slack", after_hours=False))
    assert ContactMethod.objects.get(means="email").after_hours is False
    assert QuietHours.objects.get().hours == {"sun": "00:00-24:00"}


def test_a_way_that_is_not_there_is_refused_and_nothing_is_half_written() -> None:
    person = ana()
    with pytest.raises(services.UnableToSaveWays):
        save(person, Way("email", in_work_hours=False), Way("other:99"))
    assert not ContactMethod.objects.exists()
    assert entries() == []


def test_the_way_of_somebody_else_is_none_of_mine() -> None:
    person = ana()
    other = add(Person.objects.get(username="ben"))
    with pytest.raises(services.UnableToSaveWays):
        save(person, Way(other.key, in_work_hours=False))
    other.refresh_from_db()
    assert other.in_work_hours


def test_another_service_is_added_once_and_its_address_told_to_nobody() -> None:
    person = ana()
    made = add(person)
    assert add(person) == made
    [entry] = entries()
    assert entry.verb == "added"
    assert entry.fields == {"way": made.key, "service": "pover"}
    assert "tOkEnSeCrEt" not in f"{list(Change.objects.values())}"


def test_an_address_nothing_can_be_sent_to_is_refused() -> None:
    person = ana()
    for address in ("http://10.0.0.1/", "json://10.0.0.1/x", "tel:123", "twilio://",
                    "json://127.0.0.1:9200/_shutdown", "json://localhost/x?method=GET",
                    "json://a:b@169.254.169.254@localhost/latest"):  # fmt: skip
        with pytest.raises(services.UnableToSaveWays):
            add(person, address)
    assert entries() == []


def test_ten_services_are_enough() -> None:
    person = ana()
    for number in range(10):
        add(person, f"{SECRET}{number}")
    with pytest.raises(services.UnableToSaveWays, match="remove one first"):
        add(person, f"{SECRET}x")


def test_a_removed_service_is_told_no_more_also_not_of_what_waits() -> None:
    person = ana(email="")
    made = add(person)
    ticket(person.memberships.get().programme)
    goes_on(0)
    assert promised() == [("page.other", "waiting")]
    assert services.remove_way(method=made, origin="page", now=NOW)
    assert not services.remove_way(method=made, origin="page", now=NOW)
    delivers()
    assert promised() == [("page.other", "left_out")]
    assert Delivery.objects.get().result == {"left_out": "this person has no such address any more"}
    assert goes_on(1) == 1  # the next one does not wait five minutes
    assert told() == ["ana", "ben"]
    answer = at_work(person).get("/paging/mine/")
    assert "Address gone" in text_of(answer)
    assert [one.verb for one in entries()] == ["added", "removed"]


def test_an_administrators_edit_is_another_version() -> None:
    person = ana()
    before = mine_of(person).version
    assert mine_of(person).version == before
    ContactMethod.objects.create(person=person, means="email", after_hours=False)
    assert mine_of(person).version != before


# --- the page ----------------------------------------------------------------------------------


def test_it_shows_ways_hours_and_what_would_happen_now() -> None:
    person = ana(working_hours=OFFICE)
    add(person)
    text = text_of(at_work(person).get("/paging/mine/"))
    for words in ("ana@example.gov", "no Slack handle yet: ask an administrator", "My phone",
                  "mon-fri 08:00-17:00", "every way is used", "Urgent pages still come",
                  "A page would tell you by <b>E-mail and My phone</b>"):  # fmt: skip
        assert words in " ".join(text.split()), words
    assert "tOkEnSeCrEt" not in text


def test_what_would_happen_follows_the_rules() -> None:
    person = ana()
    add(person)
    save(person, Way("email", after_hours=False), quiet={"mon": "09:00-12:00"})
    text = " ".join(text_of(at_work(person).get("/paging/mine/")).split())
    assert "Only an urgent page would tell you by <b>My phone</b>" in text


def test_slack_counts_where_a_programme_of_mine_is_connected() -> None:
    person = ana()
    build.handle(person, "slack", "U0ANA")
    assert "connected to Slack" in text_of(at_work(person).get("/paging/mine/"))
    build.slack(person.memberships.get().programme)
    text = text_of(at_work(person).get("/paging/mine/"))
    assert "U0ANA" in text
    assert "<b>E-mail and Slack</b>" in text


def test_boxes_and_hours_are_saved() -> None:
    person = ana()
    facts = sent(person, quiet_hours="mon-fri 22:00-07:00\nsat 00:00-24:00") | {"after email": "on"}
    answer = at_work(person).post("/paging/mine/", facts, follow=True)
    assert "Your ways are saved" in text_of(answer)
    row = ContactMethod.objects.get()
    assert (row.in_work_hours, row.after_hours) == (False, True)
    assert QuietHours.objects.get().hours == {"mon-fri": "22:00-07:00", "sat": "00:00-24:00"}


def test_hours_that_are_none_are_refused_and_nothing_is_saved() -> None:
    person = ana()
    answer = at_work(person).post("/paging/mine/", sent(person, quiet_hours="funday 1-2"))
    assert answer.status_code == 422
    assert "There is a problem" in text_of(answer)
    assert not ContactMethod.objects.exists()


def test_an_old_page_does_not_overwrite() -> None:
    person = ana()
    facts = sent(person)
    add(person)
    answer = at_work(person).post("/paging/mine/", facts, follow=True)
    assert "changed elsewhere meanwhile" in text_of(answer)
    assert ContactMethod.objects.get().in_work_hours


def test_another_service_is_added_on_its_page() -> None:
    client = at_work(ana())
    answer = client.post("/paging/mine/new/", {"address": "nonsense"})
    assert answer.status_code == 422
    assert "There is a problem" in text_of(answer)
    done = client.post("/paging/mine/new/", {"address": SECRET, "label": ""}, follow=True)
    assert "pover" in text_of(done)
    assert "tOkEnSeCrEt" not in text_of(done)
    assert ContactMethod.objects.get().address == SECRET


def test_it_is_removed_after_a_question() -> None:
    person = ana()
    client, made = at_work(person), add(person)
    address = f"/paging/mine/{made.pk}/remove/"
    question = " ".join(text_of(client.get(address)).split())
    assert "Remove My phone" in question
    assert "one that has no other way to you goes to the next person at once" in question
    assert ContactMethod.objects.exists()
    assert client.post(address).status_code == 303
    assert not ContactMethod.objects.exists()
    assert client.post(address).status_code == 404


def test_nobody_removes_what_is_somebody_elses() -> None:
    made = add(ana())
    for who in ("ben", "adi"):
        client = at_work(Person.objects.get(username=who))
        assert client.post(f"/paging/mine/{made.pk}/remove/").status_code == 404
    assert ContactMethod.objects.exists()


def test_it_lists_what_one_was_told_and_how_it_went() -> None:
    person = ana()
    row = ticket(person.memberships.get().programme)
    goes_on(0)
    client = at_work(person)
    assert "Waiting" in text_of(client.get("/paging/mine/"))
    delivers()
    text = text_of(client.get("/paging/mine/", headers=HTMX))
    assert "<html" not in text
    assert row.number in text
    assert "Sent" in text
    assert "#page-" in text
    assert row.number not in text_of(at_work(someone("ben")).get("/paging/mine/"))
    person.memberships.all().delete()
    assert row.number not in text_of(client.get("/paging/mine/"))


def test_many_ways_and_notices_take_the_queries_of_one() -> None:
    person = ana()
    client, counts = at_work(person), []
    for many in (1, 5):
        for number in range(many):
            add(person, f"{SECRET}{many}{number}")
            ticket(person.memberships.get().programme)
        goes_on(0)
        with CaptureQueriesContext(connection) as asked:
            client.get("/paging/mine/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_viewer_has_ways_and_no_test_button() -> None:
    vic = someone("vic", build.programme())
    text = text_of(at_work(vic).get("/paging/mine/"))
    assert "vic@example.gov" in text
    assert "Page me now" not in text


# --- the API -----------------------------------------------------------------------------------


def test_the_api_tells_ways_without_addresses() -> None:
    person = ana()
    made = add(person)
    answer = As(person).get("paging/mine/")
    facts = answer.json()
    assert [one["key"] for one in facts["ways"]] == ["email", "slack", made.key]
    assert facts["now"] == {"ways": ["email", made.key], "is_at_work": False, "is_quiet": False}
    assert answer.headers["ETag"] == f'"{facts["version"]}"'
    assert "example.gov" not in json.dumps(facts)
    assert "tOkEnSeCrEt" not in json.dumps(facts)


def test_the_api_changes_what_is_named() -> None:
    person = ana()
    add(person)
    facts = As(person).patch("paging/mine/", {
        "ways": [{"key": "email", "after_hours": False}], "quiet_hours": {"sun": "00:00-24:00"},
    })  # fmt: skip
    assert facts.status_code == 200
    assert facts.json()["now"]["ways"] != []
    assert [one["after_hours"] for one in facts.json()["ways"]] == [False, True, True]
    assert facts.json()["quiet_hours"] == {"sun": "00:00-24:00"}
    assert entries()[-1].origin == "api"


@pytest.mark.parametrize(
    "body",
    [{"ways": [{"key": "pigeon"}]}, {"ways": [{}]}, {"quiet_hours": {"funday": "1-2"}},
     {"quiet_hours": []}, {"ways": "all"}, []],
)  # fmt: skip
def test_the_api_refuses_what_it_cannot_read(body: Any) -> None:
    person = ana()
    assert As(person).patch("paging/mine/", body).status_code == 400
    assert not ContactMethod.objects.exists()


def test_the_api_refuses_an_old_version() -> None:
    caller = As(ana())
    version = caller.get("paging/mine/").json()["version"]
    way = {"ways": [{"key": "email", "after_hours": False}]}
    assert caller.patch("paging/mine/", way | {"version": version}).status_code == 200
    again = caller.patch("paging/mine/", way | {"version": version})
    assert again.status_code == 409
    assert again.json()["current"]["version"] != version
    assert caller.patch("paging/mine/", way, **{"If-Match": f'"{version}"'}).status_code == 412


def test_what_is_chosen_is_what_happens() -> None:
    person = ana(working_hours=OFFICE)
    build.handle(person, "slack", "U0ANA")
    add(person)
    save(person, Way("email", in_work_hours=False))
    programme = person.memberships.get().programme
    ticket(programme)
    goes_on(0)
    assert [action for action, _ in promised()] == ["page.other"]
    with time_machine.travel(NOW + timedelta(hours=12), tick=False):
        ticket(programme, at=NOW + timedelta(hours=12), title="Again")
        goes_on(12 * 60)
    assert "page.email" in [action for action, _ in promised()]
    assert mail.outbox == []
