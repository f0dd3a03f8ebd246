"""One step from a message to a ticket."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from apps.incidents.models import Incident
from apps.intake.choices import Exit
from apps.intake.models import Message
from apps.intake.services import LogForm, Stale, UnableToLog, log_message
from apps.ledger.models import Change
from apps.outbox.models import Delivery
from tests import build, slack
from tests.intake.conftest import NOW, World

TEXT = "636 Omaha: check-in link gives an error"
TS = "1656340800.000100"


def log(form: LogForm | None = None, message: Message | None = None) -> tuple[Incident, bool]:
    found = message or Message.objects.get()
    return log_message(
        message_id=found.pk, form=form or LogForm(), actor="ana", origin="api", now=NOW
    )


def test_it_opens_a_ticket_for_the_primary_with_its_clocks(says: Callable[..., int]) -> None:
    says(TEXT)
    incident, is_new = log()
    assert is_new
    assert incident.assignee is not None
    assert incident.assignee.username == "ana"
    assert incident.title == TEXT
    assert incident.acknowledge_due_at == NOW + timedelta(minutes=15)
    assert incident.response_due_at == NOW + timedelta(days=1)
    assert (incident.severity, incident.priority, incident.phase) == (2, 3, "go_live_week")
    kinds = list(incident.entries.values_list("kind", flat=True))
    assert sorted(kinds) == ["assigned", "message", "opened"]


def test_it_takes_the_message_out_of_the_inbox(says: Callable[..., int]) -> None:
    says(TEXT)
    incident = log()[0]
    message = Message.objects.get()
    assert (message.exit, message.exit_by, message.incident) == (Exit.LOGGED, "ana", incident)
    assert not Message.objects.inbox().exists()


def test_it_promises_the_record_and_the_answer_in_the_same_transaction(
    world: World, says: Callable[..., int]
) -> None:
    build.servicenow(world.programme, key="snow")
    says(TEXT)
    log()
    record, reply = Delivery.objects.order_by("pk")
    assert (record.action, record.due_at) == ("servicenow.create", NOW)
    assert (reply.action, reply.waits_for) == ("slack.reply", record.dedupe_key)
    assert reply.due_at == NOW + timedelta(seconds=4)
    assert TEXT not in str(record.payload)
    assert Change.objects.filter(subject="incident", verb="opened").count() == 1


def test_it_answers_at_once_when_there_is_no_servicenow(says: Callable[..., int]) -> None:
    says(TEXT)
    log()
    reply = Delivery.objects.get()
    assert (reply.action, reply.due_at) == ("slack.reply", NOW)


def test_it_keeps_the_first_ticket_however_often_it_is_called(says: Callable[..., int]) -> None:
    says(TEXT)
    first, _ = log()
    again, is_new = log()
    assert (again, is_new) == (first, False)
    assert (Incident.objects.count(), Delivery.objects.count()) == (1, 1)


def test_it_takes_what_the_engineer_changed(world: World, says: Callable[..., int]) -> None:
    says(TEXT)
    ben = build.person("ben")
    form = LogForm(title="Call 402-555-0136", severity=1, site=build.site("442"), assignee=ben)
    incident, _ = log(form)
    assert incident.title == "Call [phone]"
    assert (incident.severity, incident.impact, incident.urgency, incident.priority) == (1, 1, 1, 1)
    assert (incident.assignee, incident.phase) == (ben, "servicenow")


def test_it_wants_a_site_or_the_word_that_there_is_none(says: Callable[..., int]) -> None:
    says("the link gives an error")
    with pytest.raises(UnableToLog, match="no site was recognised") as refused:
        log()
    assert refused.value.field == "site"
    assert Message.objects.get().exit == Exit.NONE
    incident, _ = log(LogForm(without_site=True))
    assert incident.site is None


def test_it_refuses_a_message_that_changed_meanwhile(says: Callable[..., int]) -> None:
    says(TEXT)
    with pytest.raises(Stale, match="changed"):
        log(LogForm(version=7))
    assert not Incident.objects.exists()


def test_it_refuses_a_message_of_no_programme_in_words(world: World) -> None:
    build.programme().connections.add(world.connection)
    world.hears(slack.event(TEXT, channel="C0UNKNOWN"))
    with pytest.raises(UnableToLog, match="bind it first"):
        log()


def test_it_takes_the_replies_of_the_thread_along(world: World, says: Callable[..., int]) -> None:
    says(TEXT)
    says("building 3", ts="1656340860.000200", thread_ts=TS)
    incident, _ = log(message=Message.objects.get(source_ref=TS))
    says("also clinic 3D", ts="1656340870.000200", thread_ts=TS)
    replies = Message.objects.exclude(source_ref=TS)
    assert {reply.exit for reply in replies} == {Exit.ATTACHED}
    texts = list(incident.entries.filter(kind="message").values_list("text", flat=True))
    assert texts == [TEXT, "building 3", "also clinic 3D"]


def test_it_tells_the_ticket_that_its_message_was_edited_or_deleted(
    world: World, says: Callable[..., int]
) -> None:
    says(TEXT)
    incident = log()[0]
    world.hears(slack.edited("442: other", ts=TS, at="1656340900.000000"))
    world.hears(slack.deleted(ts=TS, at="1656340950.000000"), at=NOW + timedelta(minutes=1))
    texts = list(incident.entries.filter(kind="message").values_list("text", flat=True))
    assert texts == [TEXT, "edited: 442: other", "deleted by its author"]


def test_it_assigns_the_next_to_come_when_nobody_is_on_duty(
    world: World, says: Callable[..., int]
) -> None:
    world.programme.rotas.all().delete()
    build.rota(
        world.programme, primary=[build.person("ben")], backup=[build.person("ana")],
        windows={"mon-fri": "12:00-20:00"},
    )  # fmt: skip
    says(TEXT)
    incident, _ = log()
    assert incident.assignee is not None
    assert incident.assignee.username == "ben"
    assert "nobody is on duty" in incident.entries.get(kind="assigned").text.lower()


@pytest.mark.django_db(transaction=True)
def test_it_opens_one_ticket_when_two_log_at_once(world: World, says: Callable[..., int]) -> None:
    says(TEXT)
    results: list[tuple[Incident, bool]] = []

    def run() -> None:
        results.append(log())
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(is_new for _, is_new in results) == [False, False, False, True]
    assert Incident.objects.count() == 1
