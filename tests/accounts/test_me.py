"""GET /api/v1/me/: who am I."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Person, Token
from apps.accounts.tokens import create_token
from tests import build

pytestmark = pytest.mark.django_db
URL = "/api/v1/me/"


def token_of(person: Person, *scopes: str) -> str:
    return create_token(
        person=person,
        scopes=list(scopes or ("read", "write")),
        days=1,
        actor="system",
        origin="command",
        now=timezone.now(),
    )


def ask(client: Client, token: str, **headers: str) -> Any:
    return client.get(URL, headers={"Authorization": f"Bearer {token}", **headers})


def test_it_says_who_the_token_belongs_to(client: Client) -> None:
    ana = build.person("ana", build.programme(key="x"), email="ana@example.gov")
    answer = ask(client, token_of(ana))
    assert answer.status_code == 200
    assert answer.json() == {
        "username": "ana",
        "name": "Ana Ortiz",
        "email": "ana@example.gov",
        "time_zone": "America/New_York",
        "is_administrator": False,
        "roles": {"x": ["engineer"]},
        "scopes": ["read", "write"],
    }


def test_it_tells_roles_by_programme(client: Client) -> None:
    ana = build.person("ana", build.programme(key="y"))
    build.person("ana", build.programme(key="x"))
    assert ask(client, token_of(ana)).json()["roles"] == {"x": ["engineer"], "y": ["engineer"]}


def test_it_tells_the_scopes_of_the_token(client: Client) -> None:
    assert ask(client, token_of(build.person("ana"), "read")).json()["scopes"] == ["read"]


def test_it_answers_a_session_with_all_scopes(client: Client) -> None:
    client.force_login(build.person("adi"))
    answer = client.get(URL).json()
    assert answer["is_administrator"] is True
    assert answer["roles"] == {}
    assert answer["scopes"] == ["read", "write"]


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer  ", "Bearer a b", "Bearer nonsense", "Token abc", "Bearer \xff\xfe"],
)
def test_it_wants_a_token(client: Client, header: str) -> None:
    answer = client.get(URL, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["status"] == 401


def test_it_refuses_a_token_without_the_scope(client: Client) -> None:
    answer = ask(client, token_of(build.person("ana"), "write"))
    assert answer.status_code == 403
    assert answer.json()["detail"] == "This token does not have the scope 'read'."


def test_it_refuses_a_token_without_any_scope(client: Client) -> None:
    text = token_of(build.person("ana"))
    Token.objects.update(scopes=[])
    assert ask(client, text).status_code == 403


def test_it_refuses_a_token_that_ended(client: Client) -> None:
    text = token_of(build.person("ana"))
    Token.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert ask(client, text).status_code == 401


def test_it_refuses_somebody_who_left(client: Client) -> None:
    text = token_of(build.person("ana"))
    Person.objects.update(is_active=False)
    answer = ask(client, text)
    assert answer.status_code == 401
    assert "not valid" in answer.json()["detail"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_it_only_reads(client: Client, method: str) -> None:
    answer = getattr(client, method)(URL)
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"


def test_it_asks_the_database_twice(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    text = token_of(build.person("ana", build.programme()))
    with django_assert_num_queries(2):  # the token with its owner, the roles
        assert ask(client, text).status_code == 200
