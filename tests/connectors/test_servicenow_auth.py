"""Signing in to ServiceNow: settings, basic, OAuth tokens."""

from typing import Any

import pytest

from apps.connectors.base import ConnectorError
from apps.connectors.servicenow.auth import OAuth
from apps.connectors.servicenow.client import ServiceNowDesk
from apps.connectors.servicenow.config import ServiceNowConfig
from apps.core.http import Http, Limits
from tests.connectors.serving import Closed, Reply, answering, hanging, raw, serving

SETTINGS = {"auth": "oauth", "client_id": "rollcall", "username": "svc"}
SECRETS = {"client_secret": "very-secret", "password": "hush"}
EMPTY = answering({"result": []})
UNAUTHORISED = answering({"error": {"message": "User Not Authenticated"}}, status=401)
QUICK = Limits(connect=0.5, read=0.2, total=0.4)


def config(url: str = "https://yourit.example.gov", **settings: Any) -> ServiceNowConfig:
    return ServiceNowConfig.from_settings(url, {**SETTINGS, **settings}, SECRETS)


def token(value: str = "t-1", **fields: Any) -> Reply:
    return answering({"access_token": value, "expires_in": 1799, **fields})


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def sign_in(url: str, clock: Clock | None = None) -> OAuth:
    return OAuth(config(url), Http(url, limits=QUICK), clock or Clock())


def refused(url: str) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        sign_in(url).headers()
    assert not {"very-secret", "hush"} & set(str(caught.value).split())
    return caught.value


def test_it_asks_for_a_token_with_the_password_grant() -> None:
    with serving(token()) as server:
        assert sign_in(server.url).headers() == {"Authorization": "Bearer t-1"}

    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", "/oauth_token.do")
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
    assert seen.form == {
        "grant_type": "password",
        "client_id": "rollcall",
        "client_secret": "very-secret",
        "username": "svc",
        "password": "hush",
    }


def test_it_uses_client_credentials_without_a_user_name() -> None:
    with serving(token()) as server:
        OAuth(config(server.url, username=""), Http(server.url)).headers()

    assert server.seen[0].form == {
        "grant_type": "client_credentials",
        "client_id": "rollcall",
        "client_secret": "very-secret",
    }


def test_it_keeps_a_token_until_a_minute_before_its_end() -> None:
    clock = Clock()
    with serving(token("t-1"), token("t-2")) as server:
        auth = sign_in(server.url, clock)
        auth.headers()
        clock.at += 1738
        assert auth.headers() == {"Authorization": "Bearer t-1"}
        clock.at += 1
        assert auth.headers() == {"Authorization": "Bearer t-2"}

    assert len(server.seen) == 2


@pytest.mark.parametrize(("life", "asked"), [("1799", 1), (30, 2), (None, 1), ("soon", 1), (-5, 1)])
def test_it_copes_with_odd_lifetimes(life: Any, asked: int) -> None:
    with serving(token(expires_in=life)) as server:
        auth = sign_in(server.url)
        assert auth.headers() == auth.headers()

    assert len(server.seen) == asked


@pytest.mark.parametrize(
    ("reply", "permanent"),
    [
        (answering({"error": "access_denied"}, status=401), True),
        (answering({"error": "invalid_client"}, status=401), True),
        (answering({"error": "invalid_grant"}, status=400), True),
        (raw(b"", status=500), False),
        (raw(b"", status=408), False),
        (answering({}, status=429), False),
        (raw(b"<html>", kind="text/html"), False),
        (raw(b"", status=302, Location="/login.do"), False),
        (answering({}), False),
        (answering([]), False),
        (answering({"access_token": 7}), False),
        (answering({"access_token": ""}), False),
        (answering({"access_token": "a\r\nX-Evil: 1"}), False),
        (raw(b"{", kind="application/json"), False),
        (hanging, False),
    ],
)
def test_it_says_why_there_is_no_token(reply: Reply, permanent: bool) -> None:
    with serving(reply) as server:
        error = refused(server.url)

    assert (error.permanent, error.ambiguous, len(server.seen)) == (permanent, False, 1)


def test_it_passes_on_how_long_to_wait_for_a_token() -> None:
    with serving(answering({}, status=429, Retry_After="9")) as server:
        assert refused(server.url).retry_after == 9.0


def test_it_knows_when_nobody_listens() -> None:
    error = refused(Closed.make().url)

    assert (error.permanent, error.ambiguous) == (False, False)


def test_it_signs_in_once_more_when_a_token_was_revoked() -> None:
    with serving(token("t-1"), UNAUTHORISED, token("t-2"), EMPTY) as server:
        desk = ServiceNowDesk(config(server.url), Http(server.url))
        assert desk.find("k") == []

    bearers = [seen.headers.get("authorization") for seen in server.seen]
    assert bearers == [None, "Bearer t-1", None, "Bearer t-2"]


def test_it_does_not_sign_in_for_ever() -> None:
    with serving(token("t-1"), UNAUTHORISED, token("t-2"), UNAUTHORISED) as server:
        with pytest.raises(ConnectorError, match="sign-in") as caught:
            ServiceNowDesk(config(server.url), Http(server.url)).find("k")

        assert (caught.value.permanent, len(server.seen)) == (True, 4)


@pytest.mark.parametrize(
    ("settings", "secrets", "why"),
    [
        ({"username": "svc"}, {}, "password missing"),
        ({}, {"password": "x"}, "username missing"),
        ({"auth": "basic"}, {}, "username, password missing"),
        ({"auth": "oauth"}, {"client_secret": "x"}, "client_id missing"),
        ({"auth": "oauth", "client_id": "x"}, {}, "client_secret missing"),
        ({**SETTINGS}, {"client_secret": "x"}, "password missing"),
        ({"auth": "saml"}, {}, "basic or oauth"),
        ({"auth": ["basic"]}, {}, "basic or oauth"),
        ({"groups": "Scheduling Support"}, {}, "list of names"),
        ({"groups": [7]}, {}, "list of names"),
    ],
)
def test_it_says_what_the_connection_lacks(
    settings: dict[str, Any], secrets: dict[str, str], why: str
) -> None:
    with pytest.raises(ConnectorError, match=why) as caught:
        ServiceNowConfig.from_settings("https://yourit.example.gov", settings, secrets)

    assert caught.value.permanent


def test_it_needs_to_know_where_the_instance_is() -> None:
    with pytest.raises(ConnectorError, match="base_url missing"):
        config(url="")


def test_it_keeps_secrets_out_of_what_is_printed() -> None:
    shown = repr(config(groups=["Scheduling Support"]))

    assert "very-secret" not in shown
    assert "hush" not in shown
    assert "Scheduling Support" in shown


def test_it_refuses_a_user_name_that_basic_cannot_carry() -> None:
    basic = ServiceNowConfig.from_settings(
        "https://yourit.example.gov", {"username": "a:b"}, {"password": "x"}
    )
    with Http(basic.base_url) as http, pytest.raises(ConnectorError, match="colon"):
        ServiceNowDesk(basic, http)
