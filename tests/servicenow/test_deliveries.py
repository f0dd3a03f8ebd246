"""One incident of ours, one of theirs: whatever ServiceNow answers, or does not."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from apps.core.models import Heartbeat
from apps.core.work import RunningClock
from apps.incidents.choices import EntryKind
from apps.incidents.models import Incident
from apps.outbox.models import Delivery
from apps.outbox.rules import LEASE
from apps.outbox.services import replay_dead
from apps.outbox.work import deliver, deliver_due
from apps.servicenow.models import Link
from apps.servicenow.services import promise_record
from tests import build
from tests.servicenow.conftest import NOW, World

Opened = Callable[..., Incident]


def works_on(minutes: int = 30) -> None:
    """Workers look for what is due, minute by minute."""
    for minute in range(minutes):
        now = NOW + timedelta(minutes=minute)
        Heartbeat.objects.beat("outbox", now)
        deliver_due(now=now)


def test_it_creates_one_record_with_our_facts(world: World, opened: Opened) -> None:
    incident = opened()
    assert deliver_due(now=NOW) == 1
    (record,) = world.records(incident)
    assert record["short_description"] == incident.title
    assert (record["impact"], record["urgency"], record["priority"]) == ("2", "2", "3")
    assert "Veteran [name] cannot check in" in record["description"]
    assert f"/incidents/{incident.number}/" in record["description"]
    link = Link.objects.select_related("record").get()
    assert (link.record.number, link.record.sys_id) == (record["number"], record["sys_id"])
    assert incident.entries.filter(kind=EntryKind.SERVICENOW).count() == 1


def test_it_does_not_send_again_what_is_linked(world: World, opened: Opened) -> None:
    incident = opened()
    works_on(2)
    promise_record(incident=incident, now=NOW)
    works_on(2)
    assert len(world.records(incident)) == 1


FAULTS = [
    "commit_then_500",
    "commit_then_reset",
    "truncated",
    "error_500",
    "reset",
    "unavailable",
    "html",
    "redirect",
    "rate_limited",
]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("times", [1, 3])
def test_it_ends_with_one_record_after_a_fault(
    world: World, opened: Opened, fault: str, times: int
) -> None:
    incident = opened()
    world.snow.switch(fault, method="POST", times=times)
    works_on()
    assert len(world.records(incident)) == 1
    assert Link.objects.filter(incident=incident).exists()
    assert Delivery.objects.get().state == "sent"


def test_it_ends_with_one_record_when_even_asking_fails(world: World, opened: Opened) -> None:
    incident = opened()
    world.snow.switch("commit_then_reset", method="POST", times=1)
    world.snow.switch("unavailable", method="GET", times=4)
    works_on()
    assert len(world.records(incident)) == 1
    assert Delivery.objects.get().state == "sent"


def test_it_takes_the_record_that_committed_before_the_500(world: World, opened: Opened) -> None:
    incident = opened()
    world.snow.switch("commit_then_500", method="POST", times=1)
    assert deliver_due(now=NOW) == 1
    assert Delivery.objects.get().state == "sent"
    assert len(world.records(incident)) == 1


def test_it_asks_before_it_repeats_what_nobody_answered(world: World, opened: Opened) -> None:
    opened()
    world.snow.switch("reset", method="POST", times=1)
    works_on()
    calls = [entry.method for entry in world.snow.ledger.requests(path="/api/now/table/incident")]
    assert calls == ["POST", "GET", "GET", "POST"]


def test_it_waits_as_long_as_it_was_asked_to(world: World, opened: Opened) -> None:
    opened()
    world.snow.switch("rate_limited", method="POST", times=1, retry_after=45)
    deliver_due(now=NOW)
    assert Delivery.objects.get().due_at >= NOW + timedelta(seconds=45)


def test_it_converges_when_servicenow_was_down(world: World, opened: Opened) -> None:
    incidents = [opened() for _ in range(5)]
    url = world.connection.base_url
    world.connection.base_url = "http://127.0.0.1:9"
    world.connection.save()
    works_on(10)
    assert not world.snow.records()
    world.connection.refresh_from_db()
    assert world.connection.failures >= 3
    world.connection.base_url = url
    world.connection.save(update_fields=["base_url"])
    recovered = NOW + timedelta(minutes=10)
    for seconds in range(0, 121, 5):
        _pass(recovered + timedelta(seconds=seconds))
    assert [len(world.records(incident)) for incident in incidents] == [1] * 5


def _pass(now: datetime) -> None:
    Heartbeat.objects.beat("outbox", now)
    deliver_due(now=now)


@pytest.mark.parametrize(
    ("fault", "words"),
    [("business_rule", "Business Rule"), ("forbidden", ""), ("unauthorized", "")],
)
def test_it_gives_up_in_words_what_was_refused_for_good(
    world: World, opened: Opened, fault: str, words: str
) -> None:
    incident = opened()
    world.snow.switch(fault, method="POST")
    works_on(3)
    dead = Delivery.objects.get()
    assert (dead.state, words in dead.last_error) == ("dead", True)
    trouble = incident.entries.get(kind=EntryKind.TROUBLE)
    assert "ServiceNow did not take this ticket" in trouble.text
    world.snow.clear()
    replay_dead(ids=None, actor="adi", origin="api", now=NOW + timedelta(minutes=5))
    works_on(8)
    assert len(world.records(incident)) == 1


def test_it_stops_a_worker_that_wakes_with_an_old_lease(world: World, opened: Opened) -> None:
    incident = opened()
    (sleeper,) = Delivery.objects.claim(now=NOW, limit=1, term=LEASE)
    later = NOW + LEASE + timedelta(seconds=1)
    assert deliver_due(now=later) == 1
    deliver(sleeper, RunningClock(later))
    assert len(world.records(incident)) == 1


def test_it_takes_the_instance_that_lists_the_queue(world: World, opened: Opened) -> None:
    other = build.servicenow(world.programme, key="aaa", settings={"groups": ["Other"]})
    opened()
    assert Delivery.objects.get().connection == world.connection
    assert other.key < world.connection.key


def test_it_promises_nothing_without_a_connection(world: World, opened: Opened) -> None:
    world.programme.connections.clear()
    opened()
    assert not Delivery.objects.exists()
