"""How many requests a caller may make."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from apps.core.api.limits import WINDOW, Allowance, Counters, caller_of
from tests import build
from tests.core import api_setup


@pytest.fixture(autouse=True)
def _routes(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    api_setup.install(settings, monkeypatch)
    settings.API_REQUESTS_PER_MINUTE = 3


def test_it_tells_what_is_left(db: None) -> None:
    client = api_setup.signed_in()
    left = [client.get("/api/waves/")["RateLimit"].split(";")[1] for _ in range(3)]
    assert left == ["r=2", "r=1", "r=0"]
    assert client.get("/api/waves/")["RateLimit-Policy"] == '"minute";q=3;w=60'


def test_it_refuses_what_is_too_much(db: None) -> None:
    client = api_setup.signed_in()
    answers = [client.get("/api/waves/") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert refused["Content-Type"] == "application/problem+json"
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused["RateLimit"].startswith('"minute";r=0;t=')


def test_each_token_has_its_own_allowance(db: None) -> None:
    first, second = api_setup.signed_in(), api_setup.signed_in()
    for _ in range(4):
        first.get("/api/waves/")
    assert first.get("/api/waves/").status_code == 429
    assert second.get("/api/waves/").status_code == 200


def test_each_person_has_an_allowance_in_the_browser(db: None) -> None:
    client = Client()
    client.force_login(build.person("adi"))
    answers = [client.get("/api/waves/").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]


def test_zero_means_no_limit(db: None, settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 0
    client = api_setup.signed_in()
    answers = [client.get("/api/waves/") for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit" not in answers[0]


def test_a_caller_nobody_knows_is_counted_by_address() -> None:
    request = Request(APIRequestFactory().get("/", REMOTE_ADDR="10.0.0.9"))
    request.user = AnonymousUser()
    assert caller_of(request) == "address:10.0.0.9"


def test_a_new_minute_starts_from_nothing() -> None:
    counters = Counters()
    assert counters.count("a", limit=1, at=0.0) == Allowance(1, 1, 60.0)
    assert counters.count("a", limit=1, at=59.0).is_over
    assert counters.count("a", limit=1, at=60.0) == Allowance(1, 1, 60.0)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 20)), max_size=40))
def test_nobody_gets_more_than_the_limit_in_a_window(steps: list[tuple[str, float]]) -> None:
    counters, at, allowed = Counters(), 0.0, list[tuple[str, float]]()
    for caller, wait in steps:
        at += wait
        if not counters.count(caller, limit=3, at=at).is_over:
            allowed.append((caller, at))
    for caller in "abc":
        times = [when for who, when in allowed if who == caller]
        # A window starts when somebody comes; around its end twice the limit may pass, never more.
        assert all(sum(1 for one in times if at <= one < at + WINDOW) <= 6 for at in times)
