"""How soon others see a change: real processes, real HTTP, many streams held open.

Times count from before the request that makes the change, so that they hold the commit and a little
more. "Line": the event has reached a stream. "Screen": a page that shows the ticket has waited as
its script does, asked for its part anew and has it.
"""

import http.client
import json
import random
import selectors
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from apps.simulator.fakes.servicenow import FakeServiceNow
from apps.simulator.fakes.slack import FakeSlack
from benchmarks.delay import CHANNEL, _environment, _manage, _Portal, _prepare
from benchmarks.servers import free_port, running, wait_for

CHANGES, WATCHING = 30, 10
SIGN_IN = """
from django.contrib.auth import SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from apps.accounts.models import Person
from apps.rollouts.models import Membership, Programme
programme = Programme.objects.get()
for number in range({count}):
    person = Person.objects.create_user(f"viewer-{{number}}", name=f"Viewer {{number}}")
    Membership.objects.create(person=person, programme=programme, role="engineer")
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    print(session.session_key)
"""
PAUSE = 1.0  # between changes, seconds
WAIT, JITTER = 0.15, 0.25  # what live.js waits before it asks
ASGI = ["gunicorn", "-k", "asgi", "portal.asgi:application", "--workers", "1",
        "--no-control-socket", "--log-level", "warning"]  # fmt: skip


def measure(name: str, urls: Mapping[str, str], *, viewers: int, own_server: bool) -> None:
    """Print the figures for so many viewers; `own_server` gives the streams a process of theirs."""
    print(f"\nChange to others, {viewers} streams, {WATCHING} of them on the ticket, {name}")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rollcall-bench-")))
        snow = stack.enter_context(FakeServiceNow(username="svc"))
        slack = stack.enter_context(FakeSlack())
        environment = _environment(folder, urls, snow, slack)
        token, port = _prepare(environment), int(environment["PORT"])
        keys = _manage(["shell", "--no-imports", "-c", SIGN_IN.format(count=viewers)], environment)
        cookies = [f"sessionid={key}" for key in keys.split()]
        command = [sys.executable, "manage.py", "up"]
        stack.enter_context(running(command, environment, folder / "up.log"))
        wait_for(f"http://127.0.0.1:{port}/healthz", 60)
        streams = port
        if own_server:
            streams = free_port()
            asgi = [sys.executable, "-m", *ASGI, "--bind", f"127.0.0.1:{streams}"]
            stack.enter_context(running(asgi, environment, folder / "asgi.log"))
            wait_for(f"http://127.0.0.1:{streams}/healthz", 60)
        portal = _Portal(port, token)
        slack.send_message(f"{portal.base}/hooks/dsva/", CHANNEL, "636 Omaha: link gives an error")
        message = portal.until("/api/v1/messages/?logged=false&fields=id")
        number = portal.ask(f"/api/v1/messages/{message['id']}/log/", {})["number"]
        _measure_changes(_Viewers(port, streams, cookies, number), token, number)


def _measure_changes(viewers: "_Viewers", token: str, number: str) -> None:
    time.sleep(5)  # until what the ticket sets in motion is over
    with ThreadPoolExecutor(WATCHING) as screens:
        viewers.start(screens)
        for change in range(CHANGES):
            viewers.begin()
            _comment(viewers.port, token, number, f"note {change}")
            time.sleep(PAUSE)
        viewers.stop()
    _print("line", viewers.lines, CHANGES * viewers.count)
    _print("screen", viewers.screens, CHANGES * WATCHING)


def _print(what: str, times: list[float], expected: int) -> None:
    found = sorted(1000 * one for one in times)
    p50, p95 = found[len(found) // 2], found[int(0.95 * len(found))]
    came = f"{len(found)} of {expected}"
    print(
        f"  change → {what:7} p50 {p50:7.1f} ms   p95 {p95:7.1f} ms"
        f"   max {found[-1]:7.1f} ms   {came}"
    )


class _Viewers:
    """Open streams, read by one thread; the first WATCHING have the ticket on their screen."""

    def __init__(self, port: int, streams: int, cookies: list[str], number: str) -> None:
        self.port, self.count, self._cookies, self._number = port, len(cookies), cookies, number
        self.lines, self.screens = list[float](), list[float]()
        self._began, self._is_over = time.perf_counter(), False
        self._selector = selectors.DefaultSelector()
        self._sockets = [self._open(streams, index) for index in range(self.count)]

    def start(self, screens: ThreadPoolExecutor) -> None:
        self._pool = screens
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def begin(self) -> None:
        """A change is about to be made; the first line of it counts for each stream."""
        self._heard = set[int]()
        self._began = time.perf_counter()

    def stop(self) -> None:
        self._is_over = True
        self._thread.join()
        for one in self._sockets:
            one.close()

    def _open(self, port: int, index: int) -> socket.socket:
        one = socket.create_connection(("127.0.0.1", port))
        one.sendall(
            f"GET /api/v1/stream/?tab=bench-{index} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Cookie: {self._cookies[index]}\r\nAccept: text/event-stream\r\n\r\n".encode()
        )
        head = one.recv(4096)
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise ConnectionError(head[:200].decode())
        self._selector.register(one, selectors.EVENT_READ, index)
        return one

    def _read(self) -> None:
        while not self._is_over:
            for key, _ in self._selector.select(timeout=0.2):
                text = key.fileobj.recv(65536)  # type: ignore[union-attr]  # a socket of ours
                if b"event: change" in text and key.data not in self._heard:
                    self._heard.add(key.data)
                    self.lines.append(time.perf_counter() - self._began)
                    if key.data < WATCHING:
                        self._pool.submit(self._look, key.data, self._began)

    def _look(self, index: int, began: float) -> None:
        time.sleep(WAIT + random.random() * JITTER)  # noqa: S311 - as the page's script does
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {
            "Cookie": self._cookies[index],
            "HX-Request": "true",
            "X-Rollcall-Background": "1",
        }
        wire.request("GET", f"/incidents/{self._number}/", headers=headers)
        answer = wire.getresponse()
        answer.read()
        wire.close()
        if answer.status == 200:
            self.screens.append(time.perf_counter() - began)


def _comment(port: int, token: str, number: str, text: str) -> None:
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    wire.request(
        "POST", f"/api/v1/incidents/{number}/comment/", json.dumps({"text": text}), headers
    )
    answer = wire.getresponse()
    body = answer.read()
    wire.close()
    if answer.status >= 300:
        raise ConnectionError(f"{answer.status} {body[:300]!r}")
