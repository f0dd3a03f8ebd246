"""`make test`: every test on SQLite, then on PostgreSQL and Redis; one summary at the end.

PYTEST_ARGS is passed on to pytest. REQUIRE_ALL=1 makes a missing service a failure.
"""

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from scripts import services

WORKERS = "2"
Service = Callable[[], AbstractContextManager[str]]
REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"


@dataclass(frozen=True)
class Count:
    """How the tests of one or more passes ended."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Self) -> "Count":
        return Count(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that services are stopped
    services.install_missing()
    with ExitStack() as stack:
        found = {
            "TEST_POSTGRESQL_URL": _start(stack, services.postgresql, "PostgreSQL"),
            "TEST_REDIS_URL": _start(stack, services.redis, "Redis"),
        }
        total = _pass("SQLite", {**found, "TEST_DATABASE_URL": ""})
        if url := found["TEST_POSTGRESQL_URL"]:
            total += _pass("PostgreSQL and Redis", {**found, "TEST_DATABASE_URL": url})
    if services.program("chromium") is None:
        print("Without Chromium: it is not installed; tests in a browser are left out", flush=True)
    if REQUIRE_ALL and not all(found.values()):
        total += Count(failed=1)
    print(total, flush=True)
    return 1 if total.failed else 0


def _start(stack: ExitStack, service: Service, name: str) -> str:
    """URL of a service started for this run, or "" where it cannot be; says so."""
    try:
        return stack.enter_context(service())
    except services.Missing as missing:
        print(f"Without {name}: {missing}", flush=True)
        return ""


def _pass(name: str, environment: Mapping[str, str]) -> Count:
    print(f"\n== Tests on {name}", flush=True)
    with tempfile.TemporaryDirectory(prefix="rollcall-results-") as folder:
        results = Path(folder) / "results.xml"
        command = [sys.executable, "-m", "pytest", "-n", WORKERS, f"--junitxml={results}"]
        command += shlex.split(os.environ.get("PYTEST_ARGS", ""))
        status = subprocess.run(command, env={**os.environ, **environment}, check=False).returncode
        return _count(results, status)


def _count(results: Path, status: int) -> Count:
    """Read pytest's own report; a pytest that could not even finish counts as one failure."""
    if not results.exists():
        return Count(failed=1)
    suites = ElementTree.parse(results).getroot().iter("testsuite")  # noqa: S314 - our own file
    total = Count()
    for suite in suites:
        ran, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        total += Count(ran - failed - skipped, failed, skipped)
    return total if status == 0 or total.failed else total + Count(failed=1)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted; what was started is stopped")
