"""Mail through a real mail server on the loopback that answers slowly."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest
from django.core.mail import EmailMessage, get_connection

from apps.core.models import LeaseLost
from apps.outbox import smtp
from portal.environment import read_environment

BACKEND = "apps.outbox.smtp.Backend"


class Answering(socketserver.StreamRequestHandler):
    """Just enough of SMTP to take one mail."""

    taken: ClassVar[list[bytes]] = []

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            is_data = line.strip().upper() == b"DATA"
            self.wfile.write(b"354 go\r\n" if is_data else b"250 ok\r\n")
            if is_data:
                self.taken.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.wfile.write(b"250 taken\r\n")


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(smtp, "EVERY", 0.0)  # every answer is slow
    Answering.taken.clear()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answering) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def send(port: int, alive: Callable[[], None]) -> None:
    line = get_connection(BACKEND, host="127.0.0.1", port=port, timeout=5, alive=alive)
    EmailMessage("Down", "Look at it", "us@x.test", ["ana@x.test"], connection=line).send()


def test_it_says_that_it_is_alive_before_each_answer(port: int) -> None:
    said: list[int] = []
    send(port, lambda: said.append(len(Answering.taken)))
    assert len(Answering.taken) == 1
    assert said.count(0) >= 5  # greeting, EHLO, MAIL, RCPT, DATA


def test_who_lost_the_lease_on_the_way_sends_nothing(port: int) -> None:
    said: list[str] = []

    def alive() -> None:
        said.append("alive")
        if len(said) == 4:
            raise LeaseLost("taken over")

    with pytest.raises(LeaseLost):
        send(port, alive)
    assert Answering.taken == []


def test_quick_answers_cost_nothing(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "EVERY", 5.0)
    said: list[str] = []
    send(port, lambda: said.append("alive"))
    assert (len(Answering.taken), said) == (1, [])


@pytest.mark.parametrize("url", ["smtp://h:25", "smtp+tls://u:p@h:587", "smtp+ssl://u:p@h:465"])
def test_a_mail_server_is_spoken_to_so(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("EMAIL_URL", url)
    assert read_environment().email["EMAIL_BACKEND"] == BACKEND
