"""Signing in to the instance: basic and OAuth."""

import json
from urllib.parse import urlencode

import pytest

from apps.simulator.fakes.servicenow import FakeServiceNow
from tests.simulator.asking import INCIDENT, Answer, ask, basic

FORM = "application/x-www-form-urlencoded"


class Clock:
    """Unix seconds that go on only when told."""

    def __init__(self) -> None:
        self.at = 1_651_492_800.0

    def __call__(self) -> float:
        return self.at


def _token(fake: FakeServiceNow, **fields: str) -> Answer:
    grant = {
        "grant_type": "password",
        "client_id": fake.client_id,
        "client_secret": fake.client_secret,
        "username": fake.username,
        "password": fake.password,
    }
    body = urlencode(grant | fields).encode()
    return ask("POST", f"{fake.url}/oauth_token.do", body=body, headers={"Content-Type": FORM})


def _status(fake: FakeServiceNow, access: str) -> int:
    headers = {"Authorization": f"Bearer {access}"}
    return ask("GET", fake.url + INCIDENT, headers=headers).status


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("rollcall", "wrong"),
        basic("somebody", "fake-password"),
        {"Authorization": "Basic ???"},
        {"Authorization": "Basic /////w=="},
        {"Authorization": "Bearer nothing"},
        {"Authorization": "Digest x"},
    ],
)
def test_it_lets_nobody_in_without_the_right_credentials(
    now_instance: FakeServiceNow, headers: dict[str, str]
) -> None:
    answer = ask("GET", now_instance.url + INCIDENT, headers=headers)
    assert answer.status == 401
    assert answer.json == {
        "error": {
            "message": "User Not Authenticated",
            "detail": "Required to provide Auth information",
        },
        "status": "failure",
    }
    assert answer.headers["WWW-Authenticate"].startswith("BASIC")


def test_it_gives_a_token_that_opens_the_door(now_instance: FakeServiceNow) -> None:
    given = _token(now_instance).json
    assert (given["token_type"], given["scope"]) == ("Bearer", "useraccount")
    assert given["expires_in"] == 1799
    assert _status(now_instance, given["access_token"]) == 200


def test_it_gives_the_same_token_with_less_time_left_then_a_new_one() -> None:
    clock = Clock()
    with FakeServiceNow(clock=clock) as fake:
        first = _token(fake).json
        clock.at += 1000
        second = _token(fake).json
        clock.at += 800
        third = _token(fake).json
        old, new = first["access_token"], third["access_token"]
        assert (second["access_token"], second["expires_in"]) == (old, 799)
        assert new != old
        assert (_status(fake, old), _status(fake, new)) == (401, 200)


def test_it_takes_a_refresh_token_once_the_access_token_is_over() -> None:
    clock = Clock()
    with FakeServiceNow(clock=clock) as fake:
        first = _token(fake).json
        clock.at += 2000
        refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        second = _token(fake, **refresh).json
        assert _status(fake, second["access_token"]) == 200
        clock.at += 200 * 24 * 3600
        assert _token(fake, **refresh).status == 401


def test_it_gives_a_token_for_client_credentials(now_instance: FakeServiceNow) -> None:
    given = _token(now_instance, grant_type="client_credentials", username="", password="")
    assert _status(now_instance, given.json["access_token"]) == 200


def test_it_refuses_tokens_that_were_revoked(now_instance: FakeServiceNow) -> None:
    access = _token(now_instance).json["access_token"]
    now_instance.door.revoke_tokens()
    assert _status(now_instance, access) == 401
    assert _status(now_instance, _token(now_instance).json["access_token"]) == 200


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"password": "wrong"}, "access_denied"),
        ({"username": "nobody"}, "access_denied"),
        ({"grant_type": "magic"}, "access_denied"),
        ({"grant_type": "refresh_token", "refresh_token": ""}, "access_denied"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "access_denied"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": ""}, "invalid_client"),
    ],
)
def test_it_refuses_a_bad_grant(
    now_instance: FakeServiceNow, fields: dict[str, str], error: str
) -> None:
    answer = _token(now_instance, **fields)
    assert (answer.status, answer.json["error"]) == (401, error)


def test_it_takes_no_json_for_a_token(now_instance: FakeServiceNow) -> None:
    body = json.dumps({"grant_type": "password"}).encode()
    url = f"{now_instance.url}/oauth_token.do"
    answer = ask("POST", url, body=body, headers={"Content-Type": "application/json"})
    assert answer.status == 401


def test_it_keeps_secrets_and_tokens_out_of_the_ledger(now_instance: FakeServiceNow) -> None:
    given = _token(now_instance).json
    _status(now_instance, given["access_token"])
    kept = repr(now_instance.ledger.entries)
    secrets = [now_instance.password, now_instance.client_secret, *given.values()]
    assert not [
        each for each in secrets if isinstance(each, str) and len(each) > 10 and each in kept
    ]
    assert now_instance.ledger.entries[0].payload == {"grant_type": "password"}


def test_it_saves_a_fault_for_the_call_it_is_meant_for(now_instance: FakeServiceNow) -> None:
    now_instance.switch("error_500", times=1)
    access = _token(now_instance).json["access_token"]
    assert _status(now_instance, access) == 500
    now_instance.switch("unavailable", times=1, path="oauth_token")
    assert _token(now_instance).status == 503


def test_it_takes_anybody_where_none_is_set() -> None:
    with FakeServiceNow(username="", password="") as fake:
        url = fake.url + INCIDENT
        assert ask("GET", url, headers=basic("anybody", "anything")).status == 200
        assert ask("GET", url, headers=basic("anybody", "")).status == 401
        assert ask("GET", url).status == 401
