"""Keeping promises: counted before, done once, tried again, given up, taken over."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import connection as database
from django.test import override_settings

from apps.connections.models import Connection
from apps.connectors.base import ConnectorError
from apps.core.models import Heartbeat, LeaseLost
from apps.core.work import RunningClock
from apps.ledger.models import Change
from apps.outbox import services
from apps.outbox.handlers import Job, Sent, handler_for
from apps.outbox.models import Delivery
from apps.outbox.rules import LEASE
from apps.outbox.work import deliver, deliver_due
from tests import build

NOW = datetime(2022, 6, 27, 14, 40, tzinfo=UTC)
pytestmark = pytest.mark.django_db


class Recorder:
    """A handler that notes each call and does what the test says."""

    calls: ClassVar[list[int]] = []
    gave: ClassVar[list[str]] = []
    problems: ClassVar[list[Exception]] = []

    def send(self, job: Job) -> Sent:
        job.guard()
        self.calls.append(job.delivery.attempts)
        if self.problems:
            raise self.problems.pop(0)
        return Sent(result={"ref": "1"})

    def gave_up(self, delivery: Delivery, *, words: str, now: datetime) -> None:
        self.gave.append(words)


@pytest.fixture(autouse=True)
def _recorder() -> Iterator[None]:
    for noted in (Recorder.calls, Recorder.gave, Recorder.problems):
        noted.clear()
    with override_settings(OUTBOX_HANDLERS={"note": "tests.outbox.test_work.Recorder"}):
        handler_for.cache_clear()
        yield
    handler_for.cache_clear()


@pytest.fixture
def line(db: None) -> Connection:
    return build.connection()


def promised(line: Connection, key: str = "k1", **more: Any) -> Delivery:
    facts: dict[str, Any] = {
        "action": "note", "connection": line, "subject": "incident", "subject_key": "RC-1",
        "programme_id": None, "payload": {}, "now": NOW,
    }  # fmt: skip
    return services.promise(dedupe_key=key, **facts | more)


def fails(*problems: Exception) -> None:
    Recorder.problems.extend(problems)


def test_it_sends_once_and_keeps_the_result(line: Connection) -> None:
    promised(line)
    promised(line)
    assert deliver_due(now=NOW) == 1
    assert deliver_due(now=NOW) == 0
    sent = Delivery.objects.get()
    assert (sent.state, sent.result, Recorder.calls) == ("sent", {"ref": "1"}, [1])


def test_it_waits_for_its_time(line: Connection) -> None:
    promised(line, due_at=NOW + timedelta(seconds=5))
    assert deliver_due(now=NOW) == 0
    assert deliver_due(now=NOW + timedelta(seconds=5)) == 1


def test_it_tries_again_after_a_temporary_failure(line: Connection) -> None:
    fails(ConnectorError("not reached"), ConnectorError("busy", retry_after=30))
    promised(line)
    deliver_due(now=NOW)
    waiting = Delivery.objects.get()
    assert (waiting.state, waiting.last_error, waiting.attempts) == ("waiting", "not reached", 1)
    assert NOW < waiting.due_at <= NOW + timedelta(seconds=1.1)
    deliver_due(now=NOW + timedelta(seconds=2))
    assert Delivery.objects.get().due_at >= NOW + timedelta(seconds=32)
    deliver_due(now=NOW + timedelta(seconds=40))
    assert Delivery.objects.get().state == "sent"
    assert Recorder.calls == [1, 2, 3]


def test_it_gives_up_at_once_when_repeating_cannot_help(line: Connection) -> None:
    fails(ConnectorError("refused by a business rule", permanent=True))
    promised(line)
    deliver_due(now=NOW)
    dead = Delivery.objects.get()
    assert (dead.state, dead.last_error) == ("dead", "refused by a business rule")
    assert Recorder.gave == ["refused by a business rule"]
    assert Change.objects.get(verb="given_up").subject == "delivery"


def test_it_gives_up_an_outage_only_after_three_days(line: Connection) -> None:
    fails(ConnectorError("down"), ConnectorError("down"))
    promised(line)
    for later, state in (
        (timedelta(days=2, hours=23), "waiting"),
        (timedelta(days=3, hours=1), "dead"),
    ):
        Heartbeat.objects.beat("outbox", NOW + later)
        deliver_due(now=NOW + later)
        assert Delivery.objects.get().state == state


def test_it_gives_up_a_defect_after_eight_times(line: Connection) -> None:
    fails(*[ZeroDivisionError() for _ in range(9)])
    promised(line)
    for minute in range(9):
        deliver_due(now=NOW + timedelta(minutes=2 * minute))
    dead = Delivery.objects.get()
    assert (dead.state, dead.attempts, dead.last_error) == (
        "dead",
        8,
        "unexpected: ZeroDivisionError",
    )


def test_it_gives_up_an_action_nobody_knows(line: Connection) -> None:
    promised(line, action="other")
    for minute in range(9):
        deliver_due(now=NOW + timedelta(minutes=2 * minute))
    assert Delivery.objects.get().state == "dead"


def test_it_counts_the_attempt_before_the_call(line: Connection) -> None:
    promised(line)
    (taken,) = Delivery.objects.claim(now=NOW, limit=1, term=LEASE)
    taken.begin(now=NOW, term=LEASE)
    assert Delivery.objects.get().attempts == 1
    assert Recorder.calls == []


def test_it_is_taken_over_after_the_lease_and_told_that_it_may_have_happened(
    line: Connection,
) -> None:
    promised(line)
    (taken,) = Delivery.objects.claim(now=NOW, limit=1, term=LEASE)
    taken.begin(now=NOW, term=LEASE)
    assert deliver_due(now=NOW + LEASE - timedelta(seconds=1)) == 0
    assert deliver_due(now=NOW + LEASE) == 1
    assert Recorder.calls == [2]


def test_it_stops_a_worker_that_slept_through_its_lease(line: Connection) -> None:
    promised(line)
    (sleeper,) = Delivery.objects.claim(now=NOW, limit=1, term=LEASE)
    sleeper.begin(now=NOW, term=LEASE)
    later = NOW + LEASE + timedelta(seconds=1)
    (other,) = Delivery.objects.claim(now=later, limit=1, term=LEASE)
    with pytest.raises(LeaseLost):
        Recorder().send(Job(delivery=sleeper, clock=RunningClock(later)))
    deliver(sleeper, RunningClock(later))
    assert Recorder.calls == []
    deliver(other, RunningClock(later))
    assert Recorder.calls == [2]


def test_it_buries_a_row_that_ends_every_worker(line: Connection) -> None:
    promised(line)
    Delivery.objects.update(unfinished=10)
    deliver_due(now=NOW)
    assert "a worker stopped 10 times" in Delivery.objects.get().last_error


def test_it_leaves_a_failing_system_alone_and_comes_back(line: Connection) -> None:
    fails(*[ConnectorError("down") for _ in range(3)])
    other = build.connection()
    for number in range(4):
        promised(line, f"k{number}")
    assert deliver_due(now=NOW) == 3
    line.refresh_from_db()
    assert line.quiet_until is not None
    assert line.quiet_until > NOW
    promised(other, "k9")
    assert deliver_due(now=NOW) == 1
    assert deliver_due(now=NOW + timedelta(seconds=60)) == 4
    assert Connection.objects.filter(failures=0, quiet_until=None, pk=line.pk).exists()


def test_it_keeps_some_workers_free_of_a_system_that_hangs(line: Connection) -> None:
    for number in range(6):
        promised(line, f"k{number}")
    promised(build.connection(), "other")
    hanging = [Delivery.objects.claim(now=NOW, limit=1, term=LEASE)[0] for _ in range(4)]
    assert {row.connection for row in hanging} == {line}
    (free,) = Delivery.objects.claim(now=NOW, limit=3, term=LEASE)
    assert free.dedupe_key == "other"


def test_it_wakes_what_waited_as_soon_as_it_is_kept(line: Connection) -> None:
    promised(line, "first")
    promised(line, "second", due_at=NOW + timedelta(seconds=4), waits_for="first")
    assert deliver_due(now=NOW) == 2


def test_it_wakes_what_waited_when_it_is_given_up(line: Connection) -> None:
    fails(ConnectorError("no", permanent=True))
    promised(line, "first")
    promised(line, "second", due_at=NOW + timedelta(seconds=4), waits_for="first")
    assert deliver_due(now=NOW) == 2


def test_it_does_not_wait_longer_than_it_said(line: Connection) -> None:
    fails(ConnectorError("down"))
    promised(line, "first")
    promised(line, "second", due_at=NOW + timedelta(seconds=0.5), waits_for="first")
    deliver_due(now=NOW)
    deliver_due(now=NOW + timedelta(seconds=0.6))
    assert Delivery.objects.get(dedupe_key="second").attempts == 1
    assert Recorder.calls == [1, 1, 2]  # the second's success let the first go at once


def test_it_holds_everything_after_a_restored_backup(line: Connection) -> None:
    Heartbeat.objects.beat("outbox", NOW - timedelta(minutes=61))
    promised(line)
    Delivery.objects.update(created_at=NOW - timedelta(minutes=61))
    assert deliver_due(now=NOW) == 0
    assert Delivery.objects.get().state == "held"
    assert services.release_held(actor="adi", origin="command", now=NOW) == 1
    assert deliver_due(now=NOW) == 1
    assert list(Change.objects.values_list("verb", flat=True)) == ["held", "released"]


def test_it_does_not_hold_what_was_promised_since_it_woke_up(line: Connection) -> None:
    Heartbeat.objects.beat("outbox", NOW - timedelta(hours=2))
    promised(line)
    assert deliver_due(now=NOW) == 1


def test_it_holds_nothing_after_an_hour_of_ordinary_silence(line: Connection) -> None:
    Heartbeat.objects.beat("outbox", NOW - timedelta(minutes=59))
    promised(line)
    assert deliver_due(now=NOW) == 1


def test_it_replays_a_dead_letter_with_a_new_fence(line: Connection) -> None:
    fails(ConnectorError("no", permanent=True))
    promised(line)
    deliver_due(now=NOW)
    before = Delivery.objects.get().fence
    replayed = services.replay_dead(ids=None, actor="adi", origin="api", now=NOW)
    assert [row.state for row in replayed] == ["dead"]
    assert Delivery.objects.get().fence == before + 1
    assert deliver_due(now=NOW) == 1
    assert Delivery.objects.get().state == "sent"


@pytest.mark.django_db(transaction=True)
def test_it_sends_each_once_when_four_workers_run(line: Connection) -> None:
    for number in range(20):
        promised(line, f"k{number}")

    def run() -> None:
        deliver_due(now=NOW)
        database.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Delivery.objects.exclude(done_at=None).count() == 20
    assert Recorder.calls == [1] * 20
