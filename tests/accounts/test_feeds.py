"""Calendar feeds: made and revoked on the page, over the API, in the admin; read by address."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
import vobject
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts import feeds as route
from apps.accounts.feed_tokens import MOST, UnableToMakeFeed, feed_of, make_feed, revoke_feed
from apps.accounts.models import Feed, Person
from apps.core.api.limits import counters
from apps.core.models import KeptAnswer
from apps.ledger.models import Change
from apps.rollouts.models import Membership, Programme
from tests import build
from tests.api import As
from tests.pages import at_work, text_of

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 15, 15, 0, tzinfo=UTC)
BASE = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def _at_noon() -> Any:
    counters.clear()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def programme() -> Programme:
    made = build.programme(key="check-in")
    build.go_live(build.site(), build.product(made), build.MONDAY.date(), wave=build.wave(made))
    return made


@pytest.fixture
def vic(programme: Programme) -> Person:
    return build.person("vic", programme)


def made(person: Person, kind: str = "programme", subject: str = "check-in") -> tuple[Feed, str]:
    """A feed and the path of its address."""
    feed, address = make_feed(person=person, kind=kind, subject=subject, actor=person.username,
                              origin="page", now=NOW)  # fmt: skip
    return feed, address.removeprefix(BASE)


def read(path: str, **headers: str) -> Any:
    return Client().get(path, headers=headers)


# --- the token -----------------------------------------------------------------------------------


def test_only_the_hash_of_a_token_is_kept(vic: Person) -> None:
    feed, path = made(vic)
    token = path.removeprefix("/feeds/").removesuffix(".ics")
    assert len(token) == 43
    assert feed_of(token) == feed
    stored = repr([list(table.objects.values()) for table in (Feed, Change)])
    assert token not in stored
    assert Change.objects.get(subject="feed").fields == {"person": "vic"}


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "a" * 5000, "é" * 43, "../../x"])
def test_a_token_that_never_was_opens_nothing(vic: Person, token: str) -> None:
    made(vic)
    assert feed_of(token) is None


@pytest.mark.parametrize(("kind", "subject"), [
    ("programme", "other"), ("nothing", "check-in"), ("wave", "check-in/99"), ("", ""),
])  # fmt: skip
def test_nobody_gets_what_they_may_not_see(vic: Person, kind: str, subject: str) -> None:
    build.programme(key="other")
    with pytest.raises(UnableToMakeFeed, match="no such calendar"):
        made(vic, kind, subject)


def test_a_person_has_so_many_and_no_more(vic: Person) -> None:
    Feed.objects.bulk_create(
        Feed(person=vic, kind="wave", subject="x", name="x", digest=str(n), created_at=NOW)
        for n in range(MOST)
    )
    with pytest.raises(UnableToMakeFeed, match="enough"):
        made(vic)


# --- the address ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "subject"), [
    ("programme", "check-in"), ("wave", "check-in/9"), ("product", "check-in/echeckin"),
])  # fmt: skip
def test_its_address_answers_with_the_calendar(vic: Person, kind: str, subject: str) -> None:
    answer = read(made(vic, kind, subject)[1])
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Content-Length"] == str(len(answer.content))
    calendar: Any = vobject.readOne(answer.content.decode())
    assert calendar.validate(raiseException=True)
    assert len(calendar.vevent_list) == 1


def test_who_has_it_already_is_told_so_until_something_changes(
    programme: Programme, vic: Person
) -> None:
    path = made(vic)[1]
    etag = read(path)["ETag"]
    for known in (etag, f"W/{etag}", f'"x", {etag}'):
        answer = read(path, **{"If-None-Match": known})
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)
        assert "Content-Length" not in answer
    build.go_live(build.site("437"), programme.products.get(), build.MONDAY.date(),
                  wave=programme.waves.get())  # fmt: skip
    assert read(path, **{"If-None-Match": etag}).status_code == 200


def test_it_asks_a_few_questions_and_touches_no_session(vic: Person) -> None:
    path = made(vic)[1]
    read(path)
    client = at_work(vic)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    assert answer.status_code == 200
    assert len(queries) <= 5
    assert not [one for one in queries if "session" in one["sql"]]
    assert (answer.cookies, "Cookie" in answer.get("Vary", "")) == ({}, False)


def test_it_notes_that_it_was_read_once_an_hour(vic: Person) -> None:
    feed, path = made(vic)
    seen = []
    for minutes in (0, 30, 61):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            read(path)
        feed.refresh_from_db()
        seen.append(feed.last_read_at)
    assert seen == [NOW, NOW, NOW + timedelta(minutes=61)]


def test_it_is_read_also_while_nothing_can_be_written(
    vic: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**_: object) -> bool:
        raise DatabaseError("cannot execute UPDATE in a read-only transaction")

    monkeypatch.setattr(route, "note_read", fails)
    assert read(made(vic)[1]).status_code == 200


def test_revoked_it_leads_nowhere(vic: Person) -> None:
    feed, path = made(vic)
    revoke_feed(feed_id=feed.pk, actor="vic", origin="page", now=NOW)
    answer = read(path)
    assert (answer.status_code, answer["Cache-Control"]) == (404, "private, no-cache")


def test_it_ends_with_the_membership_or_the_person(programme: Programme, vic: Person) -> None:
    path = made(vic)[1]
    Membership.objects.filter(person=vic).delete()
    assert read(path).status_code == 404
    build.member(vic, programme, "viewer")
    assert read(path).status_code == 200
    Person.objects.filter(pk=vic.pk).update(is_active=False)
    assert read(path).status_code == 404


def test_no_answer_and_no_log_line_says_the_token(
    vic: Person, caplog: pytest.LogCaptureFixture
) -> None:
    feed, path = made(vic)
    token = path.removeprefix("/feeds/").removesuffix(".ics")
    with caplog.at_level(logging.DEBUG):
        read(path)
        revoke_feed(feed_id=feed.pk, actor="vic", origin="page", now=NOW)
        gone = read(path)
        Client().post(path)
    assert token not in caplog.text
    assert token not in repr([vars(one) for one in caplog.records])
    assert token not in gone.content.decode()
    assert "feed-file" in {getattr(one, "route", "") for one in caplog.records}


def test_guessing_is_slowed_down_and_reading_goes_on(vic: Person) -> None:
    path = made(vic)[1]
    answers = [read(f"/feeds/{n:043}.ics").status_code for n in range(route.GUESSES + 1)]
    assert (answers[0], answers[-1]) == (404, 429)
    assert "Retry-After" in read("/feeds/x.ics")
    assert read(path).status_code == 200
    answers = [read(path).status_code for _ in range(route.READS)]
    assert (answers[0], answers[-1]) == (200, 429)


@pytest.mark.parametrize("path", ["/feeds/", "/feeds/x", "/feeds/a/b.ics"])
def test_what_is_no_feed_is_not_found(path: str) -> None:
    assert read(path).status_code == 404


# --- the page ------------------------------------------------------------------------------------


def test_the_page_makes_one_and_shows_its_address_once(vic: Person) -> None:
    client = at_work(vic)
    page = client.post("/account/feeds/", {"calendar": "wave:check-in/9"})
    feed = Feed.objects.get()
    assert (page.status_code, feed.kind, feed.subject) == (200, "wave", "check-in/9")
    address = page.context["address"]
    assert address in text_of(page)
    assert "no-store" in page["Cache-Control"]
    assert read(address.removeprefix(BASE)).status_code == 200
    again = text_of(client.get("/account/feeds/"))
    assert "Wave: 9" in again
    assert address not in again
    assert address.rpartition("/")[2] not in repr(dict(client.session))


def test_the_page_revokes_one_and_takes_it_back(vic: Person) -> None:
    client, (feed, path) = at_work(vic), made(vic)
    client.post(f"/account/feeds/{feed.pk}/revoke/")
    assert read(path).status_code == 404
    page = text_of(client.get("/account/feeds/"))
    assert "No calendar yet" in page
    assert f"/account/feeds/{feed.pk}/restore/" in page
    client.post(f"/account/feeds/{feed.pk}/restore/")
    assert read(path).status_code == 200


def test_a_revocation_of_yesterday_stands(vic: Person) -> None:
    client, (feed, path) = at_work(vic), made(vic)
    long_ago = NOW - timedelta(days=2)
    revoke_feed(feed_id=feed.pk, actor="vic", origin="page", now=long_ago)
    client.post(f"/account/feeds/{feed.pk}/restore/")
    assert read(path).status_code == 404


@pytest.mark.parametrize("chosen", ["", "wave:check-in/99", "programme:other", "x"])
def test_the_page_refuses_what_is_not_offered(vic: Person, chosen: str) -> None:
    build.programme(key="other")
    page = at_work(vic).post("/account/feeds/", {"calendar": chosen})
    assert page.status_code == 422
    assert "There is a problem" in text_of(page)
    assert not Feed.objects.exists()


def test_others_feeds_are_out_of_reach(programme: Programme, vic: Person) -> None:
    feed, _ = made(vic)
    for name in ("ben", "adi"):
        client = at_work(build.person(name, programme))
        assert "Check-in" not in text_of(client.get("/account/feeds/")).partition("Your cal")[2]
        assert client.post(f"/account/feeds/{feed.pk}/revoke/").status_code == 404
        assert client.post(f"/account/feeds/{feed.pk}/restore/").status_code == 404
        assert As(build.person(name)).get(f"feeds/{feed.pk}/").status_code == 404
    assert Feed.objects.standing().exists()


def test_the_page_asks_as_often_for_many_as_for_few(programme: Programme, vic: Person) -> None:
    client, counts = at_work(vic), []
    for size in (1, 20):
        for number in range(size):
            build.wave(programme, 30 + number)
            made(vic)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/account/feeds/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- the API -------------------------------------------------------------------------------------


def test_the_api_makes_lists_and_revokes(vic: Person) -> None:
    api = As(vic)
    answer = api.post("feeds/", {"kind": "product", "subject": "check-in/echeckin"})
    assert answer.status_code == 201
    facts = answer.json()
    assert facts["feed"]["name"] == "Product: eCheck-in"
    assert read(facts["url"].removeprefix(BASE)).status_code == 200
    listed = api.get("feeds/").json()["results"]
    assert [one["last_read_at"] for one in listed] == ["2022-06-15T15:00:00Z"]
    assert "url" not in listed[0]
    path = f"feeds/{facts['feed']['id']}/"
    gone = Client().delete(f"/api/v1/{path}", headers={"Authorization": f"Bearer {api.token}"})
    assert (gone.status_code, gone.content) == (204, b"")
    assert read(facts["url"].removeprefix(BASE)).status_code == 404
    assert api.get(path).json()["revoked_at"] == "2022-06-15T15:00:00Z"


def test_the_api_refuses_what_is_not_offered(vic: Person) -> None:
    answer = As(vic).post("feeds/", {"kind": "wave", "subject": "check-in/99"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["subject"])


def test_a_repeated_request_is_answered_with_the_same_address_kept_encrypted(vic: Person) -> None:
    api, body = As(vic), {"kind": "programme", "subject": "check-in"}
    first, second = (api.post("feeds/", body, **{"Idempotency-Key": "k1"}) for _ in range(2))
    assert first.json()["url"] == second.json()["url"]
    assert Feed.objects.count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM core_keptanswer")
        stored = str(cursor.fetchone())
    assert KeptAnswer.objects.get().status == 201
    assert first.json()["url"].rpartition("/")[2] not in stored


# --- the admin -----------------------------------------------------------------------------------


def test_an_administrator_makes_one_for_somebody_and_revokes_it(vic: Person) -> None:
    client = at_work(build.person("adi"))
    facts = {"person": vic.pk, "kind": "wave", "subject": "check-in/9"}
    page = client.post("/admin/accounts/feed/add/", facts, follow=True)
    address = text_of(page).partition("shown only now: <code>")[2].partition("</code>")[0]
    assert read(address.removeprefix(BASE)).status_code == 200
    feed = Feed.objects.get()
    assert feed.person == vic
    client.post("/admin/accounts/feed/", {"action": "revoke", "_selected_action": feed.pk})
    assert read(address.removeprefix(BASE)).status_code == 404
    verbs = list(Change.objects.filter(subject="feed").values_list("verb", "actor", "origin"))
    assert verbs == [("created", "adi", "admin"), ("revoked", "adi", "admin")]


def test_an_administrator_cannot_make_what_the_person_may_not_see(vic: Person) -> None:
    build.programme(key="other")
    facts = {"person": vic.pk, "kind": "programme", "subject": "other"}
    page = at_work(build.person("adi")).post("/admin/accounts/feed/add/", facts)
    assert "no such calendar for this person" in text_of(page)
    assert not Feed.objects.exists()
