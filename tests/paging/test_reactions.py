"""A page is taken by a sign on the message that told of it, and by no other sign or message."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.test import Client

from apps.accounts.models import Person
from apps.intake import webhooks
from apps.intake.models import Arrival, Message
from apps.intake.work import process_due
from apps.ledger.models import Change
from apps.outbox.models import Delivery
from apps.paging import services
from apps.paging.choices import Through
from apps.paging.models import Page
from apps.paging.rules import PolicyFacts, StepFacts, Target
from apps.rollouts.models import Programme
from apps.simulator.fakes.slack import FakeSlack
from apps.simulator.fakes.slack.events import reacted
from tests import build, slack
from tests.at_once import run_at_once
from tests.paging.rows import MINUTE, NOW, delivers, goes_on, someone, staffed, ticket, told

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(seconds=30)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    webhooks.known.clear()
    with time_machine.travel(NOW):
        yield
    webhooks.known.clear()


@pytest.fixture
def workspace() -> Iterator[FakeSlack]:
    with FakeSlack(channels=["C0OPS", "C0ELSE"], signing_secret=slack.SECRET) as fake:
        yield fake


@pytest.fixture
def programme(workspace: FakeSlack) -> Programme:
    """Ana is told by direct message, and everybody in a channel."""
    made = staffed()
    build.slack(made, workspace.api_url, key="dsva",
                secrets={"bot_token": workspace.token, "signing_secret": slack.SECRET})  # fmt: skip
    for name in ("ana", "ben", "dee"):
        build.handle(build.person(name), "slack", f"U0{name.upper()}")
    facts = PolicyFacts(
        (StepFacts(timedelta(), (Target("channel", "dsva:C0OPS"), Target("duty", "primary"))),
         StepFacts(5 * MINUTE, (Target("duty", "backup"),))),
        (Target("role", "dm"),), 10 * MINUTE,
    )  # fmt: skip
    draft = services.PolicyDraft(name="Loud", causes=["severity_one"], facts=facts)
    services.save_policy(programme=made, key="default", draft=draft, actor="adi", origin="command",
                         now=NOW)  # fmt: skip
    return made


def paged(programme: Programme) -> Page:
    ticket(programme)
    goes_on(0)
    delivers()
    return page()


def page() -> Page:
    return Page.objects.latest("id")


def reacts(
    workspace: FakeSlack, channel: str, user: str, name: str = "white_check_mark", **event: Any
) -> str:
    """Somebody marks the last message of a channel; Slack tells us. Returns what came of it."""
    message = workspace.workspace.messages(channel)[-1]
    facts = {"at_ts": "1656340900.000100"} | event
    body = slack.body_of(reacted(channel, message, user=user, name=name, **facts))
    answer = Client().post("/hooks/dsva/", body, content_type="application/json",
                           headers=slack.signed(body))  # fmt: skip
    assert answer.status_code == 200
    process_due(now=SOON)
    arrival = Arrival.objects.latest("id")
    assert arrival.dead_at is None
    return arrival.outcome


def test_the_message_says_how(programme: Programme, workspace: FakeSlack) -> None:
    paged(programme)
    for channel in ("D0ANA", "C0OPS"):
        [post] = workspace.workspace.messages(channel)
        assert "React with ✅ to take it, or open http" in post["text"]


@pytest.mark.django_db(transaction=True)
def test_the_whole_way_over_http(programme: Programme, workspace: FakeSlack, live_server: Any,
                                 ) -> None:  # fmt: skip
    row = ticket(programme)
    goes_on(0)
    delivers()
    [post] = workspace.workspace.messages("D0ANA")
    sent = workspace.send_reaction(f"{live_server.url}/hooks/dsva/", "D0ANA", post["ts"], "U0ANA")
    assert sent.status == 200
    process_due(now=SOON)
    found = page()
    assert (found.acknowledged_by, found.acknowledged_through) == ("ana", "slack")
    row.refresh_from_db()
    assert row.state == "acknowledged"
    assert goes_on(6) == 0
    assert "ben" not in told()
    entry = Change.objects.get(subject="page", verb="acknowledged")
    fields: Any = entry.fields
    assert (entry.actor, entry.origin, fields["through"]) == ("ana", "dsva", "slack")
    assert fields["said_at"]
    assert not Message.objects.exists()


@pytest.mark.parametrize("name", ["heavy_check_mark", "raised_hand::skin-tone-4", "hand"])
def test_some_signs_take_it(programme: Programme, workspace: FakeSlack, name: str) -> None:
    paged(programme)
    assert "acknowledged" in reacts(workspace, "D0ANA", "U0ANA", name)
    assert page().acknowledged_through == "slack"


@pytest.mark.parametrize("name", ["eyes", "tada", "-1", "x", ""])
def test_others_say_nothing(programme: Programme, workspace: FakeSlack, name: str) -> None:
    paged(programme)
    assert reacts(workspace, "D0ANA", "U0ANA", name) == "a reaction that takes nothing"
    assert page().state == "open"


def test_a_colleague_takes_it_in_the_channel(programme: Programme, workspace: FakeSlack) -> None:
    paged(programme)
    reacts(workspace, "C0OPS", "U0BEN")
    assert page().acknowledged_by == "ben"


def test_who_is_second_changes_nothing(programme: Programme, workspace: FakeSlack) -> None:
    paged(programme)
    reacts(workspace, "C0OPS", "U0BEN")
    assert reacts(workspace, "D0ANA", "U0ANA") == "somebody was faster"
    assert page().acknowledged_by == "ben"


def test_the_same_event_twice_has_one_effect(programme: Programme, workspace: FakeSlack) -> None:
    paged(programme)
    for _ in range(2):
        reacts(workspace, "D0ANA", "U0ANA", event_id="Ev77")
    assert Arrival.objects.count() == 1
    reacts(workspace, "D0ANA", "U0ANA", event_id="Ev78")
    assert Change.objects.filter(subject="page", verb="acknowledged").count() == 1


def test_who_is_unknown_or_has_left_takes_nothing(
    programme: Programme, workspace: FakeSlack
) -> None:
    paged(programme)
    assert reacts(workspace, "C0OPS", "U0NOBODY") == "a reaction of somebody unknown"
    Person.objects.filter(username="ben").update(is_active=False)
    assert reacts(workspace, "C0OPS", "U0BEN") == "a reaction of somebody unknown"
    assert page().state == "open"


def test_a_viewer_and_a_stranger_take_nothing(programme: Programme, workspace: FakeSlack) -> None:
    build.handle(someone("vic", programme), "slack", "U0VIC")
    build.handle(someone("pam", build.programme()), "slack", "U0PAM")
    paged(programme)
    for user in ("U0VIC", "U0PAM"):
        assert reacts(workspace, "C0OPS", user).endswith("may not acknowledge")
    assert page().state == "open"


def test_a_sign_on_another_message_takes_nothing(
    programme: Programme, workspace: FakeSlack
) -> None:
    paged(programme)
    ts = workspace.workspace.messages("C0OPS")[-1]["ts"]
    workspace.add_message("D0ANA", "thanks", user="U0ANA")
    assert reacts(workspace, "D0ANA", "U0ANA") == "a reaction to something else"
    workspace.add_message("C0ELSE", "the same instant elsewhere", ts=ts)
    assert reacts(workspace, "C0ELSE", "U0ANA") == "a reaction to something else"
    assert page().state == "open"


def test_the_direct_message_of_somebody_else_is_none_of_mine(
    programme: Programme, workspace: FakeSlack
) -> None:
    paged(programme)
    assert reacts(workspace, "D0ANA", "U0BEN") == "a reaction to something else"


def test_a_page_of_another_workspace_is_not_meant(
    programme: Programme, workspace: FakeSlack
) -> None:
    paged(programme)
    programme.connections.clear()
    assert reacts(workspace, "D0ANA", "U0ANA") == "a reaction to something else"


def test_faster_than_the_answer_of_slack_it_counts_a_moment_later(
    programme: Programme, workspace: FakeSlack
) -> None:
    paged(programme)
    rows = Delivery.objects.filter(action="page.slack")
    result = rows.get().result
    rows.update(done_at=None, result={})  # the post is there, its answer not yet
    assert reacts(workspace, "D0ANA", "U0ANA") == ""
    assert page().state == "open"
    rows.update(done_at=NOW, result=result)
    process_due(now=SOON + MINUTE)
    assert page().acknowledged_by == "ana"


def test_a_sign_of_before_a_page_began_again_takes_it_no_more(
    programme: Programme, workspace: FakeSlack
) -> None:
    first = paged(programme)
    services.acknowledge(page=first, person=build.person("ben"), through=Through.PAGE,
                         origin="page", now=SOON)  # fmt: skip
    again = SOON + MINUTE
    services.reopen_page(page=page(), actor="dee", origin="page", now=again)
    before = reacts(workspace, "D0ANA", "U0ANA", at_ts=f"{SOON.timestamp():.6f}")
    assert before == "a reaction of before it was opened again"
    assert page().state == "open"
    taken = reacts(workspace, "D0ANA", "U0ANA", at_ts=f"{again.timestamp():.6f}")
    assert taken.endswith("acknowledged")
    assert page().acknowledged_by == "ana"


def lost(rows: Any) -> None:
    """A message may be there or not: an attempt to post it is under way."""
    rows.update(done_at=None, result={}, due_at=NOW + 60 * MINUTE)


def test_a_message_older_than_what_is_being_posted_is_looked_at_at_once(
    programme: Programme, workspace: FakeSlack
) -> None:
    long_ago = f"{NOW.timestamp() - 120:.0f}.000100"
    workspace.add_message("D0ANA", "Lunch?", user="U0ANA", ts=long_ago)
    ticket(programme)
    goes_on(0)
    Delivery.objects.update(attempts=1, due_at=NOW + 60 * MINUTE)
    assert reacts(workspace, "D0ANA", "U0ANA") == "a reaction to something else"


def test_a_post_whose_end_is_never_known_makes_no_dead_letter(
    programme: Programme, workspace: FakeSlack
) -> None:
    paged(programme)
    lost(Delivery.objects.filter(action="page.slack"))
    assert reacts(workspace, "D0ANA", "U0ANA") == ""
    for minutes in range(1, 12):
        process_due(now=SOON + minutes * MINUTE)
    arrival = Arrival.objects.get()
    assert (arrival.state, arrival.attempts) == ("processed", 8)
    assert arrival.outcome == "a reaction to a message no page is known of"
    assert page().state == "open"


# --- what is said in the thread ----------------------------------------------------------------


def marks(workspace: FakeSlack, channel: str, user: str) -> str:
    """Somebody marks the message of the page."""
    root = workspace.posts(channel)[0]["ts"]
    body = slack.body_of(reacted(channel, workspace.workspace.message(channel, root) or {},
                                 user=user, name="hand", at_ts="1656340900.000100"))  # fmt: skip
    Client().post("/hooks/dsva/", body, content_type="application/json",
                  headers=slack.signed(body))  # fmt: skip
    process_due(now=SOON)
    return Arrival.objects.latest("id").outcome


def answers(workspace: FakeSlack, channel: str = "C0OPS", minutes: float = 1) -> list[str]:
    """What stands below the message of the page in the end."""
    delivers(minutes)
    root = workspace.posts(channel)[0]["ts"]
    return [one["text"] for one in workspace.posts(channel, root) if one["ts"] != root]


def test_a_channel_is_told_once_who_has_it(programme: Programme, workspace: FakeSlack) -> None:
    paged(programme)
    marks(workspace, "C0OPS", "U0BEN")
    assert answers(workspace) == ["Ben Boyd has it."]
    for user in ("U0DEE", "U0BEN"):
        marks(workspace, "C0OPS", user)
    assert answers(workspace, minutes=2) == ["Ben Boyd has it."]
    assert answers(workspace, "D0ANA") == []


def test_who_marks_what_was_taken_elsewhere_is_told_by_whom(
    programme: Programme, workspace: FakeSlack
) -> None:
    services.acknowledge(page=paged(programme), person=build.person("dee"), through=Through.PAGE,
                         origin="page", now=NOW)  # fmt: skip
    assert answers(workspace) == []
    for channel, user in (("C0OPS", "U0BEN"), ("D0ANA", "U0ANA")):
        assert marks(workspace, channel, user) == "somebody was faster"
        assert answers(workspace, channel) == [f"{build.person('dee')} has it."]
    assert Change.objects.filter(subject="page", verb="acknowledged").count() == 1


def test_ones_own_direct_message_says_nothing_more(
    programme: Programme, workspace: FakeSlack
) -> None:
    paged(programme)
    for _ in range(2):
        marks(workspace, "D0ANA", "U0ANA")
    assert page().acknowledged_by == "ana"
    assert answers(workspace, "D0ANA") == []


def test_each_account_that_takes_nothing_is_told_so_once(
    programme: Programme, workspace: FakeSlack
) -> None:
    build.handle(someone("vic", programme), "slack", "U0VIC")
    paged(programme)
    for user in ("U0NOBODY", "U0VIC", "U0NOBODY"):
        marks(workspace, "C0OPS", user)
    words = "Not taken: this Slack account belongs to nobody here who may acknowledge."
    assert answers(workspace) == [words] * 2
    assert page().state == "open"


def test_what_began_again_is_said_to_be_nobodys_and_then_the_next_ones(
    programme: Programme, workspace: FakeSlack
) -> None:
    first = paged(programme)
    marks(workspace, "C0OPS", "U0BEN")
    services.reopen_page(page=first, actor="dee", origin="page", now=SOON)
    assert answers(workspace) == []
    marks(workspace, "C0OPS", "U0BEN")
    assert answers(workspace, minutes=2) == ["Ben Boyd has it."]


def test_an_answer_whose_end_is_unknown_is_said_once(
    programme: Programme, workspace: FakeSlack
) -> None:
    paged(programme)
    marks(workspace, "C0OPS", "U0BEN")
    workspace.switch("commit_then_reset", path="/api/chat.postMessage", times=1)
    for minutes in (1, 2, 3):
        delivers(minutes)
    assert answers(workspace, minutes=4) == ["Ben Boyd has it."]


@pytest.mark.postgresql_only
@pytest.mark.django_db(transaction=True)
def test_two_at_once_have_one_winner(programme: Programme, workspace: FakeSlack) -> None:
    paged(programme)
    for user, channel in (("U0ANA", "D0ANA"), ("U0BEN", "C0OPS"), ("U0DEE", "C0OPS")):
        message = workspace.workspace.messages(channel)[-1]
        event = reacted(channel, message, user=user, name="hand", at_ts="1656340900.000100")
        Arrival.objects.keep(
            connection_id=programme.connections.get().pk, delivery_key=None, headers={},
            body=slack.body_of(event), now=NOW,
        )  # fmt: skip
    run_at_once([partial(process_due, now=SOON)] * 3)
    assert Change.objects.filter(subject="page", verb="acknowledged").count() == 1
    assert page().acknowledged_by in {"ana", "ben", "dee"}
