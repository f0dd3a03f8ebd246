"""`make pictures`: the README's pictures, taken from a running demonstration.

Starts the portal on a folder and a port of its own, on a Tuesday morning, and leaves nothing.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from apps.core.supervisor.places import free_port
from scripts import services

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "docs/pictures"
SIZE = {"width": 1280, "height": 800}
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PICTURES = {
    "console": ("ana", "/", "light"),
    "inbox": ("ana", "/inbox/", "light"),
    "board": ("pam", "/boards/product/", "light"),
    "schedule": ("dee", "/schedule/", "dark"),
}


def main() -> int:
    services.install_missing()
    PLACE.mkdir(parents=True, exist_ok=True)
    with _portal() as url, sync_playwright() as playwright:
        path = services.program("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        for name, (person, page, theme) in PICTURES.items():
            _take(browser, url, name, person=person, page=page, theme=theme)
        _take_first_log(browser, url)
        browser.close()
    return 0


def _take(browser: Browser, url: str, name: str, *, person: str, page: str, theme: str) -> None:
    shown = _signed_in(browser, url, person, theme)
    shown.goto(url + page)
    _save(shown, name)


def _take_first_log(browser: Browser, url: str) -> None:
    """The ticket a new user makes with the README's keys."""
    shown = _signed_in(browser, url, "ana", "light")
    shown.goto(f"{url}/inbox/")
    shown.wait_for_timeout(1500)
    shown.keyboard.press("l")
    shown.keyboard.press("Control+Enter")
    shown.wait_for_timeout(3000)
    shown.goto(f"{url}/incidents/?state=open")
    shown.locator("[data-row] a.row-title").first.click()
    shown.wait_for_url("**/incidents/RC-*/")
    _save(shown, "ticket")


def _signed_in(browser: Browser, url: str, person: str, theme: str) -> Page:
    context = browser.new_context(viewport=SIZE, color_scheme=theme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{url}/sign-in/")
    page.locator(f"input[value={person}] ~ button").click()
    page.wait_for_url(f"{url}/")
    return page


def _save(page: Page, name: str) -> None:
    page.wait_for_load_state("load")
    page.wait_for_timeout(800)  # until what comes by itself is there
    page.screenshot(path=PLACE / f"{name}.png")
    print(f"docs/pictures/{name}.png")


@contextmanager
def _portal() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="rollcall-pictures-") as folder:
        port = free_port()
        environment = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "VAR_DIR": folder,
                       "DEMO": "1", "LOG_LEVEL": "WARNING"}  # fmt: skip
        saturday = ["--demo-at", "2026-11-21T15:00:00+00:00"]  # opens on the Tuesday before
        command = [sys.executable, "manage.py", "up", "--port", str(port), *saturday]
        process = subprocess.Popen(command, cwd=ROOT, env=environment)
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def _wait_for(url: str) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            with urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise TimeoutError(url)


if __name__ == "__main__":
    sys.exit(main())
