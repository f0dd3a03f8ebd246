"""The exits of a message over the API: versions, keys, roles, words."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.incidents.models import Incident
from apps.intake.choices import Exit
from apps.intake.models import Message
from apps.outbox.models import Delivery
from tests import build, slack
from tests.api import As
from tests.intake.conftest import World
from tests.intake.handling import TEXT, message, ticket

Says = Callable[..., int]


@pytest.fixture
def ana(world: World) -> As:
    return As(build.person("ana", world.programme))


@pytest.fixture
def known(world: World, says: Says) -> Incident:
    """A ticket that is there, and a message that waits."""
    found = ticket(world)
    says(TEXT)
    return found


def path(verb: str) -> str:
    return f"messages/{message().pk}/{verb}/"


def bodies(known: Incident) -> dict[str, dict[str, Any]]:
    return {
        "attach": {"incident": known.number},
        "dismiss": {"reason": "Announcement or thanks"},
        "ask": {"text": "Which clinic?"},
    }


def test_it_attaches_and_answers_the_message(ana: As, known: Incident) -> None:
    answer = ana.post(path("attach"), {"incident": known.number})
    shown = answer.json()
    assert answer.status_code == 200
    assert (shown["exit"], shown["incident"]) == ("attached", known.number)
    assert answer["ETag"] == f'"{shown["version"]}"'


def test_it_dismisses_and_restores(ana: As, known: Incident) -> None:
    closed = ana.post(path("dismiss"), {"reason": "thanks"}).json()
    assert (closed["exit"], closed["exit_reason"], closed["exit_by"]) == (
        "dismissed",
        "thanks",
        "ana",
    )
    back = ana.post(path("restore"))
    assert (back.status_code, back.json()["exit"]) == (200, "none")


def test_it_asks_once_for_a_token(ana: As, known: Incident) -> None:
    body = {"text": "Which clinic?", "token": "form-1"}
    first, again = ana.post(path("ask"), body), ana.post(path("ask"), body)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["asked_at"] == again.json()["asked_at"] is not None
    assert Delivery.objects.filter(action="slack.post").count() == 1


@pytest.mark.parametrize("verb", ["attach", "dismiss", "ask"])
def test_it_repeats_its_answer_for_a_key(ana: As, known: Incident, verb: str) -> None:
    key = {"Idempotency-Key": "k1"}
    first = ana.post(path(verb), bodies(known)[verb], **key)
    again = ana.post(path(verb), bodies(known)[verb], **key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"


@pytest.mark.parametrize("verb", ["attach", "dismiss", "ask"])
def test_it_answers_an_old_version_with_the_fresh_message(
    ana: As, known: Incident, verb: str
) -> None:
    before = message()
    refused = ana.post(path(verb), {**bodies(known)[verb], "version": before.version + 4})
    assert refused.status_code == 409
    assert refused.json()["current"]["version"] == before.version
    assert message().exit == Exit.NONE
    assert not Delivery.objects.filter(action="slack.post").exists()


@pytest.mark.parametrize("verb", ["attach", "dismiss", "ask"])
def test_it_answers_another_etag_with_412(ana: As, known: Incident, verb: str) -> None:
    refused = ana.post(path(verb), bodies(known)[verb], **{"If-Match": '"99"'})
    assert (refused.status_code, refused.json()["current"]["exit"]) == (412, "none")
    taken = ana.post(path(verb), bodies(known)[verb], **{"If-Match": f'"{message().version}"'})
    assert taken.status_code == 200


def test_it_takes_any_version_for_a_star(ana: As, known: Incident) -> None:
    answer = ana.post(path("dismiss"), {"reason": "thanks"}, **{"If-Match": "*"})
    assert answer.status_code == 200


def test_it_logs_against_a_version_too(ana: As, known: Incident) -> None:
    refused = ana.post(path("log"), {}, **{"If-Match": '"99"'})
    assert refused.status_code == 412
    assert ana.post(path("log"), {"version": message().version}).status_code == 201
    assert ana.post(path("log"), {"version": 1}).status_code == 200


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("attach", {}, "incident"),
    ("attach", {"incident": "RC-99999"}, "incident"),
    ("attach", {"incident": "x", "why": 1}, "why"),
    ("dismiss", {}, "reason"),
    ("dismiss", {"reason": "  "}, "reason"),
    ("dismiss", {"reason": "x" * 301}, "reason"),
    ("dismiss", {"reason": "x", "version": 0}, "version"),
    ("ask", {"text": ""}, "text"),
    ("ask", {"text": "x" * 3001}, "text"),
    ("restore", {"reason": "x"}, "reason"),
]


@pytest.mark.parametrize(("verb", "body", "field"), BAD)
def test_it_says_which_field_is_wrong_and_loses_nothing(
    ana: As, known: Incident, verb: str, body: dict[str, Any], field: str
) -> None:
    answer = ana.post(path(verb), body)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [field]
    assert Message.objects.inbox().count() == 1


def test_it_says_in_words_what_cannot_be_undone(ana: As, known: Incident) -> None:
    ana.post(path("log"))
    answer = ana.post(path("restore"))
    assert (answer.status_code, "a ticket was made of it" in answer.json()["detail"]) == (400, True)


VERBS = ["attach", "dismiss", "ask", "restore"]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("who", "status"), [("pam", 200), ("dee", 200), ("dev", 403), ("vic", 403)]
)
def test_it_lets_those_close_who_may(
    world: World, known: Incident, verb: str, who: str, status: int
) -> None:
    person = As(build.person(who, world.programme))
    assert person.post(path(verb), bodies(known).get(verb, {})).status_code == status


@pytest.mark.parametrize("verb", VERBS)
def test_it_hides_the_messages_of_other_programmes(known: Incident, verb: str) -> None:
    stranger = As(build.person("pam", build.programme()))
    assert stranger.post(path(verb), bodies(known).get(verb, {})).status_code == 404


@pytest.mark.parametrize("verb", VERBS)
def test_it_needs_the_role_in_the_messages_own_programme(
    world: World, known: Incident, verb: str
) -> None:
    vic = build.person("vic", world.programme)
    build.member(vic, build.programme(), "engineer")
    assert As(vic).post(path(verb), bodies(known).get(verb, {})).status_code == 403


@pytest.mark.parametrize(("who", "status"), [("ana", 200), ("vic", 403)])
def test_it_closes_messages_of_unbound_channels_by_the_programmes_that_hear_them(
    world: World, who: str, status: int
) -> None:
    build.programme().connections.add(world.connection)
    world.hears(slack.event(TEXT, channel="C0UNKNOWN"))
    person = build.person(who, world.programme)
    build.member(person, build.programme(), "engineer")  # a role elsewhere does not help
    assert As(person).post(path("dismiss"), {"reason": "thanks"}).status_code == status
