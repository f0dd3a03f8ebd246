"""The kinds of connection."""

from typing import Any

import pytest

from apps.connectors.base import ConnectorError
from apps.connectors.registry import KINDS, kind_of, open_chat, open_desk
from tests.connectors.serving import answering, serving

SNOW: dict[str, Any] = {"username": "svc"}


def test_it_knows_every_kind_of_the_contract() -> None:
    contract = (
        "slack teams graph servicenow datadog sentry aws alertmanager pagerduty email github jira "
        "generic"
    )

    assert sorted(KINDS) == sorted(contract.split())


@pytest.mark.parametrize("key", sorted(KINDS))
def test_it_keeps_what_may_be_shown_apart_from_what_may_not(key: str) -> None:
    kind = KINDS[key]

    assert kind.key == key
    assert not kind.settings & kind.secrets
    assert kind.required <= kind.settings | kind.secrets
    assert not {"key", "kind", "base_url"} & (kind.settings | kind.secrets)


@pytest.mark.parametrize("key", sorted(KINDS))
def test_it_says_which_kinds_this_version_uses(key: str) -> None:
    kind = KINDS[key]

    assert kind.supported is (key in {"slack", "servicenow"})
    assert kind.note == ("" if kind.supported else "configured; not used by this version")


def test_it_opens_a_desk() -> None:
    with serving(answering({"result": []})) as server:
        desk = open_desk("servicenow", server.url, SNOW, {"password": "x"})
        assert desk.find("k") == []


def test_it_opens_a_chat() -> None:
    with serving(answering({"ok": True, "ts": "1655128800.000100"})) as server:
        chat = open_chat("slack", server.url, {}, {"bot_token": "x"})
        posted = chat.post(channel_ref="C1", thread_ref="", text="hello", key="k")

    assert posted == "1655128800.000100"


def test_it_hears_slack_through_its_inbound_module() -> None:
    inbound = KINDS["slack"].inbound

    assert inbound is not None
    assert inbound.handshake({"type": "url_verification", "challenge": "c"}) == "c"


@pytest.mark.parametrize("kind", ["slack", "generic", "nothing"])
def test_it_opens_no_desk_where_there_is_none(kind: str) -> None:
    with pytest.raises(ConnectorError) as caught:
        open_desk(kind, "https://a.gov", {}, {"bot_token": "x"})

    assert caught.value.permanent


@pytest.mark.parametrize("kind", ["servicenow", "teams", "nothing"])
def test_it_opens_no_chat_where_there_is_none(kind: str) -> None:
    with pytest.raises(ConnectorError) as caught:
        open_chat(kind, "https://a.gov", SNOW, {"password": "x"})

    assert caught.value.permanent


@pytest.mark.parametrize("url", ["http://a.gov", "https://svc:x@a.gov", "nonsense"])
def test_it_refuses_a_base_url_in_words(url: str) -> None:
    with pytest.raises(ConnectorError, match="may not be called") as caught:
        open_desk("servicenow", url, SNOW, {"password": "x"})

    assert caught.value.permanent


def test_it_names_a_kind_it_does_not_know() -> None:
    with pytest.raises(ConnectorError, match="called irc"):
        kind_of("irc")
