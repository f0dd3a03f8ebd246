"""Signing in and out, the idle lock, one's own account."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.apps import SEEN
from apps.accounts.middleware import LOCKED
from apps.accounts.models import Person
from apps.ledger.models import Change
from tests import build

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"


@pytest.fixture
def ana() -> Person:
    person = build.person("ana", build.programme())
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def at_work(ana: Person) -> Client:
    client = Client()
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    return client


def sign_in(client: Client, password: str = PASSWORD, **data: str) -> int:
    return client.post("/sign-in/", {"username": "ana", "password": password, **data}).status_code


def test_it_sends_who_is_not_signed_in_to_the_sign_in_and_back(ana: Person) -> None:
    client = Client()
    answer = client.get("/account/?x=1")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/account/%3Fx%3D1")
    there = client.post(
        "/sign-in/", {"username": "ana", "password": PASSWORD, "next": "/account/?x=1"}
    )
    assert (there.status_code, there["Location"]) == (302, "/account/?x=1")


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:1"])
def test_it_never_sends_anybody_to_another_host(ana: Person, elsewhere: str) -> None:
    answer = Client().post(
        "/sign-in/", {"username": "ana", "password": PASSWORD, "next": elsewhere}
    )
    assert answer["Location"] == "/"


@pytest.mark.parametrize("nowhere", ["sign", "/" + "x" * 20_000, "😀"])
def test_it_goes_to_the_console_when_the_address_leads_nowhere(
    at_work: Client, nowhere: str
) -> None:
    for page in ("/sign-in/", "/unlock/"):
        answer = at_work.get(page, {"next": nowhere})
        assert (answer.status_code, answer["Location"]) == (302, "/")
    at_work.post("/lock/")
    assert at_work.get("/account/", {"x": nowhere * 2000}).status_code == 302


def test_it_says_what_is_missing_next_to_the_field() -> None:
    answer = Client().post("/sign-in/", {"username": "", "password": ""})
    assert answer.status_code == 422
    assert b"Enter your username." in answer.content


def test_it_does_not_tell_an_unknown_name_from_a_wrong_password(ana: Person) -> None:
    wrong = Client().post("/sign-in/", {"username": "ana", "password": "x"})
    unknown = Client().post("/sign-in/", {"username": "nobody", "password": "x"})
    assert wrong.status_code == unknown.status_code == 422
    assert b"Username or password is wrong" in wrong.content
    assert b"Username or password is wrong" in unknown.content


def test_it_waits_after_five_wrong_passwords(ana: Person) -> None:
    client = Client()
    codes = [sign_in(client, "wrong") for _ in range(5)]
    assert codes == [422, 422, 422, 422, 429]
    assert sign_in(client) == 429  # the right one waits as well


def test_it_refuses_who_is_not_active_any_more(ana: Person) -> None:
    Person.objects.update(is_active=False)
    assert sign_in(Client()) == 422


def test_it_signs_out_by_post_only(at_work: Client) -> None:
    assert at_work.get("/sign-out/").status_code == 405
    assert at_work.post("/sign-out/").status_code == 302
    assert at_work.get("/account/").status_code == 302


def idle(client: Client, minutes: int) -> None:
    session = client.session
    session[SEEN] = session[SEEN] - minutes * 60
    session.save()


def test_it_locks_a_session_nobody_used(at_work: Client) -> None:
    at_work.get("/account/")
    idle(at_work, 16)
    answer = at_work.get("/account/?tab=1")
    assert (answer.status_code, answer["Location"]) == (302, "/unlock/?next=/account/%3Ftab%3D1")


def test_it_stays_open_while_somebody_works(at_work: Client) -> None:
    at_work.get("/account/")
    idle(at_work, 14)
    assert at_work.get("/account/").status_code == 200
    assert at_work.session[SEEN] > 0
    idle(at_work, 14)
    assert at_work.get("/account/").status_code == 200


def test_it_takes_a_background_request_for_nobody(at_work: Client) -> None:
    at_work.get("/account/")
    idle(at_work, 10)
    at_work.get("/account/", headers={"X-Rollcall-Background": "1"})
    idle(at_work, 6)
    assert at_work.get("/account/").status_code == 302


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.get("/account/", headers={"HX-Request": "true"}),
        lambda client: client.post("/account/"),
        lambda client: client.get("/api/v1/me/"),
    ],
)
def test_it_answers_423_to_what_cannot_be_sent_to_the_lock(
    at_work: Client, ask: Callable[[Client], object]
) -> None:
    at_work.post("/lock/")
    assert getattr(ask(at_work), "status_code", None) == 423


BROWSER = {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Mode": "navigate"}


@pytest.mark.parametrize(
    ("referer", "back"),
    [("http://testserver/account/?tab=1", "?next=/account/%3Ftab%3D1"),
     ("https://elsewhere.example/account/", "?"), ("", "?"), ("http://testserver//evil/", "?")],
)  # fmt: skip
def test_a_form_of_a_locked_session_comes_back_to_its_page(
    at_work: Client, referer: str, back: str
) -> None:
    at_work.post("/lock/")
    answer = at_work.post("/account/", headers=BROWSER | {"Referer": referer})
    assert (answer.status_code, answer["Location"]) == (303, f"/unlock/{back}")


def test_a_form_of_a_session_that_is_over_comes_back_to_its_page(client: Client) -> None:
    page = {"Referer": "http://testserver/account/"}
    answer = client.post("/account/", headers=BROWSER | page)
    assert (answer.status_code, answer["Location"]) == (303, "/sign-in/?next=/account/")
    answer = client.post("/account/", headers=BROWSER)
    assert (answer.status_code, answer["Location"]) == (303, "/sign-in/?next=/")
    script = client.post("/account/", headers=BROWSER | page | {"Sec-Fetch-Mode": "cors"})
    assert script.status_code == 401


def test_it_unlocks_with_the_password_and_goes_back(at_work: Client) -> None:
    at_work.post("/lock/")
    assert at_work.session[LOCKED] is True
    wrong = at_work.post("/unlock/", {"password": "wrong", "next": "/account/"})
    assert (wrong.status_code, b"This is not your password" in wrong.content) == (422, True)
    right = at_work.post("/unlock/", {"password": PASSWORD, "next": "/account/"})
    assert (right.status_code, right["Location"]) == (302, "/account/")
    assert at_work.get("/account/").status_code == 200


def test_it_unlocks_in_place_for_a_page(at_work: Client) -> None:
    at_work.post("/lock/")
    answer = at_work.post("/unlock/", {"password": PASSWORD}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (204, b"")


def test_it_lets_a_locked_session_sign_out(at_work: Client) -> None:
    at_work.post("/lock/")
    assert at_work.post("/sign-out/").status_code == 302
    assert at_work.get("/unlock/").status_code == 302


def test_it_changes_the_time_zone_and_says_so_in_the_ledger(at_work: Client, ana: Person) -> None:
    answer = at_work.post("/account/", {"time_zone": "Asia/Manila"})
    ana.refresh_from_db()
    assert (answer.status_code, ana.time_zone) == (303, "Asia/Manila")
    assert Change.objects.filter(subject="person", subject_key="ana", verb="changed").count() == 1


def test_it_changes_the_password_only_with_the_old_one(at_work: Client, ana: Person) -> None:
    new = {"time_zone": ana.time_zone, "new_password": "another long password"}
    refused = at_work.post("/account/", {**new, "current_password": "wrong"})
    assert (refused.status_code, b"not your current password" in refused.content) == (422, True)
    assert at_work.post("/account/", {**new, "current_password": PASSWORD}).status_code == 303
    assert at_work.get("/account/").status_code == 200  # this session goes on
    assert sign_in(Client(), "another long password") == 302


def test_it_keeps_passwords_out_of_the_ledger(at_work: Client, ana: Person) -> None:
    at_work.post(
        "/account/",
        {"time_zone": "UTC", "new_password": "another long password", "current_password": PASSWORD},
    )
    told = str(list(Change.objects.values_list("fields", flat=True)))
    assert "another long password" not in told
    assert PASSWORD not in told
