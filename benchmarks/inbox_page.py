"""The inbox page while messages pile up: server time and queries.

The limit is the same page over an empty inbox: everything but the messages. Three states per size:
all messages wait, one in fifty does, none does.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from apps.connections.models import Connection
from apps.intake.choices import Exit
from apps.intake.models import Channel, Message
from apps.rollouts.models import Product, Programme, Site
from benchmarks.asking import BATCH, SIZES, Table, analyse, page, signed_in
from tests import build

STATES = {"all wait": 1, "1 in 50 waits": 50, "none waits": 0}
TEXT = "636 Omaha: check-in link gives an error, MSA has to check people in by hand"


def run() -> None:
    """For each size and state: fill, ask, print."""
    programme = build.programme()
    build.site()
    build.product(programme)
    build.slack(programme, key="dsva")
    client = signed_in(build.person("ana", programme))
    limit = page(client, "/inbox/")
    print(f"  limit: empty inbox{'':28} {limit}")
    table = Table({"": limit})
    for size in SIZES:
        print(f"  {size:,} messages")
        for state, every in STATES.items():
            fill(size, every)
            table.line(state, page(client, "/inbox/"), "")
    print("  aims: 100 ms, 12 queries whatever the size")


def fill(size: int, every: int) -> None:
    """`size` messages, each `every`-th of which waits (0: none); those before are gone."""
    Message.objects.all().delete()
    Message.objects.bulk_create(_rows(size, every), batch_size=BATCH)
    analyse()


def _rows(size: int, every: int) -> Iterator[Message]:
    programme, site, product = Programme.objects.get(), Site.objects.first(), Product.objects.get()
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
