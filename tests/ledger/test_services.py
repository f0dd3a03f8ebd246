"""The ledger: recorded in the caller's transaction, sealed without gaps, never altered."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from apps.ledger.models import Change, Head
from apps.ledger.services import Entry, record, record_many, seal, verify

NOW = datetime(2022, 5, 2, 13, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def entry(number: int) -> Entry:
    return Entry(
        subject="incident",
        subject_key=f"RC-{number}",
        verb="opened",
        actor="ana",
        origin="api",
        programme_id=None,
        fields={"title": f"ticket {number}", "severity": [3, 2]},
    )


def test_it_numbers_changes_without_gaps_in_batches() -> None:
    record_many([entry(number) for number in range(1203)], now=NOW)
    assert seal(now=NOW) == 1203
    numbers = list(Change.objects.sealed().values_list("seq", flat=True))
    assert numbers == list(range(1, 1204))
    assert Head.objects.get().seq == 1203
    assert verify() == []


def test_it_seals_again_only_what_is_new() -> None:
    record_many([entry(1)], now=NOW)
    assert seal(now=NOW) == 1
    assert seal(now=NOW) == 0
    record_many([entry(2)], now=NOW + timedelta(seconds=1))
    assert seal(now=NOW) == 1
    assert verify() == []


def test_it_vanishes_with_the_transaction_of_its_service() -> None:
    def fails() -> None:
        with transaction.atomic():
            record_many([entry(1)], now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert Change.objects.count() == 0


def test_it_tells_the_event_type() -> None:
    change = record(
        subject="go_live", subject_key="442 echeckin", verb="moved", actor="dee", origin="page",
        programme_id=7, now=NOW, fields={"planned_on": ["2022-06-13", "2022-06-20"]},
    )  # fmt: skip
    assert change.type == "go_live.moved"


@pytest.mark.parametrize("column", ["actor", "at", "verb", "subject_key", "digest"])
def test_it_refuses_to_alter_a_change(column: str) -> None:
    record_many([entry(1)], now=NOW)
    value = NOW + timedelta(days=1) if column == "at" else "mallory"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Change.objects.update(**{column: value})


def test_it_refuses_to_alter_the_fields_but_lets_them_be_purged() -> None:
    record_many([entry(1)], now=NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Change.objects.update(fields={"title": "other"})
    seal(now=NOW)
    Change.objects.update(fields=None)
    assert verify() == []


def test_it_refuses_to_delete_a_change() -> None:
    record_many([entry(1)], now=NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Change.objects.all().delete()


def test_it_refuses_to_number_a_change_anew() -> None:
    record_many([entry(1)], now=NOW)
    seal(now=NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Change.objects.update(seq=99)


def _tamper(statement: str) -> None:
    """Somebody with the database's own rights, who switches the triggers off."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE ledger_change DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER ledger_change_no_update")
            cursor.execute("DROP TRIGGER ledger_change_no_delete")
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE ledger_change SET actor = 'mallory' WHERE seq = 2", "change 2: it was altered"),
        ("UPDATE ledger_change SET fields = '{}' WHERE seq = 2", "change 2: its fields were"),
        ("DELETE FROM ledger_change WHERE seq = 2", "number 2 is missing"),
        ("DELETE FROM ledger_change WHERE seq = 3", "the head says 3"),
    ],
)
def test_it_finds_what_was_tampered_with(statement: str, words: str) -> None:
    record_many([entry(number) for number in range(3)], now=NOW)
    seal(now=NOW)
    _tamper(statement)
    assert any(words in problem for problem in verify())


@pytest.mark.django_db(transaction=True)
def test_it_seals_once_when_two_sealers_run() -> None:
    record_many([entry(number) for number in range(600)], now=NOW)
    counts: list[int] = []

    def run() -> None:
        counts.append(seal(now=NOW))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 600
    assert verify() == []
