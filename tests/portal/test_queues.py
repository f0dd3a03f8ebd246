"""How the portal talks to its broker: quickly given up, plain JSON, its own queues."""

import stat
from pathlib import Path

import pytest
from celery.signals import setup_logging
from django.conf import settings

from portal.celery import app, keep_logging


def test_it_sends_json_and_keeps_no_results() -> None:
    assert (app.conf.task_serializer, app.conf.accept_content) == ("json", ["json"])
    assert app.conf.task_ignore_result
    assert app.conf.result_backend is None


def test_it_gives_up_on_an_absent_broker_at_once() -> None:
    assert app.conf.task_publish_retry is False
    assert app.conf.broker_connection_timeout == 0.2
    assert app.conf.broker_transport_options["max_retries"] == 1


def test_a_worker_keeps_asking_for_the_broker() -> None:
    assert app.conf.broker_connection_retry_on_startup
    assert app.conf.broker_connection_max_retries is None


@pytest.mark.parametrize("bell", sorted(settings.BELLS))
def test_each_bell_rings_where_its_task_is_routed(bell: str) -> None:
    task, queue = settings.BELLS[bell]
    app.loader.import_default_modules()
    assert task in app.tasks
    assert app.amqp.router.route({}, task)["queue"].name == queue


def test_the_tick_is_known_and_runs_in_utc() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)
    assert str(app.timezone) == "UTC"


def test_celery_leaves_the_logs_alone() -> None:
    assert keep_logging in [receiver() for _, receiver in setup_logging.receivers]


@pytest.mark.sqlite_only
def test_the_local_broker_is_for_its_owner_alone() -> None:
    assert app.conf.broker_url == "filesystem://"
    assert app.conf.broker_transport == "portal.broker:Transport"
    for name in ("data_folder_in", "data_folder_out", "control_folder"):
        folder = Path(app.conf.broker_transport_options[name])
        assert folder.is_relative_to(settings.VAR_DIR)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert app.conf.broker_transport_options["polling_interval"] == 0.1


@pytest.mark.postgresql_only
def test_redis_gives_back_what_a_killed_worker_held(redis_url: str) -> None:
    assert app.conf.broker_url.startswith(redis_url.rpartition("/")[0])
    options = app.conf.broker_transport_options
    assert (options["visibility_timeout"], options["unacked_restore_interval"]) == (10, 5)
