"""Lists of tickets come in the order of an index: nothing is sorted, however many there are."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from apps.accounts.models import Person
from apps.incidents.choices import State
from apps.incidents.listing import ORDERS, Asked, filtered, for_list
from apps.incidents.models import Incident
from tests import build

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 27, 15, tzinfo=UTC)
SORTED = {"sqlite": "USE TEMP B-TREE FOR ORDER BY", "postgresql": "Sort Key: incidents_incident"}
BY_INDEX = sorted({column for _, column in ORDERS.values()} - {"title"})


@pytest.fixture
def ana() -> Person:
    programme = build.programme()
    site, product = build.site(), build.product(programme)
    Incident.objects.bulk_create(
        Incident(
            programme=programme, site=site, product=product, title=f"Kiosk {number}",
            source="slack", phase="go_live_week", severity=1 + number % 3, impact=2,
            urgency=2, priority=3,
            state=State.RESOLVED if number % 10 else State.NEW, opened_at=NOW,
            acknowledge_due_at=NOW, response_due_at=NOW, updated_at=NOW + timedelta(number),
            resolved_at=NOW if number % 10 else None, search_text=f"Kiosk {number}",
        )
        for number in range(4000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return build.person("ana", programme)


@pytest.mark.parametrize("column", BY_INDEX)
@pytest.mark.parametrize("sign", ["", "-"])
def test_a_list_in_any_order_is_read_from_an_index(ana: Person, column: str, sign: str) -> None:
    order = [f"{sign}{column}"] if column == "id" else [f"{sign}{column}", f"{sign}id"]
    assert SORTED[connection.vendor] not in for_list(ana).order_by(*order)[:51].explain()


def test_what_is_open_by_severity_is_read_from_an_index(ana: Person) -> None:
    rows = filtered(for_list(ana), Asked.of({"state": "open"}), ana, NOW)
    plan = rows.order_by("severity", "id")[:51].explain()
    assert SORTED[connection.vendor] not in plan
    assert "incident_open_severity" in plan or "incident_severity" in plan
