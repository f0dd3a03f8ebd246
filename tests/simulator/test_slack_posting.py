"""`chat.postMessage` and the small methods: what Slack takes and what it refuses."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from apps.simulator.fakes.slack import FakeSlack
from apps.simulator.fakes.slack.workspace import APP, BOT_USER
from tests.simulator.asking import ask, slack

METADATA = {"event_type": "rollcall_delivery", "event_payload": {"key": "k1"}}


def test_it_posts_and_gives_the_message_a_name(workspace: FakeSlack) -> None:
    answer = slack(workspace, "chat.postMessage", channel="C0HELP", text="hello")
    assert answer["ok"] is True
    assert answer["channel"] == "C0HELP"
    seconds, _, micros = answer["ts"].partition(".")
    assert (seconds.isdecimal(), len(micros)) == (True, 6)
    message = answer["message"]
    assert (message["text"], message["user"], message["app_id"]) == ("hello", BOT_USER, APP)
    assert workspace.posts("C0HELP") == [message]


def test_it_gives_every_message_of_a_channel_another_ts() -> None:
    with FakeSlack(clock=lambda: 1_651_492_800.0) as fake:
        stamps = [
            slack(fake, "chat.postMessage", channel="C0HELP", text=str(number))["ts"]
            for number in range(5)
        ]
        elsewhere = slack(fake, "chat.postMessage", channel="C0OTHER", text="x")["ts"]
    assert stamps == [f"1651492800.00000{number}" for number in range(5)]
    assert elsewhere == stamps[0]


def test_it_takes_a_form_as_well_as_json(workspace: FakeSlack) -> None:
    fields: dict[str, Any] = {
        "channel": "C0HELP",
        "text": "a & b",
        "metadata": json.dumps(METADATA),
    }
    headers = {
        "Authorization": f"Bearer {workspace.token}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    url = workspace.api_url + "chat.postMessage"
    assert ask("POST", url, body=urlencode(fields).encode(), headers=headers).json["ok"]
    slack(workspace, "chat.postMessage", **(fields | {"metadata": METADATA}))
    first, second = workspace.posts("C0HELP")
    assert first["metadata"] == second["metadata"] == METADATA
    assert first["text"] == second["text"] == "a & b"


def test_it_is_spoken_to_by_slacks_own_client(workspace: FakeSlack) -> None:
    client = WebClient(token=workspace.token, base_url=workspace.api_url)
    assert client.auth_test()["user_id"] == BOT_USER
    root = workspace.add_message("C0HELP", "help")
    posted = client.chat_postMessage(
        channel="C0HELP", text="answer", thread_ts=root["ts"], metadata=METADATA
    )
    thread = client.conversations_replies(
        channel="C0HELP", ts=root["ts"], include_all_metadata=True
    )
    assert [each["ts"] for each in thread["messages"]] == [root["ts"], posted["ts"]]
    assert thread["messages"][1]["metadata"] == METADATA
    with pytest.raises(SlackApiError, match="channel_not_found"):
        client.chat_postMessage(channel="C0NOWHERE", text="x")


def test_a_person_is_written_to_and_read_in_direct_messages(workspace: FakeSlack) -> None:
    client = WebClient(token=workspace.token, base_url=workspace.api_url)
    posted = client.chat_postMessage(channel="U0ANA", text="hello")
    opened = client.conversations_open(users="U0ANA")["channel"]["id"]
    assert opened == posted["channel"] == "D0ANA"
    history = client.conversations_history(channel=opened)
    assert [one["text"] for one in history["messages"]] == ["hello"]
    with pytest.raises(SlackApiError, match="channel_not_found"):
        client.conversations_history(channel="U0ANA")
    with pytest.raises(SlackApiError, match="user_not_found"):
        client.conversations_open(users="U0NOBODY")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"text": "x"}, "channel_not_found"),
        ({"channel": "C0PRIVATE", "text": "x"}, "not_in_channel"),
        ({"channel": "C0HELP"}, "no_text"),
        ({"channel": "C0HELP", "text": ""}, "no_text"),
        ({"channel": "C0HELP", "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": "C0HELP", "text": "x", "blocks": "{"}, "invalid_blocks"),
        ({"channel": "C0HELP", "text": "x", "blocks": "{}"}, "invalid_blocks"),
        ({"channel": "C0HELP", "text": "x", "metadata": "{"}, "invalid_metadata_format"),
        ({"channel": "C0HELP", "text": "x", "metadata": {"a": 1}}, "invalid_metadata_schema"),
        ({"channel": "C0HELP", "text": "x", "metadata": []}, "invalid_metadata_schema"),
        (
            {"channel": "C0HELP", "text": "x", "metadata": {"event_payload": {}}},
            "invalid_metadata_schema",
        ),
    ],
)
def test_it_refuses_with_200_and_stores_nothing(
    workspace: FakeSlack, arguments: dict[str, Any], error: str
) -> None:
    assert slack(workspace, "chat.postMessage", **arguments) == {"ok": False, "error": error}
    assert workspace.everything() == {}
    assert [each.status for each in workspace.ledger.requests()] == [200]


def test_it_posts_blocks_without_text(workspace: FakeSlack) -> None:
    blocks = [{"type": "divider"}]
    answer = slack(workspace, "chat.postMessage", channel="C0HELP", blocks=blocks)
    assert answer["message"]["blocks"] == blocks


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        ({}, "not_authed"),
        ({"Authorization": "Bearer "}, "not_authed"),
        ({"Authorization": "Bearer xoxb-wrong"}, "invalid_auth"),
        ({"Authorization": "Basic eA=="}, "not_authed"),
    ],
)
def test_it_wants_its_token(workspace: FakeSlack, headers: dict[str, str], error: str) -> None:
    answer = ask("POST", workspace.api_url + "auth.test", headers=headers)
    assert (answer.status, answer.json) == (200, {"ok": False, "error": error})


def test_it_takes_the_token_as_an_argument_and_never_keeps_it(workspace: FakeSlack) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode({"token": workspace.token}).encode()
    answer = ask("POST", workspace.api_url + "auth.test", body=body, headers=headers)
    slack(workspace, "auth.test")
    assert answer.json["ok"] is True
    assert workspace.token not in repr(workspace.ledger.entries)


def test_it_knows_people_and_no_others(workspace: FakeSlack) -> None:
    known = slack(workspace, "users.info", user="U0PAM")["user"]
    assert (known["id"], known["real_name"], known["is_bot"]) == ("U0PAM", "Pam Price", False)
    unknown = slack(workspace, "users.info", user="U0NOBODY")
    assert unknown == {"ok": False, "error": "user_not_found"}


def test_it_knows_no_other_methods(workspace: FakeSlack) -> None:
    answer = slack(workspace, "chat.teleport")
    assert (answer["ok"], answer["error"]) == (False, "unknown_method")
    assert ask("GET", workspace.url + "/").status == 404


def test_it_takes_any_channel_that_looks_like_one_when_none_are_given() -> None:
    with FakeSlack() as fake:
        assert slack(fake, "chat.postMessage", channel="C02UP02HHGX", text="x")["ok"]
        assert not slack(fake, "chat.postMessage", channel="general", text="x")["ok"]


@pytest.mark.parametrize("body", [b"{", b"[]", b"[" * 100_000, b'"x"'])
def test_it_takes_a_body_it_cannot_read_for_none(workspace: FakeSlack, body: bytes) -> None:
    headers = {
        "Authorization": f"Bearer {workspace.token}",
        "Content-Type": "application/json",
    }
    url = workspace.api_url + "chat.postMessage"
    answer = ask("POST", url, body=body, headers=headers)
    assert answer.json["error"] == "channel_not_found"


def test_it_notes_the_request_and_its_effect(workspace: FakeSlack) -> None:
    slack(workspace, "chat.postMessage", channel="C0HELP", text="x", metadata=METADATA)
    effect, request = workspace.ledger.entries
    assert (effect.what, effect.path) == ("message.posted", "/api/chat.postMessage")
    assert effect.payload["channel"] == "C0HELP"
    assert effect.payload["message"]["metadata"] == METADATA
    assert (request.method, request.status) == ("POST", 200)
    assert request.payload["text"] == "x"
