"""What `benchmarks.tickets` runs inside Django: fill the tickets, ask for pages and the API, print.

Limits of the same run: the list page with no ticket (everything but the rows), and the hundred
rows of the API's answer read by their ids and written as JSON (nothing but the rows). Every size is
asked near the top and far down; of each ten tickets one is open, as after some months.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client

from apps.accounts.models import Person
from apps.accounts.tokens import create_token
from apps.core.paging import page_of
from apps.incidents.choices import EntryKind, State
from apps.incidents.models import Entry, Incident, Queue
from apps.rollouts.models import Product, Programme, Site
from benchmarks.asking import BATCH, SIZES, Table, analyse, measured, page, signed_in
from tests import build

LINES, ROWS, SITES = 30, 100, 130
API = f"/api/v1/incidents/?page_size={ROWS}&severity=2&site=636"
AIMS = (
    "aims: page 13 queries whatever the size; API 20 ms, 1.2 x from the size before, at any depth"
)


def run() -> None:
    """For each size: fill, ask every address, print with its ratios."""
    client, token = _begin()
    limits = {"page": page(client, "/incidents/")}
    print(f"  limit of pages: the list without a ticket       {limits['page']}")
    table = Table(limits)
    for size in SIZES:
        fill(size)
        print(f"  {size:,} tickets")
        for name, url in pages(size).items():
            table.line(name, page(client, url), "page")
        limits["rows"] = measured(_rows_as_json)
        print(f"    {'limit of the API: those 100 rows by id':44} {limits['rows']}")
        for name, url in calls(client, token).items():
            table.line(name, measured(lambda url=url: _call(client, token, url)), "rows")  # type: ignore[misc]  # bound now
    print(f"  {AIMS}")


def pages(size: int) -> dict[str, str]:
    """Addresses of the list and of a ticket, by what they are."""
    middle = Incident.objects.order_by("id")[size // 2].pk
    deep = page_of(
        Incident.objects.filter(pk__lte=middle + 50), column="id", is_down=True, query={}, size=50
    ).older
    word = f"kiosk {size // 3:06}"
    return {
        "list, newest": "/incidents/",
        "list, in the middle": f"/incidents/?{deep}",
        "list, open": "/incidents/?state=open",
        "list, mine": "/incidents/?state=open&assignee=me",
        "list, unassigned": "/incidents/?state=open&assignee=nobody",
        "list, overdue": "/incidents/?overdue=1",
        "list, resolved this week": "/incidents/?resolved=7",
        "list, of a site": "/incidents/?site=636",
        "list, by severity": "/incidents/?order=severity",
        "list, by last change": "/incidents/?order=-updated",
        "list, words that one has": f"/incidents/?text={word.replace(' ', '+')}",
        "list, words that none has": "/incidents/?text=nobody+wrote+this",
        "list, words that all have": "/incidents/?text=check-in+link",
        f"ticket with {LINES} lines": f"/incidents/RC-{middle}/",
    }


def calls(client: Client, token: str) -> dict[str, str]:
    """Addresses of the API: 100 filtered rows, at the top and far down."""
    top = API
    following = _call(client, token, API).json()["next"]
    for _ in range(3):
        if following is None:
            break
        top, following = following, _call(client, token, following).json()["next"]
    return {"API, 100 filtered rows": API, "API, the same, deeper": top}


def _call(client: Client, token: str, url: str) -> Any:
    return client.get(url, headers={"Authorization": f"Bearer {token}"})


def _rows_as_json() -> None:
    keys = list(Incident.objects.order_by("-id").values_list("pk", flat=True)[:ROWS])
    rows = list(Incident.objects.filter(pk__in=keys).defer("protected").values())
    json.dumps(rows, cls=DjangoJSONEncoder)


def _begin() -> tuple[Client, str]:
    """A programme with 130 sites, Ana signed in, a token of hers."""
    programme = build.programme()
    for number in range(SITES):
        build.site(str(636 + number), f"Site {number}")
    build.product(programme)
    Queue.objects.create(programme=programme, name="Scheduling Support")
    ana = build.person("ana", programme)
    build.person("ben", programme)
    token = create_token(person=ana, scopes=["read"], days=1, actor="system", origin="command",
                         now=datetime.now(UTC))  # fmt: skip
    return signed_in(ana), token


def fill(size: int) -> None:
    """`size` tickets; those before are gone."""
    Entry.objects.all().delete()
    Incident.objects.all().delete()
    Incident.objects.bulk_create(_rows(size), batch_size=BATCH)
    middle = Incident.objects.order_by("id")[size // 2]
    Entry.objects.bulk_create(
        Entry(incident=middle, at=middle.opened_at, source_at=middle.opened_at, actor="ana",
              kind=EntryKind.NOTE, text=f"line {number}")
        for number in range(LINES)
    )  # fmt: skip
    analyse()


def _rows(size: int) -> Iterator[Incident]:
    programme, product, queue = Programme.objects.get(), Product.objects.get(), Queue.objects.get()
    sites = list(Site.objects.order_by("number"))
    people = [*Person.objects.order_by("pk"), None]
    now = datetime.now(UTC)
    for number in range(size):
        opened = now - timedelta(minutes=size - number)
        is_open = number % 10 == 0
        title = f"check-in link: kiosk {number:06} shows an error"
        site = sites[number % SITES]
        yield Incident(
            programme=programme, title=title, description=f"{title} since this morning", site=site,
            product=product, queue=queue, assignee=people[number // 10 % len(people)],
            phase="go_live_week", severity=1 + number % 3, impact=2, urgency=2, priority=3,
            state=State.NEW if is_open else State.RESOLVED, source="slack", opened_at=opened,
            acknowledge_due_at=opened + timedelta(minutes=15 + number % 5000),
            response_due_at=opened + timedelta(days=1), updated_at=opened + timedelta(hours=1),
            resolved_at=None if is_open else opened + timedelta(hours=2),
            search_text=f"RC-{number} {title} {site.number} {site.name}",
        )  # fmt: skip
