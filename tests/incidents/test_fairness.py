"""Whose tickets they are, counted for the fairness ledger by the database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.periods import Period
from apps.incidents.fairness import acknowledged, given
from apps.incidents.models import Entry, Incident
from apps.rollouts.models import Programme
from tests import build

pytestmark = pytest.mark.django_db
START = datetime(2022, 5, 2, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DAY = Period(START, START + 24 * HOUR)


def tickets(programme: Programme, number: int) -> list[Incident]:
    """One an hour, acknowledged five minutes later by Ana or Ben, with a word at either instant."""
    people = [build.person(name, programme) for name in ("ana", "ben")]
    made = Incident.objects.bulk_create(
        Incident(
            programme=programme, title="Kiosk", severity=3, impact=3, urgency=3, priority=5,
            source="page", assignee=people[place % 2], opened_at=START + place * HOUR,
            acknowledged_at=START + place * HOUR + 5 * MINUTE, acknowledge_due_at=START,
            response_due_at=START, updated_at=START + number * HOUR,
        )
        for place in range(number)
    )  # fmt: skip
    Entry.objects.bulk_create(
        Entry(incident=one, at=at, source_at=at, kind="comment", actor=people[place % 2].username)
        for place, one in enumerate(made)
        for at in (one.opened_at, one.opened_at + 5 * MINUTE)
    )
    return made


def asked(count: Any, programme: Programme) -> tuple[dict[str, int], str]:
    """What is counted in a day, and the one question that was asked for it."""
    with CaptureQueriesContext(connection) as found:
        counts = count(programme, DAY).by_person
    [query] = found.captured_queries
    return dict(counts), query["sql"]


@pytest.mark.parametrize("count", [acknowledged, given])
def test_the_database_counts_one_row_a_person(count: Any) -> None:
    programme = build.programme()
    tickets(programme, 60)
    tickets(build.programme(), 10)
    counts, sql = asked(count, programme)
    assert counts == {"ana": 12, "ben": 12}
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert len(cursor.fetchall()) == 2


def test_two_words_at_the_instant_of_acknowledging_are_one_ticket() -> None:
    programme = build.programme()
    first, *_ = tickets(programme, 2)
    at = first.acknowledged_at
    assert at
    Entry.objects.create(incident=first, at=at, source_at=at, kind="state", actor="ana")
    assert acknowledged(programme, DAY).by_person == {"ana": 1, "ben": 1}


@pytest.mark.postgresql_only
@pytest.mark.parametrize(
    ("count", "index"), [(acknowledged, "incident_acknowledged"), (given, "incident_opened")]
)
def test_an_index_leads_to_the_tickets_of_the_range(count: Any, index: str) -> None:
    programme = build.programme()
    tickets(programme, 4000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE incidents_incident; ANALYZE incidents_entry")
        cursor.execute(f"EXPLAIN {asked(count, programme)[1]}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan
    assert "Seq Scan on incidents_" not in plan
