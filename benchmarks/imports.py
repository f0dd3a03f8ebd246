"""Looking at a file of 10,000 go-lives (5,000 sites, two products), CSV and XLSX, and importing it.

Limit of the same run: the same rows read by the standard library's csv alone.
"""

import csv
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.rollouts.effects import effects_of
from apps.rollouts.exporting import exported, schedule_rows
from apps.rollouts.models import Programme, Site
from apps.rollouts.services import (
    Decision,
    ImportOptions,
    Plan,
    import_schedule,
    plan_go_lives,
    preview_schedule,
)
from apps.rollouts.sheets import csv_of, xlsx_of
from benchmarks.asking import BATCH, analyse
from tests import build

SITES, WEEKS, ROUNDS, OFTEN = 5000, 50, 3, 50
NOW = datetime(2022, 4, 1, 15, tzinfo=UTC)
FIRST = date(2022, 5, 2)
HEADERS = ("site", "product", "wave", "planned_on", "scope")
DECISION = Decision(reason="Plan", decided_by="Pam", made_by="pam", origin="command")


def run() -> None:
    """Fill, look, import, print."""
    programme = build.programme(last_week=FIRST + timedelta(weeks=WEEKS), pace=100)
    _fill(programme)
    rows = schedule_rows(programme)
    later = [[*row[:2], str(1 + int(row[2]) % WEEKS), _later(row[3]), row[4]] for row in rows]
    files = {
        "as it stands": csv_of(HEADERS, rows), "all of them moved": csv_of(HEADERS, later),
        "all of them moved, XLSX": xlsx_of(HEADERS, later),
    }  # fmt: skip
    text = files["all of them moved"].decode()
    table = Lines(_timed(lambda: [list(csv.reader(io.StringIO(text))) for _ in range(OFTEN)]))
    for name, content in files.items():
        table.line(f"dry run, {name}", _timed(partial(_look, programme, content)))
    table.line("export, XLSX", _timed(lambda: exported(programme, "schedule", "xlsx")))
    content = files["all of them moved"]
    table.line("import, all of them moved", _once(lambda: _bring(programme, content)))
    print("  aims: dry run 5 s, a constant number of queries")


def _later(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(weeks=1)).isoformat()


def _look(programme: Programme, content: bytes) -> None:
    preview = preview_schedule(
        programme=programme, content=content, options=ImportOptions(), now=NOW
    )
    assert not preview.errors
    effects_of(programme, preview.steps, NOW)


def _bring(programme: Programme, content: bytes) -> None:
    made = import_schedule(
        programme=programme, content=content, options=ImportOptions(), decision=DECISION, now=NOW
    )
    assert len(made.preview.diff.moved) == 2 * SITES


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, of them in this process, and queries."""

    seconds: float
    own: float
    queries: int


class Lines:
    """Prints a cost beside the limit: the same rows read by csv alone."""

    def __init__(self, often: Cost) -> None:
        self._limit = often.seconds / OFTEN
        print(f"    {'csv alone, of ' + str(OFTEN) + ' times':44} {self._limit:6.3f} s")

    def line(self, name: str, cost: Cost) -> None:
        ratio = f"{cost.seconds / self._limit:5.0f} x limit"
        times = f"{cost.seconds:6.2f} s, {cost.own:6.2f} s of it our own"
        print(f"    {name:44} {times}   {cost.queries:4} queries   {ratio}", flush=True)


def _timed(act: Callable[[], Any]) -> Cost:
    """The best of a few rounds."""
    return min((_once(act) for _ in range(ROUNDS)), key=lambda cost: cost.seconds)


def _once(act: Callable[[], Any]) -> Cost:
    with CaptureQueriesContext(connection) as asked:
        start, own = time.perf_counter(), time.process_time()
        act()
        return Cost(time.perf_counter() - start, time.process_time() - own, len(asked))


def _fill(programme: Programme) -> None:
    products = [build.product(programme), build.product(programme, key="vse", name="VSE-CS")]
    Site.objects.bulk_create(
        [
            Site(number=f"{1000 + n}A", name=f"Branch {n}", time_zone="America/Chicago",
                 region=f"Region {n % 18}")
            for n in range(SITES)
        ],
        batch_size=BATCH,
    )  # fmt: skip
    waves = [build.wave(programme, n + 1, FIRST + timedelta(weeks=n)) for n in range(WEEKS)]
    plans = [
        Plan(site=site, product=product, wave=waves[n % WEEKS],
             planned_on=waves[n % WEEKS].starts_on)
        for n, site in enumerate(Site.objects.order_by("pk"))
        for product in products
    ]  # fmt: skip
    plan_go_lives(programme=programme, plans=plans, decision=DECISION, now=NOW)
    analyse()
