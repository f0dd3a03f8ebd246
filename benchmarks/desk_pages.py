"""The console and the boards while messages, tickets and work items pile up.

The limit of each page is the same page before anything was there: everything but the rows. Of each
fifty messages one waits, of each ten tickets one is open, of each twenty work items one is not yet
delivered or declined, as after some months.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from apps.boards.models import WorkItem
from apps.boards.rules import GAP
from apps.incidents.models import Queue
from apps.rollouts.models import Product, Programme
from benchmarks import inbox_page, tickets_page
from benchmarks.asking import BATCH, SIZES, Table, analyse, page, signed_in
from benchmarks.weight import print_weights
from tests import build

PAGES = ("/", "/boards/product/", "/boards/product/?text=card", "/boards/delivery/", "/sites/")
WAITING = (("new", ""), ("needs_info", ""), ("accepted", "ready"), ("accepted", "in_progress"))
DONE = (("declined", ""), ("accepted", "verified"))


def run() -> None:
    """For each size: fill, ask every page, print."""
    programme = build.programme()
    today = datetime.now(UTC).date()
    product = build.product(programme)
    for number in range(tickets_page.SITES):
        site = build.site(str(636 + number), f"Site {number}")
        build.go_live(site, product, today - timedelta(days=number % 60))
    build.slack(programme, key="dsva")
    Queue.objects.create(programme=programme, name="Scheduling Support")
    ana = build.person("ana", programme)
    build.rota(programme, primary=[ana], backup=[build.person("ben", programme)])
    client = signed_in(ana)
    limits = {url: page(client, url) for url in PAGES}
    for url, limit in limits.items():
        print(f"    limit: {url:37} {limit}")
    table = Table(limits)
    for size in SIZES:
        print(f"  {size:,} messages, tickets and work items")
        inbox_page.fill(size, every=50)
        tickets_page.fill(size)
        fill(size)
        for url in PAGES:
            table.line(url, page(client, url), url)
    print("  bytes of a first visit, compressed; the most is 250 kB")
    print_weights(client, (*PAGES, "/inbox/", "/incidents/", "/schedule/"))
    print("  aims: console 150 ms; every page 12 queries or as many as with one row (docs)")


def fill(size: int) -> None:
    """`size` work items; those before are gone."""
    WorkItem.objects.all().delete()
    WorkItem.objects.bulk_create(_rows(size), batch_size=BATCH)
    analyse()


def _rows(size: int) -> Iterator[WorkItem]:
    programme, product = Programme.objects.get(), Product.objects.get()
    now = datetime.now(UTC)
    for number in range(size):
        kind = WAITING[number // 20 % 4] if number % 20 == 0 else DONE[number % 2]
        yield WorkItem(
            programme=programme, product=product, title=f"Card {number}", decision=kind[0],
            stage=kind[1], product_rank=number * GAP, delivery_rank=number * GAP, made_by="pam",
            made_at=now, updated_at=now, moved_at=now, search_text=f"W-{number} Card {number}",
        )  # fmt: skip
