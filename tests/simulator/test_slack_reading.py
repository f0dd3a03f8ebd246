"""`conversations.replies` and `.history`: what is in a page, and how to get the next."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.simulator.fakes.slack import FakeSlack
from apps.simulator.fakes.slack.reading import page
from tests.simulator.asking import slack


def _texts(answer: Any) -> list[str]:
    return [each["text"] for each in answer["messages"]]


@pytest.fixture
def thread(workspace: FakeSlack) -> tuple[FakeSlack, str]:
    """A root with five answers, and things around it that are not in the thread."""
    root = workspace.add_message("C0HELP", "root")["ts"]
    workspace.add_message("C0HELP", "other root")
    workspace.add_message("C0OTHER", "elsewhere", thread_ts=root)
    for number in range(5):
        workspace.add_message("C0HELP", f"answer {number}", thread_ts=root)
    return workspace, root


def test_it_reads_a_thread_root_first(thread: tuple[FakeSlack, str]) -> None:
    fake, root = thread
    answer = slack(fake, "conversations.replies", channel="C0HELP", ts=root)
    assert _texts(answer) == ["root", *(f"answer {number}" for number in range(5))]
    assert answer["has_more"] is False
    assert answer["response_metadata"] == {"next_cursor": ""}
    first = answer["messages"][0]
    assert (first["thread_ts"], first["reply_count"]) == (root, 5)
    assert first["latest_reply"] == answer["messages"][-1]["ts"]


def test_it_puts_the_root_on_every_page(thread: tuple[FakeSlack, str]) -> None:
    fake, root = thread
    pages, cursor = [], ""
    while True:
        arguments: dict[str, Any] = {"channel": "C0HELP", "ts": root, "limit": 2, "cursor": cursor}
        answer = slack(fake, "conversations.replies", **arguments)
        pages.append(_texts(answer))
        cursor = answer["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert pages == [
        ["root", "answer 0", "answer 1"],
        ["root", "answer 2", "answer 3"],
        ["root", "answer 4"],
    ]


@given(count=st.integers(0, 30), limit=st.integers(1, 12), root=st.booleans())
def test_it_gives_each_message_once_whatever_the_page_size(
    count: int, limit: int, root: bool
) -> None:
    messages = [{"ts": f"{number}.000000"} for number in range(count + 1)]
    read: list[Any] = []
    cursor = ""
    while True:
        params = {"limit": str(limit), "cursor": cursor}
        answer = page(messages, params, limit=100, root=root)
        read += answer["messages"][1:] if root else answer["messages"]
        cursor = answer["response_metadata"]["next_cursor"]
        assert answer["has_more"] == bool(cursor)
        if not cursor:
            break
    assert read == (messages[1:] if root else messages)


@pytest.mark.parametrize("asked", [True, False])
def test_it_shows_metadata_only_when_asked(workspace: FakeSlack, asked: bool) -> None:
    root = workspace.add_message("C0HELP", "root")["ts"]
    metadata = {"event_type": "t", "event_payload": {"key": "k"}}
    post = {"channel": "C0HELP", "text": "x", "thread_ts": root, "metadata": metadata}
    slack(workspace, "chat.postMessage", **post)
    arguments = {"channel": "C0HELP", "ts": root, "include_all_metadata": asked}
    answer = slack(workspace, "conversations.replies", **arguments)
    assert answer["messages"][1].get("metadata") == (metadata if asked else None)


def test_it_reads_a_channel_newest_first_without_threads(thread: tuple[FakeSlack, str]) -> None:
    fake, root = thread
    fake.workspace.add(
        "C0HELP", {"text": "broadcast", "thread_ts": root, "subtype": "thread_broadcast"}
    )
    answer = slack(fake, "conversations.history", channel="C0HELP")
    assert _texts(answer) == ["broadcast", "other root", "root"]
    first = slack(fake, "conversations.history", channel="C0HELP", limit=1)
    cursor = first["response_metadata"]["next_cursor"]
    second = slack(fake, "conversations.history", channel="C0HELP", limit=1, cursor=cursor)
    assert _texts(first) + _texts(second) == ["broadcast", "other root"]


@pytest.mark.parametrize(
    ("bounds", "found"),
    [
        ({"oldest": "100.000001"}, ["c"]),
        ({"oldest": "100.000001", "inclusive": True}, ["c", "b"]),
        ({"latest": "100.000001"}, ["a"]),
        ({"latest": "100.000001", "inclusive": True}, ["b", "a"]),
        ({"oldest": "100", "latest": "101"}, ["b"]),
        ({"oldest": "yesterday"}, ["c", "b", "a"]),
    ],
)
def test_it_reads_between_two_stamps(
    workspace: FakeSlack, bounds: dict[str, Any], found: list[str]
) -> None:
    for text, ts in {"a": "100.000000", "b": "100.000001", "c": "101.000000"}.items():
        workspace.add_message("C0HELP", text, ts=ts)
    assert _texts(slack(workspace, "conversations.history", channel="C0HELP", **bounds)) == found


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0HELP", "ts": "1.000000"}, "thread_not_found"),
        ({"channel": "C0HELP"}, "thread_not_found"),
        ({"channel": "C0NOWHERE", "ts": "1.000000"}, "channel_not_found"),
        ({"channel": "C0PRIVATE", "ts": "1.000000"}, "not_in_channel"),
        ({"channel": "C0HELP", "ts": "5.000000", "cursor": "???"}, "invalid_cursor"),
        ({"channel": "C0HELP", "ts": "5.000000", "cursor": "eDox"}, "invalid_cursor"),
    ],
)
def test_it_refuses_to_read(workspace: FakeSlack, arguments: dict[str, Any], error: str) -> None:
    workspace.add_message("C0HELP", "root", ts="5.000000")
    answer = slack(workspace, "conversations.replies", **arguments)
    assert answer == {"ok": False, "error": error}


@pytest.mark.parametrize("ts", ["100", "100.5", "abc", "100.0000001"])
def test_it_stores_no_message_under_what_is_no_stamp(workspace: FakeSlack, ts: str) -> None:
    with pytest.raises(ValueError, match="cannot be the ts"):
        workspace.add_message("C0HELP", "x", ts=ts)


def test_it_stores_no_two_messages_under_one_stamp(workspace: FakeSlack) -> None:
    workspace.add_message("C0HELP", "x", ts="100.000000")
    workspace.add_message("C0OTHER", "x", ts="100.000000")
    with pytest.raises(ValueError, match="cannot be the ts"):
        workspace.add_message("C0HELP", "y", ts="100.000000")
