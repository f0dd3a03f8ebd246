"""Starting, stopping and starting again; being quiet; telling on itself."""

import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from apps.simulator.fakes.exchange import Reply, Request
from apps.simulator.fakes.servicenow import FakeServiceNow
from apps.simulator.fakes.slack import FakeSlack
from apps.simulator.fakes.system import FakeBroke
from tests.simulator.asking import INCIDENT, ask, basic, find, slack, snow


def _no_more(url: str) -> bool:
    parts = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((parts.hostname or "", parts.port or 0)) != 0


def test_it_listens_on_the_loopback_only_and_until_it_is_stopped() -> None:
    fake = FakeServiceNow()
    assert fake.url == f"http://127.0.0.1:{fake.port}"
    assert snow(fake).status == 200
    fake.stop()
    fake.stop()
    assert _no_more(fake.url)


def test_it_says_when_its_port_is_taken(now_instance: FakeServiceNow, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="in use"):
        FakeSlack(port=now_instance.port, folder=tmp_path)


def test_it_keeps_its_records_over_a_restart_on_the_same_port(tmp_path: Path) -> None:
    with FakeServiceNow(folder=tmp_path) as first:
        row = first.insert(short_description="kept", assignment_group="Desk", work_notes="n")
        gone = first.insert(short_description="gone")
        first.update(row["sys_id"], state="2")
        first.delete(gone["sys_id"])
        before = first.everything()
    with FakeServiceNow(folder=tmp_path, port=first.port) as second:
        assert second.url == first.url
        assert second.everything() == before
        assert find(second, "") == ["kept"]
        assert second.insert()["number"] == "INC0010003"
        assert second.ledger.entries[: len(first.ledger.entries)] == first.ledger.entries


def test_it_keeps_its_messages_over_a_restart(tmp_path: Path) -> None:
    with FakeSlack(folder=tmp_path) as first:
        kept = first.add_message("C0HELP", "kept")
        gone = first.add_message("C0HELP", "gone")
        first.workspace.edit("C0HELP", kept["ts"], {"text": "kept and changed"})
        first.workspace.remove("C0HELP", gone["ts"])
        latest = first.workspace.next_ts("C0HELP")
    with FakeSlack(folder=tmp_path) as second:
        assert [each["text"] for each in second.records("C0HELP")] == ["kept and changed"]
        assert second.add_message("C0HELP", "more")["ts"] > latest


def test_it_makes_given_groups_once_only(tmp_path: Path) -> None:
    for _ in range(2):
        with FakeServiceNow(folder=tmp_path, groups=["Desk"]) as fake:
            assert len(fake.records("sys_user_group")) == 1


def test_it_serves_many_clients_at_once(now_instance: FakeServiceNow) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = pool.map(lambda _: snow(now_instance, "POST", json_body={}), range(80))
        numbers = {answer.result["number"] for answer in made}
    assert len(numbers) == 80
    assert len(now_instance.ledger.requests("POST")) == 80


def test_it_serves_one_connection_again_and_again(now_instance: FakeServiceNow) -> None:
    connection = HTTPConnection("127.0.0.1", now_instance.port, timeout=10)
    headers = basic(now_instance.username, now_instance.password)
    for _ in range(3):
        connection.request("GET", INCIDENT, headers=headers)
        answer = connection.getresponse()
        assert (answer.status, bool(answer.read())) == (200, True)
    assert now_instance.quiet()  # an idle connection is no request
    connection.close()


def test_it_is_not_quiet_while_a_request_is_under_way(now_instance: FakeServiceNow) -> None:
    now_instance.switch("hang", seconds=3600, path=INCIDENT)
    connection = HTTPConnection("127.0.0.1", now_instance.port, timeout=10)
    connection.request("GET", INCIDENT)
    assert now_instance.ledger.wait_for(lambda entry: entry.status == 0)
    assert not now_instance.quiet(within=0.5)
    connection.close()
    assert now_instance.quiet(within=10)


def test_it_deals_with_what_a_dead_client_has_sent(now_instance: FakeServiceNow) -> None:
    pair = basic(now_instance.username, now_instance.password)["Authorization"]
    body = b'{"short_description": "last words"}'
    head = (
        f"POST {INCIDENT} HTTP/1.1\r\nHost: x\r\nAuthorization: {pair}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", now_instance.port)) as client:
        client.sendall(head.encode() + body)
    assert now_instance.quiet()
    assert [each["short_description"] for each in now_instance.records()] == ["last words"]


def test_it_lives_through_clients_that_leave_in_the_middle(now_instance: FakeServiceNow) -> None:
    for piece in (b"", b"POST /x HT", b"POST /x HTTP/1.1\r\nContent-Length: 10\r\n\r\nab"):
        with socket.create_connection(("127.0.0.1", now_instance.port)) as client:
            client.sendall(piece)
    assert now_instance.quiet()
    assert snow(now_instance).status == 200


@pytest.mark.parametrize("length", ["-1", "many", "99999999999", "²"])
def test_it_refuses_a_body_of_no_plain_length(now_instance: FakeServiceNow, length: str) -> None:
    with socket.create_connection(("127.0.0.1", now_instance.port), timeout=10) as client:
        head = f"POST {INCIDENT} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
        client.sendall(head.encode("utf-8"))
        assert client.recv(100).startswith(b"HTTP/1.1 413")


def test_it_tells_on_itself(capfd: pytest.CaptureFixture[str]) -> None:
    class Broken(FakeServiceNow):
        def handle(self, request: Request) -> Reply:
            raise LookupError("not thought of")

    def use(fake: Broken) -> None:
        with fake, pytest.raises(ConnectionError):
            ask("GET", fake.url)

    with pytest.raises(FakeBroke, match="servicenow") as told:
        use(Broken())
    assert isinstance(told.value.__cause__, LookupError)
    assert "not thought of" in capfd.readouterr().err


def test_it_does_not_hide_what_failed_in_the_test() -> None:
    def use() -> None:
        with FakeSlack() as fake:
            slack(fake, "auth.test")
            raise KeyError("the test's own")

    with pytest.raises(KeyError):
        use()


def test_it_leaves_signals_alone() -> None:
    before: Any = signal.getsignal(signal.SIGTERM)
    with FakeSlack():
        assert signal.getsignal(signal.SIGTERM) is before
