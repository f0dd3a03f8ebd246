"""Idempotency-Key: the same POST twice has one effect and one answer."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from apps.core.api.keyed import _hold
from apps.core.api.problems import Problem
from apps.core.models import KeptAnswer
from apps.core.services import KEPT, purge_answers
from apps.rollouts.models import Site
from tests import build
from tests.core import api_setup


@pytest.fixture(autouse=True)
def _routes(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    api_setup.install(settings, monkeypatch)


@pytest.fixture
def client(db: None) -> Client:
    return api_setup.signed_in()


def post(client: Client, key: str | None, **body: str) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    sent = {"number": "1", "name": "Omaha"} | body
    return client.post("/api/sites/", sent, content_type="application/json", headers=headers)


def test_the_same_request_again_gets_the_same_bytes(client: Client) -> None:
    first, second = post(client, "k1"), post(client, "k1")
    assert first.status_code == second.status_code == 201
    assert first.content == second.content == '{"z":"1","a":1.5,"é":null}'.encode()
    assert first["Content-Type"] == second["Content-Type"] == "application/json"
    assert first["Location"] == second["Location"] == "/sites/1/"
    assert Site.objects.count() == 1


def test_a_repeat_says_that_it_is_one(client: Client) -> None:
    assert "Idempotency-Replayed" not in post(client, "k1")
    assert post(client, "k1")["Idempotency-Replayed"] == "true"


def test_another_key_is_another_request(client: Client) -> None:
    post(client, "k1")
    assert post(client, "k2", number="2").status_code == 201
    assert Site.objects.count() == 2


def test_the_key_of_somebody_else_is_another_key(client: Client) -> None:
    post(client, "k1")
    ana = api_setup.signed_in(build.person("ana"))
    assert post(ana, "k1", number="2").status_code == 201


def test_the_same_key_with_another_body_is_refused(client: Client) -> None:
    post(client, "k1")
    answer = post(client, "k1", number="2")
    assert answer.status_code == 422
    assert "take a new one" in answer.json()["detail"]
    assert Site.objects.count() == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 201])
def test_a_key_of_another_form_is_refused(client: Client, key: str) -> None:
    answer = post(client, key)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["errors"]


@pytest.mark.parametrize(("name", "status"), [("boom", 409), ("no", 422)])
def test_what_was_refused_left_nothing_behind(client: Client, name: str, status: int) -> None:
    assert post(client, "k1", name=name).status_code == status
    assert not Site.objects.exists()
    assert not KeptAnswer.objects.exists()
    assert post(client, "k1").status_code == 201


def test_what_failed_without_a_key_left_nothing_behind_either(client: Client) -> None:
    assert post(client, None, name="boom").status_code == 409
    assert not Site.objects.exists()


def test_without_a_key_nothing_is_kept(client: Client) -> None:
    assert post(client, None).status_code == 201
    assert post(client, None, number="2").status_code == 201
    assert not KeptAnswer.objects.exists()


def test_an_answer_without_body_is_kept_too(client: Client) -> None:
    first, second = post(client, "k1", name="empty"), post(client, "k1", name="empty")
    assert (first.status_code, second.status_code) == (204, 204)
    assert second.content == b""


def test_a_key_may_be_used_again_after_a_day(client: Client) -> None:
    post(client, "k1")
    KeptAnswer.objects.update(created_at=timezone.now() - KEPT - timedelta(seconds=1))
    assert post(client, "k1", number="2").status_code == 201
    assert KeptAnswer.objects.count() == 1


def test_old_answers_are_purged(client: Client) -> None:
    post(client, "k1")
    post(client, "k2", number="2")
    now = timezone.now()
    KeptAnswer.objects.filter(key="k1").update(created_at=now - KEPT - timedelta(seconds=1))
    assert purge_answers(now=now) == 1
    assert purge_answers(now=now) == 0
    assert KeptAnswer.objects.get().key == "k2"


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_makes_it_and_both_hear_the_same() -> None:
    clients = [api_setup.signed_in() for _ in range(4)]
    answers: list[Any] = []

    def ask(client: Client) -> None:
        try:
            answers.append(post(client, "k1"))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert Site.objects.count() == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    made = {answer.content for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert len(answers) == 4


@pytest.mark.postgresql_only
@pytest.mark.django_db(transaction=True)
def test_while_one_runs_another_is_told_to_wait() -> None:
    seen: list[Problem] = []

    def second() -> None:
        try:
            with transaction.atomic():
                _hold("person:1 k1")
        except Problem as problem:
            seen.append(problem)
        finally:
            connection.close()

    with transaction.atomic():
        _hold("person:1 k1")
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(timeout=30)
    assert [problem.status_code for problem in seen] == [409]
    assert seen[0].headers == {"Retry-After": "1"}
