"""The tick: what a beat's tick does, and what happens when none comes."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from celery.signals import worker_init, worker_shutting_down
from pytest_django.fixtures import Settings

from apps.core.models import Heartbeat
from apps.core.tasks import start_ticker, stop_ticker, tick
from apps.core.ticker import PASSES_AT_ONCE, Ticker, drains_of
from portal.celery import app

NOW = datetime(2022, 6, 13, 14, 0, tzinfo=UTC)
calls: list[tuple[str, datetime]] = []
gate = threading.Event()


def drain_first(*, now: datetime) -> int:
    calls.append(("first", now))
    return 3


def drain_second(*, now: datetime) -> int:
    calls.append(("second", now))
    return 4


def drain_slowly(*, now: datetime) -> int:
    calls.append(("slow", now))
    gate.wait(30)
    return 1


def drain_badly(*, now: datetime) -> int:
    raise RuntimeError("broken pass")


@pytest.fixture(autouse=True)
def table(settings: Settings) -> Iterator[None]:
    """Two drains on the queue "intake", one on "sync"; a tick lasts a moment."""
    here = __name__
    settings.BELLS = {
        "first": ("x.first", "intake"),
        "second": ("x.second", "intake"),
        "slow": ("x.slow", "sync"),
    }
    settings.DRAINS = {
        "first": f"{here}.drain_first",
        "second": f"{here}.drain_second",
        "slow": f"{here}.drain_slowly",
    }
    settings.TICK_SECONDS = 0.05
    calls.clear()
    gate.clear()
    yield
    gate.set()
    assert wait_until(lambda: not [each for each in threading.enumerate() if "tick" in each.name])


def wait_until(is_so: Callable[[], bool]) -> bool:
    until = time.monotonic() + 30
    while not is_so() and time.monotonic() < until:
        time.sleep(0.01)
    return is_so()


def watching() -> Ticker:
    made = Ticker(lambda: NOW)
    made.start()
    return made


def names() -> list[str]:
    return [name for name, _ in calls]


def test_it_knows_the_drains_of_a_queue() -> None:
    assert drains_of("intake") == ["first", "second"]
    assert drains_of("report") == []


@pytest.mark.django_db
def test_it_makes_one_pass_of_each_drain_of_the_queue() -> None:
    assert Ticker(lambda: NOW).hear("intake") == 7
    assert calls == [("first", NOW), ("second", NOW)]


@pytest.mark.django_db
def test_it_notes_that_beat_is_alive_at_most_every_ten_seconds() -> None:
    ours = Ticker(lambda: NOW)
    ours.hear("intake")
    Heartbeat.objects.all().delete()
    ours.hear("intake")
    assert Heartbeat.objects.last("beat") is None
    Ticker(lambda: NOW).hear("intake")
    assert Heartbeat.objects.last("beat") == NOW


@pytest.mark.django_db(transaction=True)
def test_it_works_by_itself_when_no_tick_comes() -> None:
    gate.set()
    ours = watching()
    assert wait_until(lambda: {"first", "second", "slow"} <= set(names()))
    ours.stop()
    assert Heartbeat.objects.last("worker") == NOW


@pytest.mark.django_db(transaction=True)
def test_it_stays_quiet_while_ticks_come(settings: Settings) -> None:
    settings.TICK_SECONDS = 0.5
    settings.BELLS = {}
    ours = watching()
    for _ in range(20):
        ours.hear("intake")
        time.sleep(0.1)
    ours.stop()
    assert names() == []


@pytest.mark.django_db(transaction=True)
def test_it_does_not_let_a_slow_pass_hold_up_the_others_or_pile_up() -> None:
    ours = watching()
    assert wait_until(lambda: names().count("first") >= 6)
    ours.stop()
    assert names().count("slow") == PASSES_AT_ONCE
    gate.set()


@pytest.mark.django_db(transaction=True)
def test_it_goes_on_after_a_pass_that_failed(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.DRAINS = {"bad": f"{__name__}.drain_badly", "first": f"{__name__}.drain_first"}
    ours = watching()
    assert wait_until(lambda: names().count("first") >= 3)
    ours.stop()
    failed = [line for line in caplog.records if line.getMessage() == "ticker: a pass failed"]
    assert len(failed) >= 2
    assert failed[0].__dict__["bell"] == "bad"


@pytest.mark.django_db
def test_it_is_what_the_task_of_beat_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.core.tasks.ticker", Ticker(lambda: NOW))
    assert tick("intake") == 7
    assert names() == ["first", "second"]


def test_it_is_started_by_a_worker_before_the_broker_is_asked() -> None:
    assert start_ticker in [receiver() for _, receiver in worker_init.receivers]
    assert stop_ticker in [receiver() for _, receiver in worker_shutting_down.receivers]


def test_it_ticks_each_queue_that_has_work_and_lets_late_ticks_go() -> None:
    entries = {k: v for k, v in app.conf.beat_schedule.items() if k.startswith("tick-")}
    assert sorted(entry["args"][0] for entry in entries.values()) == ["intake", "page", "sync"]
    for entry in entries.values():
        assert entry["task"] == tick.name
        assert entry["options"]["queue"] == entry["args"][0]
        assert 0 < entry["options"]["expires"] <= entry["schedule"]
