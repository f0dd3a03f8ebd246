"""What the inbox shows elsewhere: the count of the navigation, the threads of a ticket."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.incidents.models import Incident
from apps.intake.models import Message
from apps.intake.panels import panel_facts, thread, waiting
from apps.outbox.models import Delivery
from tests import build, slack
from tests.intake.conftest import NOW, World
from tests.intake.handling import LATER, TEXT, TS, attach, dismiss, log, reply
from tests.intake.paging import signed_in

Says = Callable[..., int]


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def incident(says: Says) -> Incident:
    says(TEXT)
    return log()


# --- the count --------------------------------------------------------------------------------


def test_it_counts_what_waits_for_the_person(world: World, says: Says) -> None:
    ana, stranger = build.person("ana"), build.person("pam", build.programme())
    says(TEXT)
    says("636: more", ts=LATER)
    assert (waiting(ana), waiting(stranger)) == (2, 0)
    dismiss()
    assert waiting(ana) == 1


def test_it_stops_counting_at_a_hundred(world: World, says: Says) -> None:
    says(TEXT)
    root = Message.objects.defer().get()
    rows = [_copy(root, number) for number in range(130)]
    Message.objects.bulk_create(rows)
    assert waiting(build.person("ana")) == 100


def _copy(root: Message, number: int) -> Message:
    return Message(
        programme=root.programme, channel=root.channel, source_ref=f"9.{number:06}",
        source_version="1", source_at=NOW, received_at=NOW, text="x",
    )  # fmt: skip


def test_it_counts_in_one_query(world: World, says: Says) -> None:
    says(TEXT)
    ana = build.person("ana")
    with CaptureQueriesContext(connection) as asked:
        waiting(ana)
    assert len(asked) == 1


# --- the threads of a ticket ------------------------------------------------------------------


def shown(incident: Incident, who: str = "ana") -> str:
    panel = thread(incident, build.person(who, incident.programme), NOW)
    assert panel is not None
    return render_to_string(panel.template, {**panel.context, "now": NOW})


def test_it_shows_each_thread_of_the_ticket(incident: Incident, says: Says) -> None:
    says("clinic 3D", ts="1656340950.000100", thread_ts=TS)
    says("636: same here", ts=LATER)
    attach(incident.number, LATER)
    text = shown(incident)
    assert text.count('<ol class="thread"') == 2
    assert text.index("clinic 3D") < text.index("636: same here")
    assert "CDT" in text
    assert text.count('name="threads"') == 2


def test_it_shows_no_choice_of_threads_when_there_is_one(incident: Incident) -> None:
    text = shown(incident)
    assert 'name="threads"' not in text
    assert 'data-key="t"' in text


def test_it_shows_who_only_reads_no_form(incident: Incident) -> None:
    assert "<form" not in shown(incident, "vic")
    assert TEXT in shown(incident, "vic")


def test_it_shows_what_is_on_its_way_and_what_was_refused(incident: Incident) -> None:
    reply(incident, "Please try again now")
    assert "Being sent:</b> Please try again now" in shown(incident)
    Delivery.objects.filter(action="slack.post").update(dead_at=NOW, last_error="It is archived.")
    assert "Not posted:</b> It is archived. Please try again now" in shown(incident)


def test_it_says_when_no_message_belongs_to_the_ticket(incident: Incident) -> None:
    incident.messages.update(incident=None, exit="none")
    text = shown(incident)
    assert "No message belongs to this ticket" in text
    assert "<form" not in text


def test_it_asks_as_often_for_many_messages_as_for_one(incident: Incident, says: Says) -> None:
    few = _queries(incident)
    for number in range(9):
        says(f"reply {number}", ts=f"1656341000.{number:06}", thread_ts=TS)
    assert _queries(incident) == few <= 4


def _queries(incident: Incident) -> int:
    person = build.person("ana")
    with CaptureQueriesContext(connection) as asked:
        panel_facts(incident, person)
    return len(asked)


# --- its form ---------------------------------------------------------------------------------


def send(client: Client, incident: Incident, text: str = "We are on it", **more: Any) -> Any:
    address = reverse("ticket-reply", args=[incident.number])
    return client.post(address, {"text": text, "token": "form-1", **more})


def posts() -> list[Delivery]:
    return list(Delivery.objects.filter(action="slack.post"))


def test_it_posts_once_for_a_button_pressed_twice(world: World, incident: Incident) -> None:
    ana = signed_in("ana", world)
    for _ in range(2):
        answer = send(ana, incident)
        assert answer.status_code == 303
        assert answer["Location"] == reverse("ticket", args=[incident.number])
    assert [post.payload["text"] for post in posts()] == ["We are on it"]
    incident.refresh_from_db()
    assert incident.first_response_at == NOW


def test_it_answers_the_threads_that_were_ticked(
    world: World, incident: Incident, says: Says
) -> None:
    says("636: same here", ts=LATER)
    second = attach(incident.number, LATER)
    send(signed_in("ana", world), incident, threads=[str(second.pk), "x"])
    assert [post.payload["message"] for post in posts()] == [second.pk]


@pytest.mark.parametrize("text", ["", "   ", "x" * 3001])
def test_it_shows_a_refused_answer_again(world: World, incident: Incident, text: str) -> None:
    answer = send(signed_in("ana", world), incident, text)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not posts()


def test_it_says_that_nobody_can_be_answered(world: World, incident: Incident) -> None:
    world.connection.kind = "teams"
    world.connection.save()
    answer = send(signed_in("ana", world), incident)
    assert answer.status_code == 422
    assert "No thread to answer in" in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("pam", 303), ("dee", 303), ("dev", 403), ("vic", 403)]
)
def test_it_lets_those_answer_who_handle(
    world: World, incident: Incident, who: str, status: int
) -> None:
    assert send(signed_in(who, world), incident).status_code == status


def test_it_hides_tickets_of_other_programmes(incident: Incident) -> None:
    client = Client()
    client.force_login(build.person("pam", build.programme()))
    assert send(client, incident).status_code == 404


def test_a_bots_thread_is_no_thread_to_answer(world: World, incident: Incident) -> None:
    world.hears(slack.event("alert", ts=LATER, bot_id="B0OTHER", app_id="A0OTHER", event_id="Ev7"))
    Message.objects.filter(source_ref=LATER).update(incident=incident, exit="attached")
    facts: Any = panel_facts(incident, build.person("ana"))
    assert [one.can_answer for one in facts["threads"]] == [True, False]
