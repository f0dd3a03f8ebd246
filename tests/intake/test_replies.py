"""The one answer in the thread: its words, once, and in time."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from apps.incidents.choices import EntryKind
from apps.incidents.models import Incident
from apps.intake.rules.replies import ReplyFacts, log_reply
from apps.outbox.models import Delivery
from apps.outbox.work import deliver_due
from apps.simulator.fakes.servicenow import FakeServiceNow
from apps.simulator.fakes.slack import FakeSlack
from tests import build
from tests.intake.chat import texts, works_on, written
from tests.intake.conftest import NOW, World
from tests.intake.handling import attach, log

POST = "/api/chat.postMessage"
OMAHA = "636 Omaha: check-in link gives an error"
FACTS = ReplyFacts(
    number="RC-12",
    servicenow_number="INC0010001",
    assignee="Ana Ortiz",
    site="Omaha",
    phase="go_live_week",
    phase_since=date(2022, 6, 27),
    where_to_ask="the Go Live channel",
)


def test_it_names_ticket_record_and_person() -> None:
    assert log_reply(FACTS) == "Logged as RC-12 (ServiceNow INC0010001). Ana Ortiz is on it."


def test_it_leaves_out_what_is_not_known() -> None:
    assert log_reply(replace(FACTS, servicenow_number="", assignee="")) == "Logged as RC-12."


def test_it_says_that_it_is_known_already() -> None:
    text = log_reply(replace(FACTS, is_attached=True))
    assert text.startswith("This is known: it was added to RC-12 (ServiceNow INC0010001).")


@pytest.mark.parametrize("phase", ["servicenow", "closed"])
def test_it_says_where_to_ask_when_the_week_is_over(phase: str) -> None:
    text = log_reply(replace(FACTS, phase=phase, where_to_ask="ServiceNow, Tier 2"))
    assert "The go-live week of Omaha ended on June 27" in text
    assert text.endswith("from now on please ask here: ServiceNow, Tier 2")


@pytest.mark.parametrize("phase", ["planned", "go_live_week", "paused", "rolled_back", ""])
def test_it_sends_nobody_elsewhere_before(phase: str) -> None:
    assert "from now on" not in log_reply(replace(FACTS, phase=phase))


def test_it_always_names_a_place() -> None:
    text = log_reply(replace(FACTS, phase="closed", where_to_ask="", site="", phase_since=None))
    assert text.endswith("The go-live week of this site ended: from now on please ask here: "
                         "ServiceNow")  # fmt: skip


def test_it_is_posted_in_the_thread_with_all_of_that(world: World, workspace: FakeSlack) -> None:
    with FakeServiceNow() as snow:
        _connect(world, snow)
        ts = written(world, workspace, "442: the QR code returns nothing")
        incident = log(ts)
        works_on(1)
        (record,) = snow.records(correlation_id=str(incident.key))
    (text,) = texts(workspace, ts)
    assert text == (
        f"Logged as {incident.number} (ServiceNow {record['number']}). Ana Ortiz is on it. "
        "The go-live week of Cheyenne VA Medical Center ended on June 20: "
        "from now on please ask here: ServiceNow, Tier 2"
    )


def _connect(world: World, snow: FakeServiceNow) -> None:
    build.servicenow(
        world.programme,
        snow.url,
        key="snow",
        settings={"auth": "basic", "username": snow.username},
        secrets={"password": snow.password},
    )


def test_it_waits_four_seconds_for_the_number_and_not_longer(
    world: World, workspace: FakeSlack
) -> None:
    build.servicenow(world.programme, key="snow")  # nobody answers there
    ts = written(world, workspace, OMAHA)
    incident = log(ts)
    deliver_due(now=NOW)
    assert texts(workspace, ts) == []
    assert Delivery.objects.get(action="slack.reply").due_at == NOW + timedelta(seconds=4)
    deliver_due(now=NOW + timedelta(seconds=4))
    assert texts(workspace, ts) == [f"Logged as {incident.number}. Ana Ortiz is on it."]


@pytest.mark.parametrize("fault", ["commit_then_500", "commit_then_reset", "error_500", "reset"])
@pytest.mark.parametrize("times", [1, 2])
def test_it_is_there_once_after_a_fault(
    world: World, workspace: FakeSlack, fault: str, times: int
) -> None:
    ts = written(world, workspace, OMAHA)
    log(ts)
    workspace.switch(fault, path=POST, times=times)
    works_on(8)
    assert len(texts(workspace, ts)) == 1
    assert Delivery.objects.get().state == "sent"


def test_it_is_on_the_timeline_once(world: World, workspace: FakeSlack) -> None:
    ts = written(world, workspace, OMAHA)
    incident = log(ts)
    workspace.switch("commit_then_reset", path=POST, times=1)
    works_on(5)
    (line,) = incident.entries.filter(kind=EntryKind.REPLY)
    assert (line.actor, line.text) == ("system", texts(workspace, ts)[0])


@pytest.mark.parametrize("error", ["not_in_channel", "is_archived", "invalid_auth"])
def test_it_tells_the_ticket_when_the_reporter_cannot_be_answered(
    world: World, workspace: FakeSlack, error: str
) -> None:
    incident = log(written(world, workspace, OMAHA))
    workspace.switch("error", path=POST, words=error)
    works_on(2)
    dead = Delivery.objects.get()
    trouble = incident.entries.get(kind=EntryKind.TROUBLE)
    assert dead.state == "dead"
    assert trouble.text == f"The reporter was not answered in the thread: {dead.last_error}"


def test_it_mentions_nobody_whatever_a_site_is_called(world: World, workspace: FakeSlack) -> None:
    site = build.site("442")
    site.name = "Cheyenne <!channel> & <@U0BEN>"
    site.save()
    ts = written(world, workspace, "442: error")
    log(ts)
    works_on(1)
    (text,) = texts(workspace, ts)
    assert "<" not in text
    assert "&lt;!channel&gt; &amp; &lt;@U0BEN&gt;" in text


def test_an_attached_message_is_told_of_its_ticket(world: World, workspace: FakeSlack) -> None:
    first = log(written(world, workspace, OMAHA))
    ts = written(world, workspace, "636: the same here")
    attach(first.number, ts)
    works_on(2)
    assert texts(workspace, ts) == [
        f"This is known: it was added to {first.number}. Ana Ortiz is on it."
    ]
    assert Incident.objects.count() == 1
