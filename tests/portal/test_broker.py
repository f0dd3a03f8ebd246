"""The local broker: messages appear whole, what cannot be read ends nobody."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

from portal.broker import Channel

GARBAGE = [b"", b'{"body": "W1td', b"\xff\xfe\x00", b"null x"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "messages").mkdir()
    return tmp_path


@pytest.fixture
def channel(folder: Path) -> Iterator[Channel]:
    options = {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
    }
    with Connection(
        "filesystem://", transport="portal.broker:Transport", transport_options=options
    ) as connection:
        channel = connection.channel()
        assert isinstance(channel, Channel)
        yield channel


def test_messages_come_in_the_order_they_were_put_once_each(channel: Channel) -> None:
    for number in range(5):
        channel._put("intake", {"number": number})
        channel._put("page", {"other": number})
    assert [channel._get("intake")["number"] for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(Empty):
        channel._get("intake")
    assert channel._size("page") == 5


@pytest.mark.parametrize("content", GARBAGE)
def test_a_message_cut_short_is_dropped_and_the_next_one_read(
    channel: Channel, folder: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "messages" / "0_a.intake.msg").write_bytes(content)
    channel._put("intake", {"whole": True})
    assert channel._get("intake") == {"whole": True}
    assert "0_a.intake.msg cannot be read" in caplog.text
    assert not list((folder / "messages").iterdir())


def test_what_a_killed_writer_left_is_not_seen(channel: Channel, folder: Path) -> None:
    """Until the rename a message has a name no reader looks for."""
    child = os.fork()
    if child == 0:
        Path.replace = lambda *_: os._exit(9)  # type: ignore[method-assign]
        channel._put("intake", {"half": True})
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert list((folder / "messages").iterdir())
    with pytest.raises(Empty):
        channel._get("intake")


def test_two_workers_share_the_messages(channel: Channel) -> None:
    got: list[int] = []

    def take() -> None:
        while True:
            try:
                got.append(channel._get("intake")["number"])
            except Empty:
                return

    for number in range(200):
        channel._put("intake", {"number": number})
    takers = [threading.Thread(target=take) for _ in range(4)]
    for taker in takers:
        taker.start()
    for taker in takers:
        taker.join()
    assert sorted(got) == list(range(200))


@pytest.mark.parametrize("content", GARBAGE)
def test_a_table_cut_short_is_made_anew(channel: Channel, folder: Path, content: bytes) -> None:
    (folder / "control").mkdir()
    (folder / "control" / "intake.exchange").write_bytes(content)
    assert channel.get_table("intake") == []
    channel._queue_bind("intake", "intake", "", "intake")
    assert channel.get_table("intake") == [("intake", "", "intake")]


def test_nobody_s_binding_is_lost_when_many_bind_at_once(channel: Channel) -> None:
    names = [f"queue-{number}" for number in range(12)]
    binders = [
        threading.Thread(target=channel._queue_bind, args=("all", name, "", name)) for name in names
    ]
    for binder in binders:
        binder.start()
    for binder in binders:
        binder.join()
    assert sorted(row.queue for row in channel.get_table("all")) == sorted(names)
