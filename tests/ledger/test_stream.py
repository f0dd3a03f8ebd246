"""The live stream over real HTTP: resumed without a gap, per programme, ended with the session."""

import http.client
import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session

from apps.accounts.models import Person
from apps.ledger.services import record, seal
from tests import build
from tests.api import As
from tests.browser.conftest import OPENER, Portal, database_url
from tests.pages import at_work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite_only]
WAIT = 30.0  # longer than the time between two looks at a session


@pytest.fixture
def server(transactional_db: None) -> Iterator[Portal]:
    with tempfile.TemporaryDirectory(prefix="rollcall-stream-") as folder:
        environment = {
            "PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "VAR_DIR": folder,
            "DATABASE_URL": database_url(), "SECRET_KEY": settings.SECRET_KEY,
            "FIELD_KEYS": ",".join(settings.FIELD_KEYS), "ALLOWED_HOSTS": "127.0.0.1",
            "LOG_LEVEL": "WARNING", "DEMO": "0", "DEBUG": "0", "STREAMS": "2",
        }  # fmt: skip
        made = Portal(environment, Path(folder) / "web.log")
        made.start()
        yield made
        made.stop()


class Listening:
    """An open stream; reads events as they come."""

    def __init__(self, server: Portal, path: str = "", **headers: str) -> None:
        self._wire = http.client.HTTPConnection("127.0.0.1", server.port, timeout=WAIT)
        self._wire.request("GET", f"/api/v1/stream/{path}", headers=headers)
        self.answer = self._wire.getresponse()

    def __enter__(self) -> "Listening":
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.close()

    def events(self, count: int) -> list[dict[str, Any]]:
        """The next events; fails after WAIT seconds without a line."""
        found: list[dict[str, Any]] = []
        until = time.monotonic() + WAIT
        while len(found) < count:
            assert time.monotonic() < until, "nothing came"
            line = self.answer.readline()
            assert line, "the stream ended"
            if line.startswith(b"data: "):
                found.append(json.loads(line[6:]))
        return found

    def ends(self) -> bool:
        """Whether the server ends it."""
        until = time.monotonic() + 40
        try:
            while time.monotonic() < until:
                if not self.answer.readline():
                    return True
        except TimeoutError:
            return False
        return False


def happen(programme_id: int | None, count: int, first: int = 0) -> None:
    for number in range(first, first + count):
        record(
            subject="incident", subject_key=f"RC-{number}", verb="opened", actor="ana",
            origin="page", programme_id=programme_id, now=build.MONDAY, fields={"n": number},
        )  # fmt: skip


@pytest.fixture
def ana() -> Person:
    return build.person("ana", build.programme())


def bearer(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {As(person).token}"}


def programme_of(person: Person) -> int:
    return int(person.memberships.get().programme_id)


def test_a_change_comes_by_itself(server: Portal, ana: Person) -> None:
    with Listening(server, **bearer(ana)) as stream:
        assert stream.answer.headers["Content-Type"].startswith("text/event-stream")
        happen(programme_of(ana), 1)
        [event] = stream.events(1)
    assert (event["type"], event["subject_key"]) == ("incident.opened", "RC-0")


def test_it_is_resumed_without_a_gap(server: Portal, ana: Person) -> None:
    programme = programme_of(ana)
    happen(programme, 700)
    seal(now=build.MONDAY)
    first = As(ana).get("changes/?page_size=1").json()["results"][0]["id"]
    with Listening(server, **bearer(ana), **{"Last-Event-ID": str(first)}) as stream:
        happen(programme, 50, 700)
        numbers = [event["fields"]["n"] for event in stream.events(749)]
    assert numbers == list(range(1, 750))


def test_others_changes_are_not_told(server: Portal, ana: Person) -> None:
    with Listening(server, **bearer(ana)) as stream:
        happen(build.programme().pk, 3)
        happen(None, 1, 5)
        happen(programme_of(ana), 1, 9)
        [event] = stream.events(1)
    assert event["subject_key"] == "RC-9"


def test_only_the_subjects_asked_for_are_told(server: Portal, ana: Person) -> None:
    with Listening(server, "?subject=message,site", **bearer(ana)) as stream:
        happen(programme_of(ana), 2)
        record(subject="site", subject_key="442", verb="changed", actor="ana", origin="page",
               programme_id=programme_of(ana), now=build.MONDAY)  # fmt: skip
        [event] = stream.events(1)
    assert event["type"] == "site.changed"


@pytest.mark.parametrize("after", ["x", "-1", "²", str(2**63)])
def test_a_bad_cursor_is_refused(server: Portal, ana: Person, after: str) -> None:
    quoted = quote(after)
    with Listening(server, f"?after={quoted}", **bearer(ana)) as stream:
        assert stream.answer.status == 400


def test_a_cursor_of_the_future_begins_now(server: Portal, ana: Person) -> None:
    with Listening(server, "?after=999999", **bearer(ana)) as stream:
        happen(programme_of(ana), 1, 4)
        assert stream.events(1)[0]["subject_key"] == "RC-4"


def test_nobody_listens_without_a_name(server: Portal) -> None:
    with Listening(server) as stream:
        assert stream.answer.status == 401


def test_a_newer_stream_of_a_tab_ends_the_older(server: Portal, ana: Person) -> None:
    headers = bearer(ana)
    with (
        Listening(server, "?tab=one", **headers) as old,
        Listening(server, "?tab=one", **headers) as new,
    ):
        assert old.ends()
        happen(programme_of(ana), 1)
        assert len(new.events(1)) == 1


def test_a_locked_session_hears_nothing_more(server: Portal, ana: Person) -> None:
    client = at_work(ana)
    cookie = client.cookies["sessionid"].value
    with Listening(server, Cookie=f"sessionid={cookie}") as stream:
        client.post("/lock/")
        assert stream.ends()
    assert Session.objects.count() == 1


def test_a_stream_too_many_is_refused_and_pages_are_answered(server: Portal, ana: Person) -> None:
    other = build.person("ben", ana.memberships.get().programme)
    with (
        Listening(server, "?tab=one", **bearer(ana)),
        Listening(server, "?tab=two", **bearer(ana)),
        Listening(server, **bearer(other)) as third,
    ):
        assert third.answer.status == 503
        assert third.answer.headers["Retry-After"] == "5"
        assert third.answer.headers["Content-Type"] == "application/problem+json"
        with OPENER.open(f"{server.url}/healthz", timeout=WAIT) as answer:
            assert answer.status == 200


def test_streams_end_at_once_when_the_server_stops(server: Portal, ana: Person) -> None:
    with Listening(server, **bearer(ana)) as stream:
        happen(programme_of(ana), 1)
        stream.events(1)
        server.stop()
        assert stream.ends()
    server.start()
