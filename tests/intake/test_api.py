"""The inbox over the API."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.incidents.models import Incident
from apps.intake.models import Arrival, Message
from apps.outbox.models import Delivery
from tests import build, slack
from tests.api import As
from tests.intake.conftest import World

Says = Callable[..., int]
TEXT = "636 Omaha: check-in link gives an error"


@pytest.fixture
def ana(world: World) -> As:
    return As(build.person("ana", world.programme))


def test_it_lists_what_has_no_exit(ana: As, says: Says) -> None:
    says(TEXT)
    says("done", ts="1656340900.000100")
    ana.post(f"messages/{Message.objects.get(text='done').pk}/log/", {"site": None})
    (shown,) = ana.get("messages/?logged=false").json()["results"]
    assert (shown["text"], shown["exit"], shown["incident"]) == (TEXT, "none", None)
    assert shown["proposal"] == {
        "site": "636",
        "site_name": "Omaha VA Medical Center",
        "product": "echeckin",
        "phase": "go_live_week",
        "category": "link-qr",
        "severity": 2,
        "queue": "eCheck-in Vet Facing Apps",
    }
    assert shown["source_at"] == "2022-06-27T14:40:00Z"


def test_it_shows_masked_text_only(ana: As, says: Says) -> None:
    says("636: SSN 123-45-6789")
    message = Message.objects.get()
    for path in ("messages/", f"messages/{message.pk}/"):
        assert "123-45" not in ana.get(path).content.decode()


def test_it_logs_in_one_step_and_answers_the_ticket(ana: As, says: Says) -> None:
    says(TEXT)
    answer = ana.post(f"messages/{Message.objects.get().pk}/log/")
    assert answer.status_code == 201
    ticket = answer.json()
    assert (ticket["number"], ticket["site"], ticket["assignee"]) == (
        Incident.objects.get().number,
        "636",
        "ana",
    )
    assert ticket["servicenow"] is None


def test_it_answers_200_with_the_same_ticket_the_second_time(ana: As, says: Says) -> None:
    says(TEXT)
    path = f"messages/{Message.objects.get().pk}/log/"
    first, second = ana.post(path), ana.post(path)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["number"] == second.json()["number"]
    assert Delivery.objects.count() == 1


def test_it_repeats_its_answer_for_a_key(ana: As, says: Says) -> None:
    says(TEXT)
    path = f"messages/{Message.objects.get().pk}/log/"
    first = ana.post(path, {}, **{"Idempotency-Key": "k1"})
    again = ana.post(path, {}, **{"Idempotency-Key": "k1"})
    other = ana.post(path, {"severity": 1}, **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.content == again.content


BAD = [
    ({"site": "999"}, "site"),
    ({"product": "other"}, "product"),
    ({"category": "other"}, "category"),
    ({"queue": "other"}, "queue"),
    ({"assignee": "mallory"}, "assignee"),
    ({"severity": 4}, "severity"),
    ({"titel": "x"}, "titel"),
]


@pytest.mark.parametrize(("body", "field"), BAD)
def test_it_says_which_field_is_wrong_and_loses_nothing(
    ana: As, says: Says, body: dict[str, object], field: str
) -> None:
    says(TEXT)
    answer = ana.post(f"messages/{Message.objects.get().pk}/log/", body)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [field]
    assert Message.objects.inbox().count() == 1


def test_it_asks_for_the_site_it_did_not_recognise(ana: As, says: Says) -> None:
    says("the link gives an error")
    path = f"messages/{Message.objects.get().pk}/log/"
    answer = ana.post(path)
    assert (answer.status_code, "station number" in answer.json()["detail"]) == (400, True)
    assert ana.post(path, {"site": "442"}).json()["phase"] == "servicenow"


def test_it_refuses_an_old_version(ana: As, says: Says) -> None:
    says(TEXT)
    answer = ana.post(f"messages/{Message.objects.get().pk}/log/", {"version": 7})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("who", "status"), [("pam", 201), ("dee", 201), ("dev", 403), ("vic", 403)]
)
def test_it_lets_those_log_who_may(world: World, says: Says, who: str, status: int) -> None:
    says(TEXT)
    person = As(build.person(who, world.programme))
    assert person.post(f"messages/{Message.objects.get().pk}/log/").status_code == status


def test_it_needs_the_role_in_the_messages_own_programme(world: World, says: Says) -> None:
    says(TEXT)
    vic = build.person("vic", world.programme)
    build.member(vic, build.programme(), "engineer")
    assert As(vic).post(f"messages/{Message.objects.get().pk}/log/").status_code == 403


def test_it_needs_a_token_that_may_write(world: World, says: Says) -> None:
    says(TEXT)
    reader = As(build.person("ana", world.programme), "read")
    assert reader.post(f"messages/{Message.objects.get().pk}/log/").status_code == 403


def test_it_hides_the_messages_of_other_programmes(says: Says) -> None:
    says(TEXT)
    stranger = As(build.person("pam", build.programme()))
    assert stranger.get("messages/").json()["results"] == []
    assert stranger.get(f"messages/{Message.objects.get().pk}/").status_code == 404
    assert stranger.post(f"messages/{Message.objects.get().pk}/log/").status_code == 404


def test_it_asks_as_often_for_many_as_for_one(ana: As, says: Says) -> None:
    says(TEXT)
    one = _queries(ana)
    for number in range(12):
        says(TEXT, ts=f"1656340900.{number:06}")
    assert _queries(ana) == one


def _queries(ana: As) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert ana.get("messages/?logged=false").status_code == 200
    return len(asked)


def test_it_lists_dead_arrivals_and_processes_them_again(ana: As, world: World) -> None:
    world.hears(slack.envelope({"type": "message", "channel": 7, "ts": None}, "Ev1"))
    (dead,) = ana.get("arrivals/?state=dead").json()["results"]
    assert dead["last_error"]
    assert "body" not in dead
    replayed = ana.post(f"arrivals/{dead['id']}/replay/")
    assert (replayed.status_code, replayed.json()["state"]) == (200, "waiting")
    assert ana.post(f"arrivals/{dead['id']}/replay/").status_code == 409
    assert Arrival.objects.get().attempts == 0
