"""The answer in the thread when the thread itself cannot be read."""

from datetime import timedelta

import pytest

from apps.intake.models import Message
from apps.intake.services import LogForm, log_message
from apps.outbox.models import Delivery
from apps.outbox.work import deliver_due
from apps.simulator.fakes.slack import FakeSlack
from tests import slack
from tests.intake.conftest import NOW, World

LATER = NOW + timedelta(minutes=2)


def logged(world: World, workspace: FakeSlack) -> str:
    """A message of the workspace becomes a ticket; returns its ts."""
    ts = workspace.add_message(slack.CHANNEL, "636: error", user="U0SITE")["ts"]
    world.hears(slack.event("636: error", ts=ts))
    found = Message.objects.get()
    log_message(message_id=found.pk, form=LogForm(), actor="ana", origin="api", now=NOW)
    return str(ts)


@pytest.mark.parametrize("error", ["missing_scope", "thread_not_found", "unknown_method"])
def test_it_answers_though_it_may_not_read_the_thread(
    world: World, workspace: FakeSlack, error: str
) -> None:
    ts = logged(world, workspace)
    workspace.switch("reset", path="/api/chat.postMessage", times=1)
    workspace.switch("error", path="/api/conversations.replies", words=error)
    deliver_due(now=NOW)
    deliver_due(now=LATER)
    assert len(workspace.posts(slack.CHANNEL, ts)) == 1
    assert Delivery.objects.get().state == "sent"


def test_it_waits_while_the_thread_cannot_be_read_for_the_moment(
    world: World, workspace: FakeSlack
) -> None:
    ts = logged(world, workspace)
    workspace.switch("commit_then_reset", path="/api/chat.postMessage", times=1)
    workspace.switch("unavailable", path="/api/conversations.replies", times=1)
    deliver_due(now=NOW)
    deliver_due(now=LATER)
    assert Delivery.objects.get().state == "waiting"
    deliver_due(now=LATER + timedelta(minutes=2))
    assert len(workspace.posts(slack.CHANNEL, ts)) == 1
    assert Delivery.objects.get().state == "sent"
