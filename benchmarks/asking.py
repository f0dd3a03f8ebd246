"""Asks an address often: times, queries, and how they stand to a limit and to the size before."""

import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Person

SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", "1000,10000,100000").split(",")]
ASKED = int(os.environ.get("BENCH_PAGES", "30"))
BATCH = 5000


@dataclass(frozen=True)
class Figures:
    """Times (ms) and queries of one address."""

    p50: float
    p95: float
    queries: int

    def __str__(self) -> str:
        return f"p50 {self.p50:6.1f} ms   p95 {self.p95:6.1f} ms   {self.queries:2} queries"


class Table:
    """Lines of figures; remembers what each name had before, to print how it grew."""

    def __init__(self, limits: Mapping[str, Figures]) -> None:
        self._limits, self._before = limits, dict[str, Figures]()

    def line(self, name: str, found: Figures, limit: str) -> None:
        ratio = f"{found.p50 / self._limits[limit].p50:5.1f} x limit"
        before = self._before.get(name)
        grown = f"   {found.p50 / before.p50:4.1f} x the size before" if before else ""
        self._before[name] = found
        print(f"    {name:44} {found}   {ratio}{grown}", flush=True)


def measured(ask: Callable[[], Any]) -> Figures:
    """Ask once for the queries, then often for the time."""
    with CaptureQueriesContext(connection) as queries:
        answer = ask()
        count = len(queries)  # the next request empties the log
    assert answer is None or answer.status_code == 200, answer
    times = sorted(_timed(ask) for _ in range(ASKED))
    return Figures(statistics.median(times), times[int(0.95 * len(times))], count)


def page(client: Client, url: str) -> Figures:
    """What a page costs."""
    return measured(lambda: client.get(url))


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def analyse() -> None:
    """What autovacuum does after so many rows."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _timed(ask: Callable[[], Any]) -> float:
    start = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - start)
