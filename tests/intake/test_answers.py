"""Answers from the ticket, and the outcome told to every reporter."""

from collections.abc import Callable

import pytest

from apps.incidents.models import Incident
from apps.intake.models import Channel
from apps.intake.services import UnableToReply, tell_reporters, threads_of
from apps.ledger.models import Change
from apps.outbox.models import Delivery
from tests import slack
from tests.intake.conftest import NOW, World
from tests.intake.handling import LATER, TEXT, TS, attach, log, message, reply

Says = Callable[..., int]


@pytest.fixture
def incident(says: Says) -> Incident:
    says(TEXT)
    return log()


def posts() -> list[Delivery]:
    return list(Delivery.objects.filter(action="slack.post").order_by("pk"))


def test_it_promises_one_post_in_the_thread(incident: Incident) -> None:
    assert reply(incident, "Please try again now") == 1
    (post,) = posts()
    assert post.payload == {
        "message": message().pk,
        "text": "Please try again now",
        "by": "ana",
    }
    assert (post.subject, post.subject_key) == ("incident", incident.number)


def test_it_posts_once_for_a_form_sent_twice(incident: Incident) -> None:
    assert [reply(incident), reply(incident), reply(incident, "other")] == [1, 0, 0]
    assert len(posts()) == 1
    assert reply(incident, form="t2") == 1
    assert Change.objects.filter(subject="incident", verb="replied").count() == 2


def test_it_stops_the_clock_of_the_first_response(incident: Incident) -> None:
    reply(incident)
    incident.refresh_from_db()
    assert incident.first_response_at == NOW
    assert Change.objects.filter(subject="incident", verb="first_answered").count() == 1


def test_it_leaves_the_first_instant_when_it_answers_again(incident: Incident) -> None:
    reply(incident)
    reply(incident, form="t2", now=NOW.replace(hour=20))
    incident.refresh_from_db()
    assert incident.first_response_at == NOW


def test_it_masks_and_calls_nobody(incident: Incident) -> None:
    reply(incident, "@here Veteran John Smith is 123-45-6789")
    text = posts()[0].payload["text"]
    assert text == "@\u200bhere Veteran [name] is [SSN]"


def test_it_answers_every_thread_of_the_ticket(incident: Incident, says: Says) -> None:
    says("636: same here", ts=LATER)
    attach(incident.number, LATER)
    assert reply(incident) == 2
    assert {post.payload["message"] for post in posts()} == {message().pk, message(LATER).pk}


def test_it_answers_only_the_threads_that_were_chosen(incident: Incident, says: Says) -> None:
    says("636: same here", ts=LATER)
    attach(incident.number, LATER)
    assert reply(incident, messages=[message(LATER).pk]) == 1
    with pytest.raises(UnableToReply, match="no thread"):
        reply(incident, form="t2", messages=[])


def test_it_counts_a_thread_once_whatever_is_said_in_it(incident: Incident, says: Says) -> None:
    says("clinic 3D", ts=LATER, thread_ts=TS)
    says("and 3E", ts="1656340950.000100", thread_ts=TS)
    assert [one.source_ref for one in threads_of(incident)] == [TS]
    assert reply(incident) == 1


@pytest.mark.parametrize("text", ["", "  \n", "x" * 3001])
def test_it_refuses_what_cannot_be_posted(incident: Incident, text: str) -> None:
    with pytest.raises(UnableToReply) as refused:
        reply(incident, text)
    assert refused.value.field == "text"
    assert not posts()
    incident.refresh_from_db()
    assert incident.first_response_at is None


def test_it_says_so_when_there_is_no_thread(world: World, incident: Incident) -> None:
    world.connection.kind = "teams"
    world.connection.save()
    with pytest.raises(UnableToReply, match="no thread to answer in"):
        reply(incident)


def test_it_tells_every_reporter_the_outcome_once(incident: Incident, says: Says) -> None:
    says("636: same here", ts=LATER)
    attach(incident.number, LATER)
    assert tell_reporters(incident, "It works again", "ana", NOW) == 2
    assert tell_reporters(incident, "It works again", "ana", NOW) == 2
    assert len(posts()) == 2
    assert {post.payload["text"] for post in posts()} == {"It works again"}


def test_it_tells_again_when_it_was_resolved_again(incident: Incident) -> None:
    tell_reporters(incident, "It works again", "ana", NOW)
    Incident.objects.filter(pk=incident.pk).update(version=40)
    tell_reporters(incident, "Now it does", "ana", NOW)
    assert [post.payload["text"] for post in posts()] == ["It works again", "Now it does"]


def test_it_tells_the_reporters_of_duplicates_too(incident: Incident, says: Says) -> None:
    says("636: same here", ts=LATER)
    second = log(LATER)
    Incident.objects.filter(pk=second.pk).update(duplicate_of=incident)
    assert tell_reporters(incident, "It works again", "ana", NOW) == 2
    assert {post.payload["message"] for post in posts()} == {message().pk, message(LATER).pk}
    assert [one.pk for one in threads_of(incident)] == [message().pk]


def test_it_tells_nobody_where_there_is_no_channel(world: World, incident: Incident) -> None:
    assert tell_reporters(incident, "  ", "ana", NOW) == 0
    incident.messages.update(incident=None, exit="none")
    assert tell_reporters(incident, "It works again", "ana", NOW) == 0
    assert not posts()


def test_it_answers_in_two_channels(world: World, incident: Incident) -> None:
    world.hears(slack.event("636: here too", ts=LATER, channel="C0SECOND"))
    attach(incident.number, LATER)
    assert reply(incident) == 2
    assert Channel.objects.count() == 2
