"""Each fault of the instance: what the client sees, and whether a record was made."""

import json
import threading
from http.client import HTTPException
from typing import Any

import pytest

from apps.simulator.fakes.servicenow import FakeServiceNow
from tests.simulator.asking import INCIDENT, Answer, find, snow


def _post(fake: FakeServiceNow, **more: Any) -> Answer:
    return snow(fake, "POST", json_body={"short_description": "x"}, **more)


def _statuses(fake: FakeServiceNow) -> list[int]:
    return [each.status for each in fake.ledger.requests()]


def test_it_is_covered_here_fault_by_fault(now_instance: FakeServiceNow) -> None:
    assert set(now_instance.switches.faults) == {
        *("business_rule", "forbidden", "unauthorized", "rate_limited", "error_500"),
        *("commit_then_500", "truncated", "html", "redirect", "unavailable"),
        *("reset", "commit_then_reset", "hang", "commit_then_hang", "slow"),
    }


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ("business_rule", 403, "aborted by Business Rule"),
        ("forbidden", 403, "Insufficient rights"),
        ("unauthorized", 401, "User Not Authenticated"),
        ("rate_limited", 429, "Rate limit exceeded"),
        ("error_500", 500, "maximum execution time exceeded"),
    ],
)
def test_it_refuses_in_its_envelope_and_makes_nothing(
    now_instance: FakeServiceNow, fault: str, status: int, words: str
) -> None:
    now_instance.switch(fault, times=1)
    answer = _post(now_instance)
    assert answer.status == status
    assert answer.json["status"] == "failure"
    assert words in json.dumps(answer.json["error"])
    assert now_instance.records() == []
    assert _statuses(now_instance) == [status]
    assert _post(now_instance).status == 201


def test_it_names_the_business_rule(now_instance: FakeServiceNow) -> None:
    now_instance.switch("business_rule", words="Stations need a region")
    detail = _post(now_instance).json["error"]["detail"]
    assert "aborted by Business Rule 'Stations need a region^" in detail


@pytest.mark.parametrize(("wait", "header"), [(7, "7"), (None, None)])
def test_it_says_how_long_to_wait_or_does_not(
    now_instance: FakeServiceNow, wait: int | None, header: str | None
) -> None:
    now_instance.switch("rate_limited", retry_after=wait)
    answer = _post(now_instance)
    assert answer.headers["Retry-After"] == header
    assert answer.headers["X-RateLimit-Limit"] == "100"


@pytest.mark.parametrize(
    ("fault", "status", "header"),
    [
        ("html", 200, None),
        ("unavailable", 503, None),
        ("redirect", 302, "https://sso.example.gov/login"),
    ],
)
def test_it_shows_a_page_for_people_and_makes_nothing(
    now_instance: FakeServiceNow, fault: str, status: int, header: str | None
) -> None:
    now_instance.switch(fault)
    answer = _post(now_instance)
    assert answer.status == status
    assert answer.headers.get_content_type() == "text/html"
    assert answer.headers["Location"] == header
    assert now_instance.records() == []


def test_it_answers_500_after_it_has_committed(now_instance: FakeServiceNow) -> None:
    now_instance.switch("commit_then_500", times=1, method="POST")
    assert snow(now_instance).status == 200
    assert _post(now_instance).status == 500
    assert len(now_instance.records()) == 1
    assert _statuses(now_instance) == [200, 500]


def test_it_refuses_as_ever_where_there_is_nothing_to_commit(now_instance: FakeServiceNow) -> None:
    now_instance.switch("commit_then_500")
    assert snow(now_instance, path=f"{INCIDENT}/{'0' * 32}").status == 404


def test_it_breaks_off_a_200_in_the_middle(now_instance: FakeServiceNow) -> None:
    now_instance.switch("truncated")
    answer = _post(now_instance)
    assert answer.status == 200
    assert answer.headers.get_content_type() == "application/json"
    assert answer.body.startswith(b'{"result"')
    assert b'"error"' in answer.body
    with pytest.raises(ValueError, match=r"Expecting|Invalid|Unterminated|delimiter"):
        json.loads(answer.body)
    assert len(now_instance.records()) == 1


@pytest.mark.parametrize(("fault", "made"), [("reset", 0), ("commit_then_reset", 1)])
def test_it_resets_the_connection(now_instance: FakeServiceNow, fault: str, made: int) -> None:
    now_instance.switch(fault)
    with pytest.raises(ConnectionResetError):
        _post(now_instance)
    assert len(now_instance.records()) == made
    assert _statuses(now_instance) == [0]


@pytest.mark.parametrize(("fault", "made"), [("hang", 0), ("commit_then_hang", 1)])
def test_it_hangs_longer_than_the_client_waits(
    now_instance: FakeServiceNow, fault: str, made: int
) -> None:
    now_instance.switch(fault, seconds=60)
    with pytest.raises(TimeoutError):
        _post(now_instance, timeout=0.2)
    assert now_instance.quiet()  # it lets go once the client has left
    assert len(now_instance.records()) == made
    assert _statuses(now_instance) == [0]


def test_it_has_a_hanging_request_in_its_ledger(now_instance: FakeServiceNow) -> None:
    now_instance.switch("commit_then_hang", seconds=3600)
    caller = threading.Thread(target=_give_up, args=(now_instance,))
    caller.start()
    entry = now_instance.ledger.wait_for(lambda entry: entry.kind == "request")
    assert entry is not None
    assert (entry.status, len(now_instance.records())) == (0, 1)
    now_instance.stop()
    caller.join()


def _give_up(fake: FakeServiceNow) -> None:
    with pytest.raises((HTTPException, ConnectionError)):
        _post(fake)


@pytest.mark.parametrize("fault", ["hang", "commit_then_hang"])
def test_it_hangs_up_without_an_answer_in_the_end(now_instance: FakeServiceNow, fault: str) -> None:
    now_instance.switch(fault, seconds=0.05)
    with pytest.raises((HTTPException, ConnectionError)):
        _post(now_instance)


def test_it_is_slow_but_answers(now_instance: FakeServiceNow) -> None:
    now_instance.switch("slow", seconds=0.1)
    assert _post(now_instance).status == 201
    assert _statuses(now_instance) == [201]


def test_it_commits_late_when_the_client_has_left(now_instance: FakeServiceNow) -> None:
    now_instance.switch("slow", seconds=0.3, times=1)
    with pytest.raises(TimeoutError):
        _post(now_instance, timeout=0.05)
    made = now_instance.ledger.wait_for(lambda entry: entry.what == "incident.created")
    assert made is not None
    assert find(now_instance, "") == ["x"]


def test_it_stops_at_once_while_something_hangs(now_instance: FakeServiceNow) -> None:
    now_instance.switch("hang", seconds=3600)
    with pytest.raises(TimeoutError):
        _post(now_instance, timeout=0.05)
    now_instance.stop()
    with pytest.raises(ConnectionRefusedError):
        _post(now_instance)
