"""What `benchmarks.inbox` runs inside Django: fill the inbox, ask for its page, print.

The limit is the same page over an empty inbox: everything but the messages. Three states per size:
all messages wait, one in fifty does, none does.
"""

import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.connections.models import Connection
from apps.intake.choices import Exit
from apps.intake.models import Channel, Message
from apps.rollouts.models import Product, Programme, Site
from tests import build

SIZES = [int(size) for size in os.environ.get("BENCH_SIZES", "1000,10000,100000").split(",")]
ASKED = int(os.environ.get("BENCH_PAGES", "30"))
STATES = {"all wait": 1, "1 in 50 waits": 50, "none waits": 0}
AIM_QUERIES, AIM_MS = 12, 100
BATCH = 5000
TEXT = "636 Omaha: check-in link gives an error, MSA has to check people in by hand"


@dataclass(frozen=True)
class Figures:
    """Times (ms) and queries of one page."""

    p50: float
    p95: float
    queries: int

    def __str__(self) -> str:
        return f"p50 {self.p50:6.1f} ms   p95 {self.p95:6.1f} ms   {self.queries:2} queries"


def run() -> None:
    """For each size and state: fill, ask, print."""
    client = _signed_in()
    limit = _asked(client)
    print(f"  limit: empty inbox              {limit}")
    for size in SIZES:
        for state, every in STATES.items():
            _fill(size, every)
            found = _asked(client)
            ratio = f"{found.p50 / limit.p50:4.1f} x limit"
            print(f"  {size:7,} messages, {state:13} {found}   {ratio}", flush=True)
    print(f"  aims: {AIM_MS} ms, {AIM_QUERIES} queries whatever the size")


def _asked(client: Client) -> Figures:
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/inbox/").status_code == 200
        count = len(queries)  # the next request empties the log
    times = sorted(_timed(client) for _ in range(ASKED))
    return Figures(statistics.median(times), times[int(0.95 * len(times))], count)


def _timed(client: Client) -> float:
    start = time.perf_counter()
    client.get("/inbox/")
    return 1000 * (time.perf_counter() - start)


def _signed_in() -> Client:
    programme = build.programme()
    build.site()
    build.product(programme)
    build.slack(programme, key="dsva")
    client = Client()
    client.force_login(build.person("ana", programme))
    return client


def _fill(size: int, every: int) -> None:
    """`size` messages, each `every`-th of which waits (0: none); those before are gone."""
    Message.objects.all().delete()
    Message.objects.bulk_create(_rows(size, every), batch_size=BATCH)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what autovacuum does after so many rows


def _rows(size: int, every: int) -> Iterator[Message]:
    programme, site, product = Programme.objects.get(), Site.objects.get(), Product.objects.get()
    channel, _ = Channel.objects.get_or_create(
        connection=Connection.objects.get(), external_id="C1", defaults={"programme": programme}
    )
    first = datetime.now(UTC) - timedelta(days=100)
    for number in range(size):
        at = first + timedelta(seconds=number)
        waits = every > 0 and number % every == 0
        yield Message(
            programme=programme, channel=channel, source_ref=f"{number}.0", source_version="1",
            source_at=at, received_at=at, text=TEXT, site=site, product=product, severity=2,
            phase="go_live_week", exit=Exit.NONE if waits else Exit.DISMISSED,
            exit_at=None if waits else at, exit_by="" if waits else "ana",
        )  # fmt: skip
