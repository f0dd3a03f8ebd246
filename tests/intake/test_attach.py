"""A message joins a ticket that is there already."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from apps.incidents.models import Incident
from apps.intake.choices import Exit
from apps.intake.models import Message
from apps.intake.services import Stale, UnableToAttach, UnableToRestore
from apps.intake.services.attaching import UNDO_WINDOW
from apps.ledger.models import Change
from apps.outbox.models import Delivery
from apps.outbox.rules import LEASE
from tests import build, slack
from tests.intake.conftest import NOW, World
from tests.intake.handling import LATER, TEXT, TS, attach, log, message, reply, restore, ticket

Says = Callable[..., int]


@pytest.fixture
def known(world: World) -> Incident:
    return ticket(world)


@pytest.fixture
def heard(known: Incident, says: Says) -> Message:
    says(TEXT)
    return message()


def answer(found: Message) -> Delivery:
    return Delivery.objects.get(dedupe_key=f"slack.reply:{found.key}")


def test_it_leaves_the_inbox_with_its_ticket(known: Incident, heard: Message) -> None:
    done = attach(known.number.lower())
    assert (done.exit, done.incident, done.exit_by) == (Exit.ATTACHED, known, "ana")
    assert not Message.objects.inbox().exists()
    assert known.entries.filter(kind="message", text=TEXT).count() == 1
    assert Incident.objects.get().version > known.version


def test_it_tells_the_ledger_once(known: Incident, heard: Message) -> None:
    attach(known.number)
    attach(known.number)
    change = Change.objects.get(subject="message", verb="attached")
    assert (change.actor, change.fields) == ("ana", {"incident": known.number})


def test_it_answers_the_thread_once_when_the_undo_window_is_over(
    known: Incident, heard: Message
) -> None:
    attach(known.number)
    attach(known.number, now=NOW + timedelta(minutes=1))
    promised = answer(heard)
    assert promised.due_at == NOW + UNDO_WINDOW
    assert (promised.subject, promised.subject_key) == ("incident", known.number)


def test_it_takes_the_replies_of_its_thread_along(
    known: Incident, heard: Message, says: Says
) -> None:
    says("clinic 3D", ts=LATER, thread_ts=TS)
    attach(known.number)
    says("and 3E", ts="1656340950.000200", thread_ts=TS)
    replies = Message.objects.filter(thread_ref=TS)
    assert {one.incident for one in replies} == {known}


def test_it_refuses_a_ticket_that_is_not_there(heard: Message) -> None:
    for number in ("RC-999999", "999", "", "RC-1\x00"):
        with pytest.raises(UnableToAttach, match="there is no ticket") as refused:
            attach(number)
        assert refused.value.field == "incident"
    assert message().exit == Exit.NONE


def test_it_refuses_a_ticket_of_another_programme(world: World, heard: Message) -> None:
    other = build.programme()
    stranger = Incident.objects.get()
    Incident.objects.filter(pk=stranger.pk).update(programme=other)
    with pytest.raises(UnableToAttach, match="in this programme"):
        attach(stranger.number)


def test_it_refuses_a_second_ticket(world: World, known: Incident, heard: Message) -> None:
    second = ticket(world, "442: more", "1656340100.000900")
    attach(known.number)
    with pytest.raises(UnableToAttach, match=f"belongs to {known.number} already"):
        attach(second.number)


def test_it_refuses_an_old_version_and_writes_nothing(known: Incident, heard: Message) -> None:
    with pytest.raises(Stale):
        attach(known.number, version=heard.version + 3)
    assert message().exit == Exit.NONE
    assert not Delivery.objects.filter(dedupe_key=f"slack.reply:{heard.key}").exists()


def test_it_is_taken_back_while_nobody_was_told(
    known: Incident, heard: Message, says: Says
) -> None:
    says("clinic 3D", ts=LATER, thread_ts=TS)
    attach(known.number)
    back = restore()
    assert (back.exit, back.incident, back.exit_by) == (Exit.NONE, None, "")
    assert message(LATER).exit == Exit.NONE
    assert not Delivery.objects.filter(dedupe_key=f"slack.reply:{heard.key}").exists()
    assert "taken off this ticket" in known.entries.order_by("-id")[0].text


def test_it_can_be_attached_again_after_it_was_taken_back(known: Incident, heard: Message) -> None:
    attach(known.number)
    restore()
    attach(known.number, now=NOW + timedelta(minutes=1))
    assert answer(heard).due_at == NOW + timedelta(minutes=1) + UNDO_WINDOW


def test_it_stays_once_the_answer_was_tried(known: Incident, heard: Message) -> None:
    attach(known.number)
    Delivery.objects.filter(pk=answer(heard).pk).update(attempts=1)
    with pytest.raises(UnableToRestore, match="was told"):
        restore()
    assert message().incident == known


def test_it_stays_once_somebody_answered_its_thread_from_the_ticket(
    known: Incident, heard: Message
) -> None:
    attach(known.number)
    reply(known)
    with pytest.raises(UnableToRestore, match="was told"):
        restore()


def test_a_worker_that_has_just_taken_the_answer_finds_it_gone(
    known: Incident, heard: Message
) -> None:
    attach(known.number)
    due = NOW + UNDO_WINDOW
    claimed = {row.pk: row for row in Delivery.objects.all().claim(now=due, limit=9, term=LEASE)}
    row = claimed[answer(heard).pk]
    restore()
    assert not Delivery.objects.filter(pk=row.pk).exists()
    assert row.renew(now=due, term=LEASE) is False


def test_a_ticket_made_of_it_cannot_be_undone(says: Says) -> None:
    says(TEXT)
    log()
    with pytest.raises(UnableToRestore, match="a ticket was made of it"):
        restore()


def test_a_reply_that_followed_cannot_be_undone_alone(
    known: Incident, heard: Message, says: Says
) -> None:
    says("clinic 3D", ts=LATER, thread_ts=TS)
    attach(known.number)
    with pytest.raises(UnableToRestore, match="first message of its thread"):
        restore(LATER)


def test_it_refuses_a_message_of_an_unbound_channel(world: World, known: Incident) -> None:
    build.programme().connections.add(world.connection)
    world.hears(slack.event(TEXT, channel="C0UNKNOWN"))
    with pytest.raises(UnableToAttach, match="no ticket"):
        attach(known.number)
