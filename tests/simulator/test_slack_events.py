"""Signed events: each kind as Slack sends it, over real HTTP, to a hook."""

import json
from typing import Any

import pytest

from apps.connectors.base import Forged
from apps.connectors.slack.inbound import delivery_key, parse, verify
from apps.simulator.fakes.slack import Delivered, FakeSlack, deliver, send_message
from apps.simulator.fakes.slack.events import again
from apps.simulator.fakes.slack.sender import signed
from apps.simulator.fakes.slack.workspace import APP, BOT_USER
from tests.simulator.asking import slack
from tests.simulator.hook import Hook, hook

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


def _heard(heard: Hook, index: int = -1) -> Any:
    return json.loads(heard.bodies[index])


def _header(heard: Hook, name: str, index: int = -1) -> str | None:
    return heard.headers[index].get(name)


def test_it_signs_what_it_sends_as_our_own_side_expects() -> None:
    with hook() as heard:
        sent = send_message(heard.url, SECRET, "C0HELP", "hello", "U0PAM", at=1_651_492_800.7)
    assert _header(heard, "X-Slack-Request-Timestamp") == "1651492800"
    verify(headers=heard.headers[0], body=heard.bodies[0], signing_secret=SECRET, at=1_651_492_800)
    with pytest.raises(Forged):
        verify(headers=heard.headers[0], body=heard.bodies[0], signing_secret="x", at=1_651_492_800)
    assert (sent.status, sent.body) == (200, "ok")
    assert sent.envelope == _heard(heard)


def test_it_signs_the_bytes_and_not_their_meaning() -> None:
    body = '{"text": "é"}'.encode()
    headers = signed(body, SECRET, at=100.0)
    verify(headers=headers, body=body, signing_secret=SECRET, at=100.0)
    with pytest.raises(Forged):
        verify(headers=headers, body=body.replace(b" ", b""), signing_secret=SECRET, at=100.0)


def test_it_wraps_a_message_as_slack_does(workspace: FakeSlack) -> None:
    with hook() as heard:
        workspace.send_message(heard.url, "C0HELP", "a < b & <@U1>", "U0ANA", event_id="Ev1")
    envelope = _heard(heard)
    event = envelope["event"]
    assert (envelope["type"], envelope["event_id"]) == ("event_callback", "Ev1")
    assert envelope["event_time"] == int(event["ts"].partition(".")[0])
    assert (event["type"], event["channel"], event["user"]) == ("message", "C0HELP", "U0ANA")
    assert event["event_ts"] == event["ts"]
    assert event["text"] == "a &lt; b &amp; &lt;@U1&gt;"
    assert "subtype" not in event
    (message,) = parse(envelope)
    assert message.text == "a < b & <@U1>"
    assert (message.is_own, message.is_bot, message.event) == (False, False, "posted")


def test_it_sends_markup_as_it_is(workspace: FakeSlack) -> None:
    with hook() as heard:
        workspace.send_message(heard.url, "C0HELP", "<@U0BEN> see <https://x.gov|it>", markup=True)
    assert parse(_heard(heard))[0].text == "@U0BEN see it (https://x.gov)"


def test_it_stores_the_message_before_it_tells(workspace: FakeSlack) -> None:
    with hook(status=503) as heard:
        sent = workspace.send_message(heard.url, "C0HELP", "root", ts="1651492800.000100")
        reply = workspace.send_message(heard.url, "C0HELP", "more", thread_ts=sent.ts)
    assert sent.status == 503
    assert sent.ts == "1651492800.000100"
    thread = slack(workspace, "conversations.replies", channel="C0HELP", ts=sent.ts)
    assert [each["ts"] for each in thread["messages"]] == [sent.ts, reply.ts]
    assert parse(_heard(heard))[0].thread_ref == sent.ts


def test_it_repeats_a_delivery_with_a_signature_of_its_own_time(workspace: FakeSlack) -> None:
    with hook() as heard:
        first = workspace.send_message(heard.url, "C0HELP", "x", at=1000.0)
        workspace.deliver(
            heard.url, first.envelope, at=1060.0, retry_num=2, retry_reason="http_error"
        )
    assert heard.bodies[0] == heard.bodies[1]
    assert _header(heard, "X-Slack-Retry-Num", 0) is None
    assert _header(heard, "X-Slack-Retry-Num") == "2"
    assert _header(heard, "X-Slack-Retry-Reason") == "http_error"
    assert _header(heard, "X-Slack-Request-Timestamp") == "1060"
    verify(
        headers=heard.headers[1],
        body=heard.bodies[1],
        signing_secret=workspace.signing_secret,
        at=1060.0,
    )


def test_it_sends_the_same_message_under_another_event_id(workspace: FakeSlack) -> None:
    with hook() as heard:
        first = workspace.send_message(heard.url, "C0HELP", "x")
        workspace.deliver(heard.url, again(first.envelope))
    one, two = _heard(heard, 0), _heard(heard, 1)
    assert delivery_key(one) != delivery_key(two)
    assert one["event"] == two["event"]
    assert _header(heard, "X-Slack-Retry-Num") is None


def test_it_sends_a_mention_beside_the_message(workspace: FakeSlack) -> None:
    with hook() as heard:
        first = workspace.send_message(heard.url, "C0HELP", f"<@{BOT_USER}> hi", markup=True)
        workspace.send_mention(heard.url, "C0HELP", first.ts)
    one, two = _heard(heard, 0), _heard(heard, 1)
    assert [one["event"]["type"], two["event"]["type"]] == ["message", "app_mention"]
    assert one["event"]["ts"] == two["event"]["ts"]
    assert one["event_id"] != two["event_id"]
    assert parse(one)[0].source_ref == parse(two)[0].source_ref


def test_it_sends_an_edit_with_both_texts(workspace: FakeSlack) -> None:
    with hook() as heard:
        first = workspace.send_message(heard.url, "C0HELP", "old")
        edit = workspace.send_edit(heard.url, "C0HELP", first.ts, "new & improved")
    event = _heard(heard)["event"]
    assert (event["subtype"], event["hidden"]) == ("message_changed", True)
    assert event["ts"] > first.ts
    assert edit.ts == first.ts
    assert event["previous_message"]["text"] == "old"
    posted, edited = parse(_heard(heard, 0))[0], parse(_heard(heard))[0]
    assert (edited.event, edited.text, edited.source_ref) == ("edited", "new & improved", first.ts)
    assert edited.version > posted.version
    assert workspace.records("C0HELP")[0]["text"] == "new &amp; improved"


def test_it_sends_an_unfurl_that_changes_no_text(workspace: FakeSlack) -> None:
    with hook() as heard:
        first = workspace.send_message(heard.url, "C0HELP", "https://x.gov")
        workspace.send_unfurl(heard.url, "C0HELP", first.ts)
    event = _heard(heard)["event"]
    assert event["subtype"] == "message_changed"
    assert "edited" not in event["message"]
    assert event["message"]["text"] == event["previous_message"]["text"]
    assert parse(_heard(heard)) == []


def test_it_sends_a_deletion(workspace: FakeSlack) -> None:
    with hook() as heard:
        first = workspace.send_message(heard.url, "C0HELP", "oops")
        gone = workspace.send_deletion(heard.url, "C0HELP", first.ts)
    event = _heard(heard)["event"]
    assert (event["subtype"], event["deleted_ts"]) == ("message_deleted", first.ts)
    assert gone.ts == first.ts
    assert parse(_heard(heard))[0].event == "deleted"
    assert workspace.records("C0HELP") == []


def test_it_sends_our_own_post_back(workspace: FakeSlack) -> None:
    ts = slack(workspace, "chat.postMessage", channel="C0HELP", text="ours")["ts"]
    with hook() as heard:
        workspace.send_echo(heard.url, "C0HELP", ts)
    envelope = _heard(heard)
    assert envelope["event"]["app_id"] == envelope["api_app_id"] == APP
    assert parse(envelope)[0].is_own is True


@pytest.mark.parametrize("send", ["send_mention", "send_unfurl", "send_deletion", "send_echo"])
def test_it_cannot_tell_of_a_message_that_is_not_there(workspace: FakeSlack, send: str) -> None:
    with hook() as heard, pytest.raises(KeyError):
        getattr(workspace, send)(heard.url, "C0HELP", "1.000000")
    assert heard.bodies == []


def test_it_gives_back_refusals_and_does_not_follow_redirects() -> None:
    with hook(status=401, answer=b"bad signature") as heard:
        refused = send_message(heard.url, SECRET, "C0HELP", "x", "U0PAM")
    assert (refused.status, refused.body) == (401, "bad signature")
    with hook(status=302, Location="http://127.0.0.1:1/") as heard:
        moved = deliver(heard.url, SECRET, {"type": "event_callback"})
    assert (moved.status, moved.ts) == (302, "")
    assert moved.headers["Location"] == "http://127.0.0.1:1/"


def test_it_says_when_nobody_listens() -> None:
    with pytest.raises(OSError, match="refused"):
        send_message("http://127.0.0.1:9/hooks/x/", SECRET, "C0HELP", "x", "U0PAM")


def test_it_says_when_the_fake_takes_no_such_message(workspace: FakeSlack) -> None:
    with hook() as heard, pytest.raises(ValueError, match="there is no channel C0NOWHERE"):
        send_message(heard.url, SECRET, "C0NOWHERE", "x", "U0PAM", fake_url=workspace.api_url)
    assert heard.bodies == []


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"channel": "C0HELP", "fields": 1, "ts": ""}'])
def test_it_takes_no_half_message_from_elsewhere(workspace: FakeSlack, body: bytes) -> None:
    said = json.loads(body)
    sent = deliver(f"{workspace.url}/_fake/message", SECRET, said)
    assert isinstance(sent, Delivered)
    assert sent.status == 400
    assert workspace.everything() == {}
