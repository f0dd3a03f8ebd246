"""What people write is posted once: whatever Slack answers, or does not."""

import pytest

from apps.incidents.choices import EntryKind
from apps.incidents.models import Incident
from apps.intake.models import Message
from apps.outbox.models import Delivery
from apps.outbox.services import replay_dead
from apps.simulator.fakes.slack import FakeSlack
from tests.intake.chat import texts, works_on, written
from tests.intake.conftest import NOW, World
from tests.intake.handling import ask, log, reply

TEXT = "636 Omaha: check-in link gives an error"
POST = "/api/chat.postMessage"


@pytest.fixture
def asked(world: World, workspace: FakeSlack) -> str:
    """A message somebody asks back about; the time stamp of its thread."""
    ts = written(world, workspace, TEXT)
    ask("Which clinic?", ts=ts)
    return ts


@pytest.fixture
def ticket(world: World, workspace: FakeSlack) -> Incident:
    """A ticket whose answer is posted already."""
    ts = written(world, workspace, TEXT)
    incident = log(ts)
    works_on(1)
    return incident


def post() -> Delivery:
    return Delivery.objects.get(action="slack.post")


def root() -> str:
    return Message.objects.get().source_ref


def test_it_posts_into_the_thread(workspace: FakeSlack, asked: str) -> None:
    works_on(1)
    assert texts(workspace, asked) == ["Which clinic?"]
    assert post().state == "sent"


FAULTS = ["commit_then_500", "commit_then_reset", "error_500", "reset", "rate_limited",
          "unavailable", "html"]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("times", [1, 3])
def test_it_is_posted_once_after_a_fault(
    workspace: FakeSlack, asked: str, fault: str, times: int
) -> None:
    workspace.switch(fault, path=POST, times=times)
    works_on(12)
    assert texts(workspace, asked) == ["Which clinic?"]
    assert post().state == "sent"


def test_it_looks_for_its_post_before_it_posts_again(workspace: FakeSlack, asked: str) -> None:
    workspace.switch("commit_then_reset", path=POST, times=1)
    works_on(4)
    calls = [entry.path for entry in workspace.ledger.requests(path="/api/")]
    assert calls == [POST, "/api/conversations.replies"]
    assert texts(workspace, asked) == ["Which clinic?"]


def test_it_stands_on_the_timeline_under_who_wrote_it(
    workspace: FakeSlack, ticket: Incident
) -> None:
    reply(ticket, "Please try again now")
    works_on(1)
    line = ticket.entries.get(kind=EntryKind.REPLY, actor="ana")
    assert line.text == "Please try again now"
    assert line.data["source_ref"] == workspace.posts("C02UP02HHGX", root())[-1]["ts"]


def test_it_is_answered_after_the_ticket_was_named(workspace: FakeSlack, ticket: Incident) -> None:
    reply(ticket, "Please try again now")
    works_on(1)
    first, second = texts(workspace, root())
    assert first.startswith(f"Logged as {ticket.number}.")
    assert second == "Please try again now"


def test_it_says_on_the_ticket_what_was_refused_for_good(
    workspace: FakeSlack, ticket: Incident
) -> None:
    workspace.switch("error", path=POST, words="is_archived")
    reply(ticket, "Please try again now")
    works_on(2)
    assert post().state == "dead"
    trouble = ticket.entries.get(kind=EntryKind.TROUBLE)
    assert "This was not posted in the thread" in trouble.text
    assert trouble.data["text"] == "Please try again now"


def test_it_is_posted_when_a_person_sends_the_dead_letter_again(
    workspace: FakeSlack, ticket: Incident
) -> None:
    workspace.switch("error", path=POST, words="is_archived")
    reply(ticket, "Please try again now")
    works_on(2)
    workspace.clear()
    replay_dead(ids=None, actor="adi", origin="api", now=NOW)
    works_on(2)
    assert texts(workspace, root())[1:] == ["Please try again now"]


def test_a_question_without_a_ticket_leaves_no_trace_elsewhere(
    workspace: FakeSlack, asked: str
) -> None:
    workspace.switch("error", path=POST, words="is_archived")
    works_on(2)
    assert post().state == "dead"
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    "text", ["<!channel> look", "<!here>", "<@U0BEN> and <#C1|x>", "a < b & c > d"]
)
def test_it_mentions_nobody(workspace: FakeSlack, ticket: Incident, text: str) -> None:
    reply(ticket, text)
    works_on(1)
    shown = texts(workspace, root())[-1]
    assert "<" not in shown
    assert "&lt;" in shown


@pytest.mark.parametrize("word", ["@channel", "@here", "@Everyone"])
def test_it_calls_no_channel_in_plain_words_either(
    workspace: FakeSlack, ticket: Incident, word: str
) -> None:
    reply(ticket, f"{word} please")
    works_on(1)
    assert word not in texts(workspace, root())[-1]
