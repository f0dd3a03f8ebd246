"""Posting to Slack and finding our posts, over real HTTP."""

from typing import Any

import pytest

from apps.connectors.base import ConnectorError
from apps.connectors.slack.client import SlackChat
from apps.connectors.slack.config import DEFAULT_BASE_URL, SlackConfig
from apps.connectors.slack.errors import PERMANENT
from apps.core.http import Http, Limits
from tests.connectors.serving import (
    Closed,
    Reply,
    answering,
    cut_short,
    hanging,
    raw,
    resetting,
    serving,
)

TOKEN = "xoxb-very-secret"
TS = "1655128900.000200"
QUICK = Limits(connect=0.5, read=0.2, total=0.4)
SCOPE = {"ok": False, "error": "missing_scope", "needed": "chat:write"}
HTML = b"<html>Sorry</html>"


def chat(url: str, limits: Limits | None = None) -> SlackChat:
    config = SlackConfig.from_settings(url, {}, {"bot_token": TOKEN})
    return SlackChat(config, Http(config.base_url, limits=limits))


def post(slack: SlackChat, text: str = "Logged as T-12", thread: str = "1655128800.000100") -> str:
    return slack.post(channel_ref="C1", thread_ref=thread, text=text, key="k-1")


def find(slack: SlackChat, thread: str = "1655128800.000100") -> str | None:
    return slack.find_post(channel_ref="C1", thread_ref=thread, key="k-1")


def refused(url: str, call: Any = post) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        call(chat(url, QUICK))
    assert TOKEN not in str(caught.value)
    return caught.value


def marked(ts: str, key: Any, kind: str = "rollcall_delivery") -> dict[str, Any]:
    return {"ts": ts, "metadata": {"event_type": kind, "event_payload": {"key": key}}}


def page(*messages: Any, cursor: str = "") -> Reply:
    metadata = {"next_cursor": cursor}
    return answering({"ok": True, "messages": list(messages), "response_metadata": metadata})


def test_it_posts_into_the_thread_with_our_key() -> None:
    with serving(answering({"ok": True, "ts": TS, "channel": "C1"})) as server:
        assert post(chat(server.url + "/api/")) == TS

    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", "/api/chat.postMessage")
    assert seen.headers["authorization"] == f"Bearer {TOKEN}"
    assert seen.json == {
        "channel": "C1",
        "thread_ts": "1655128800.000100",
        "text": "Logged as T-12",
        "unfurl_links": False,
        "unfurl_media": False,
        "metadata": {"event_type": "rollcall_delivery", "event_payload": {"key": "k-1"}},
    }


def test_it_posts_to_the_channel_when_there_is_no_thread() -> None:
    with serving(answering({"ok": True, "ts": TS})) as server:
        post(chat(server.url), thread="")

    assert "thread_ts" not in server.seen[0].json


def test_it_lets_no_text_call_the_channel() -> None:
    with serving(answering({"ok": True, "ts": TS})) as server:
        post(chat(server.url), "<!channel> <@U1> a & b")

    assert server.seen[0].json["text"] == "&lt;!channel&gt; &lt;@U1&gt; a &amp; b"


@pytest.mark.parametrize("code", sorted(PERMANENT))
def test_it_gives_up_on_what_somebody_must_change(code: str) -> None:
    with serving(answering({"ok": False, "error": code})) as server:
        error = refused(server.url)

    assert (error.permanent, error.ambiguous, error.retry_after) == (True, False, None)
    assert code in str(error)


def test_it_says_which_scope_is_missing() -> None:
    with serving(answering(SCOPE)) as server:
        assert "lacks a scope: chat:write" in str(refused(server.url))


@pytest.mark.parametrize(
    ("reply", "wait"),
    [
        (answering({"ok": False, "error": "ratelimited"}, status=429, Retry_After="7"), 7.0),
        (answering({"ok": False, "error": "ratelimited"}, status=429), 30.0),
        (answering({"ok": False, "error": "ratelimited"}), 30.0),
        (answering({"ok": False, "error": "rate_limited"}, Retry_After="0"), 0.0),
        (answering({"ok": False, "error": "message_limit_exceeded"}), 30.0),
        (raw(HTML, status=429, kind="text/html", Retry_After="3"), 3.0),
    ],
)
def test_it_passes_on_how_long_to_wait(reply: Reply, wait: float) -> None:
    with serving(reply) as server:
        error = refused(server.url)

    assert (error.permanent, error.ambiguous, error.retry_after) == (False, False, wait)
    assert len(server.seen) == 1


UNDECIDED: list[Reply] = [
    answering({"ok": False, "error": "fatal_error"}),
    answering({"ok": False, "error": "internal_error"}),
    answering({"ok": False, "error": "service_unavailable"}, status=503),
    answering({"ok": False, "error": "odd"}, status=500),
    answering({"ok": True, "ts": TS}, status=500),
    raw(HTML, status=500, kind="text/html"),
    raw(HTML, status=200, kind="text/html"),
    raw(b"", status=200),
    answering([]),
    answering({"ok": "yes"}),
    answering({"ok": True}),
    answering({"ok": True, "ts": 1655128900.0002}),
    resetting,
    hanging,
    cut_short,
]


@pytest.mark.parametrize("reply", UNDECIDED)
def test_it_says_so_when_the_post_may_have_been_made(reply: Reply) -> None:
    with serving(reply) as server:
        error = refused(server.url)

    assert (error.permanent, error.ambiguous) == (False, True)
    assert len(server.seen) == 1


@pytest.mark.parametrize("reply", UNDECIDED[:10])
def test_it_never_calls_a_search_undecided(reply: Reply) -> None:
    with serving(reply) as server:
        error = refused(server.url, find)

    assert (error.permanent, error.ambiguous) == (False, False)


def test_it_knows_that_nothing_was_posted_when_nobody_listens() -> None:
    error = refused(Closed.make().url)

    assert (error.permanent, error.ambiguous) == (False, False)
    assert str(error) == "127.0.0.1 refused the connection."


@pytest.mark.parametrize("status", [400, 403, 404, 413])
def test_it_points_at_the_base_url_when_this_is_not_slack(status: int) -> None:
    with serving(raw(HTML, status=status, kind="text/html")) as server:
        error = refused(server.url)

    assert error.permanent
    assert "base URL" in str(error)


def test_it_follows_no_redirect_with_the_token() -> None:
    with serving(raw(b"", status=302, Location="/login")) as server:
        error = refused(server.url)

    assert (error.permanent, error.ambiguous, len(server.seen)) == (False, False, 1)


def test_it_repeats_no_unknown_code_that_could_hold_text() -> None:
    with serving(answering({"ok": False, "error": "Ana's text <b>"})) as server:
        error = refused(server.url)

    assert str(error) == "Slack answered an unknown error."


def test_it_finds_our_post_in_the_thread() -> None:
    with serving(page({"ts": "1"}, marked("2", "other"), marked(TS, "k-1"))) as server:
        assert find(chat(server.url)) == TS

    (seen,) = server.seen
    assert seen.path == "/conversations.replies"
    assert seen.query == {
        "channel": "C1",
        "ts": "1655128800.000100",
        "limit": "200",
        "include_all_metadata": "true",
    }


def test_it_reads_every_page() -> None:
    root = {"ts": "1655128800.000100"}
    pages = [page(root, cursor="c2"), page(root, cursor="c3"), page(root, marked(TS, "k-1"))]
    with serving(*pages) as server:
        assert find(chat(server.url)) == TS

    assert [seen.query.get("cursor") for seen in server.seen] == [None, "c2", "c3"]


def test_it_finds_nothing_where_there_is_nothing_of_ours() -> None:
    others = [
        marked("1", "k-1", kind="another_app"),
        marked("2", "k-10"),
        marked("3", None),
        {"ts": "4", "text": "k-1"},
        {"ts": "5", "metadata": "k-1"},
        {"ts": "6", "metadata": {"event_type": "rollcall_delivery", "event_payload": "k-1"}},
        "not a message",
    ]
    with serving(page(*others)) as server:
        assert find(chat(server.url)) is None


def test_it_looks_into_the_channel_when_there_is_no_thread() -> None:
    with serving(page(marked(TS, "k-1"))) as server:
        assert find(chat(server.url), thread="") == TS

    assert server.seen[0].path == "/conversations.history"
    assert "ts" not in server.seen[0].query


def test_it_does_not_call_a_thread_without_end_searched() -> None:
    with serving(page({"ts": "1"}, cursor="again")) as server:
        error = refused(server.url, find)

    assert error.permanent
    assert len(server.seen) == 50


def test_it_does_not_take_a_missing_list_for_an_empty_one() -> None:
    with serving(answering({"ok": True})) as server:
        assert "no list of messages" in str(refused(server.url, find))


@pytest.mark.parametrize("metadata", [None, [], {"next_cursor": None}, {}])
def test_it_stops_when_no_next_page_is_named(metadata: Any) -> None:
    reply = answering({"ok": True, "messages": [], "response_metadata": metadata})
    with serving(reply) as server:
        assert find(chat(server.url)) is None

    assert len(server.seen) == 1


def test_it_needs_a_token() -> None:
    with pytest.raises(ConnectorError, match="no bot_token") as caught:
        SlackConfig.from_settings("", {}, {"bot_token": " "})

    assert caught.value.permanent


def test_it_keeps_the_token_out_of_what_is_printed() -> None:
    config = SlackConfig.from_settings("", {}, {"bot_token": TOKEN})

    assert TOKEN not in repr(config)
    assert config.base_url == DEFAULT_BASE_URL
