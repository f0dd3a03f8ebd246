"""A process is killed at every second point of taking a page by a reaction, and of saying so in its
thread: the page is taken once, by one, and the arrival is handled."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connections

from apps.connections.models import Connection
from apps.incidents.models import Incident
from apps.intake.models import Arrival
from apps.intake.work import process_due
from apps.ledger.models import Change
from apps.outbox.models import Delivery
from apps.outbox.work import deliver_due
from apps.paging import services
from apps.paging.models import Page
from apps.paging.rules import PolicyFacts, StepFacts, Target
from apps.paging.work import take_due
from apps.simulator.fakes.slack import FakeSlack
from apps.simulator.fakes.slack.events import reacted
from tests import build, slack
from tests.crash.kill import is_killed_at
from tests.paging.rows import MINUTE, NOW, staffed, ticket

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]
SOON = NOW + MINUTE
CHANNEL = "C0OPS"


@pytest.fixture
def workspace() -> Iterator[FakeSlack]:
    """A programme that tells a channel, and Ben, who is known there."""
    with FakeSlack(channels=[CHANNEL], clock=SOON.timestamp) as fake:
        programme = staffed()
        build.slack(programme, fake.api_url, key="dsva", secrets={"bot_token": fake.token})
        build.handle(build.person("ben"), "slack", "U0BEN")
        facts = PolicyFacts((StepFacts(timedelta(), (Target("channel", f"dsva:{CHANNEL}"),
                                                     Target("duty", "primary"))),),
                            (Target("role", "dm"),), 10 * MINUTE)  # fmt: skip
        draft = services.PolicyDraft(name="Loud", causes=["severity_one"], facts=facts)
        services.save_policy(programme=programme, key="default", draft=draft, actor="adi",
                             origin="command", now=NOW)  # fmt: skip
        yield fake
        connections.close_all()


def begin(workspace: FakeSlack) -> Page:
    """A page the channel was told of, and Ben's sign on that message, kept but not processed."""
    connection = Connection.objects.get(key="dsva")
    page = ticket(connection.programmes.get()).pages.get()
    take_due(now=NOW)
    deliver_due(now=NOW + MINUTE / 60)
    message = workspace.workspace.message(CHANNEL, root_of(page)) or {}
    event = reacted(CHANNEL, message, user="U0BEN", name="hand", at_ts=f"{SOON.timestamp():.6f}")
    Arrival.objects.keep(connection_id=connection.pk, delivery_key=None, headers={},
                         body=slack.body_of(event), now=SOON)  # fmt: skip
    return page


def root_of(page: Page) -> str:
    told = Delivery.objects.get(action="page.channel", subject_key=str(page.key))
    return str(told.result["source_ref"])


def works(minutes: float = 0) -> None:
    process_due(now=SOON + minutes * MINUTE)
    deliver_due(now=SOON + (minutes + 0.1) * MINUTE)


def is_whole(page: Page) -> bool:
    """Page, ticket, ledger, answer and the end of the arrival are there together, or none is;
    returns whether they are."""
    page.refresh_from_db()
    is_taken = page.acknowledged_by == "ben"
    mine = {"subject_key": str(page.key)}
    entries = Change.objects.filter(subject="page", verb="acknowledged", **mine).count()
    said = Delivery.objects.filter(action="page.thread", **mine).count()
    row, arrival = Incident.objects.get(pages=page), Arrival.objects.latest("id")
    found = [row.acknowledged_at is not None, entries == 1, said == 1, arrival.done_at is not None]
    assert found == [is_taken] * 4, found
    assert (entries, said) == ((1, 1) if is_taken else (0, 0))
    return is_taken


def test_a_kill_around_a_statement_or_call_leaves_it_taken_once(workspace: FakeSlack) -> None:
    point, page = 1, begin(workspace)
    while is_killed_at(point, works):
        is_whole(page)
        for minutes in (1, 2, 3):
            works(minutes)
        assert is_whole(page), f"killed at point {point}"
        assert workspace.quiet()
        said = [one["text"] for one in workspace.posts(CHANNEL, root_of(page))]
        assert said.count("Ben Boyd has it.") == 1, f"killed at point {point}: {said}"
        point, page = point + 2, begin(workspace)
    assert is_whole(page)
    assert point > 40
