"""A real portal (gunicorn, strict CSP) on this run's database, and a real browser before it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import ProxyHandler, build_opener

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection, connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from apps.accounts.models import Person
from tests.browser.axe import AUDITED, check_axe

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE = 30.0  # seconds until the portal answers; a guard, not a promise
expect.set_options(timeout=20_000)  # ms a busy machine may need for what comes; no promise either
BACKEND = "django.contrib.auth.backends.ModelBackend"
OPENER = build_opener(ProxyHandler({}))
# Refusals that tests provoke: the browser calls each an error.
EXPECTED = re.compile(r"status of (400|403|404|405|409|422|423|429|503)")
WATCH = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
});
"""


class Portal:
    """The web server of a test run; it can be stopped and started again on its port."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = environment | {"BASE_URL": self.url, "PORT": str(self.port)}
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **other: str) -> None:
        """Start gunicorn as `manage.py up` does, and wait until it answers; `other` settings."""
        command = [
            sys.executable, "-m", "gunicorn", "portal.wsgi:application",
            "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread", "--workers", "1",
            "--threads", "48", "--no-control-socket", "--log-level", "warning",
            "--graceful-timeout", "3", "--config", "python:portal.gunicorn",
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment | other, stdout=log, stderr=log,
                process_group=0,
            )  # fmt: skip
        until = time.monotonic() + PATIENCE
        while not self._answers():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.1)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=PATIENCE)
            self.process = None

    def kill(self) -> None:
        """SIGKILL for the server and what it started."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=PATIENCE)
            self.process = None

    def _answers(self) -> bool:
        try:
            with OPENER.open(f"{self.url}/healthz", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def database_url() -> str:
    """The test database, as the server finds it."""
    facts: dict[str, Any] = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    user, host = quote(str(facts["USER"]), safe=""), facts["HOST"] or "127.0.0.1"
    password = f":{quote(str(facts['PASSWORD']), safe='')}" if facts["PASSWORD"] else ""
    return f"postgres://{user}{password}@{host}:{facts['PORT'] or 5432}/{facts['NAME']}"


@pytest.fixture(scope="package")
def portal(django_db_setup: None) -> Iterator[Portal]:
    """The portal of this worker, on its own test database; gone before tests of other packages
    start, because it seals the ledger."""
    with tempfile.TemporaryDirectory(prefix="rollcall-browser-") as folder:
        environment = {
            "PATH": os.environ["PATH"],
            "ENV_FILE": os.devnull,
            "VAR_DIR": folder,
            "DATABASE_URL": database_url(),
            "SECRET_KEY": settings.SECRET_KEY,
            "FIELD_KEYS": ",".join(settings.FIELD_KEYS),
            "ALLOWED_HOSTS": "127.0.0.1",
            "LOG_LEVEL": "WARNING",
            "DEMO": "0",
            "DEBUG": "0",
        }
        made = Portal(environment, Path(folder) / "web.log")
        made.start()
        yield made
        made.stop()


@pytest.fixture(scope="package")
def chrome() -> Iterator[Browser]:
    """One browser for the browser tests of a worker.

    While Playwright's loop runs, Django keeps other connections than before and after it; those of
    either side are closed, so that none is open, forgotten, in a test that forks.
    """
    path = shutil.which("chromium")
    if path is None:
        miss = pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip
        miss("no Chromium on this machine (`make test` installs it when it may)")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in this thread
    connections.close_all()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        connections.close_all()
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Watched:
    """Pages whose complaints make the test fail: console, scripts, CSP, other hosts, 5xx."""

    def __init__(self, chrome: Browser, portal: Portal) -> None:
        self._chrome, self._portal = chrome, portal
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def page(self, person: Person | None = None, **options: Any) -> Page:
        """A page of its own, signed in as somebody; options are the browser context's."""
        usual: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
        context = self._chrome.new_context(base_url=self._portal.url, **usual | options)
        context.add_init_script(WATCH)
        self._contexts.append(context)
        if person is not None:
            context.add_cookies([session_of(person, self._portal.url)])
        page = context.new_page()
        page.on("console", lambda said: self._hear(page, said.type, said.text))
        page.on("pageerror", lambda problem: self.complaints.append(f"script: {problem}"))
        page.on("request", lambda request: self._asks(request.url))
        page.on("response", lambda answer: self._answers(answer.status, answer.url))
        return page

    def _hear(self, page: Page, kind: str, words: str) -> None:
        if page in AUDITED and "style" in words:
            return
        if kind in {"error", "warning"} and not EXPECTED.search(words):
            self.complaints.append(f"{kind}: {words}")

    def _asks(self, url: str) -> None:
        if not url.startswith((self._portal.url, "blob:", "data:", "about:")):
            self.complaints.append(f"asked another host: {url}")

    def _answers(self, status: int, url: str) -> None:
        if status == 500 or (status == 404 and "/static/" in url):
            self.complaints.append(f"{status}: {url}")

    def close(self) -> None:
        for context in self._contexts:
            context.close()


def give_password(person: Person, password: str) -> None:
    """One the server can check: it does not know the quick hashing of tests."""
    person.password = PBKDF2PasswordHasher().encode(password, "salt", iterations=1000)
    person.save(update_fields=["password"])


def session_of(person: Person, url: str) -> Any:
    """The cookie of a session of theirs."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}


@pytest.fixture
def watched(chrome: Browser, portal: Portal, transactional_db: None) -> Iterator[Watched]:
    made = Watched(chrome, portal)
    yield made
    made.close()
    assert made.complaints == [], portal.log.read_text()[-3000:]


@pytest.fixture
def frail(watched: Watched, portal: Portal) -> Iterator[Portal]:
    """A portal the test may stop, kill and start otherwise; the usual one is up after it. What
    browsers say of a server that is gone is expected."""
    yield portal
    watched.close()
    watched.complaints[:] = [one for one in watched.complaints if "net::ERR_" not in one]
    portal.stop()
    portal.start()


Open = Callable[..., Page]


@pytest.fixture
def open_as(watched: Watched) -> Open:
    """`open_as(ana, "/inbox/", color_scheme="dark")`: the page, loaded."""

    def go(person: Person | None, path: str, **options: Any) -> Page:
        page = watched.page(person, **options)
        page.goto(path)
        return page

    return go


__all__ = ["Open", "Portal", "Watched", "check_axe"]
