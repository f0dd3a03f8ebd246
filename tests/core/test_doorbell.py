"""The doorbell: never felt, never raised, never the only thing that wakes somebody."""

from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.db import transaction

from apps.core import doorbell
from apps.core.doorbell import flush, ring


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """What was handed to the broker; the thread that carries it is the real one."""
    bells: list[tuple[str, str]] = []

    def send_task(name: str, *, queue: str, **options: Any) -> None:
        bells.append((name, queue))

    monkeypatch.setattr(doorbell._carrier, "_silent_until", 0.0)
    monkeypatch.setattr(current_app, "send_task", send_task)
    yield bells
    flush()


@pytest.mark.django_db(transaction=True)
def test_it_rings_after_the_commit(sent: list[tuple[str, str]]) -> None:
    with transaction.atomic():
        ring("intake")
        flush()
        assert sent == []
    flush()
    assert sent == [("intake.process", "intake")]


@pytest.mark.django_db(transaction=True)
def test_it_does_not_ring_for_what_was_rolled_back(sent: list[tuple[str, str]]) -> None:
    with transaction.atomic():
        ring("intake")
        transaction.set_rollback(True)
    flush()
    assert sent == []


@pytest.mark.django_db(transaction=True)
def test_it_makes_one_bell_of_many(sent: list[tuple[str, str]]) -> None:
    with transaction.atomic():
        for _ in range(500):
            ring("outbox")
    flush()
    assert 1 <= len(sent) <= 3


@pytest.mark.django_db(transaction=True)
def test_it_is_silent_for_a_while_after_a_failure(
    monkeypatch: pytest.MonkeyPatch, sent: list[tuple[str, str]]
) -> None:
    tried: list[str] = []

    def fails(name: str, **options: Any) -> None:
        tried.append(name)
        raise OSError("refused")

    monkeypatch.setattr(current_app, "send_task", fails)
    for _ in range(20):
        ring("intake")
        flush()
    assert tried == ["intake.process"]


def test_it_knows_a_task_for_each_bell() -> None:
    from_settings = {name for name, _ in settings.BELLS.values()}
    current_app.loader.import_default_modules()
    assert from_settings <= set(current_app.tasks)
