"""Promises: made, kept, postponed, given up, held, released, replayed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.connections.models import Connection
from apps.core.doorbell import ring
from apps.ledger.services import Entry, record_many
from apps.outbox.models import Delivery
from apps.outbox.rules import Failure, quiet_for


def promise(
    *,
    action: str,
    connection: Connection,
    subject: str,
    subject_key: str,
    programme_id: int | None,
    dedupe_key: str,
    payload: Mapping[str, Any],
    now: datetime,
    due_at: datetime | None = None,
    waits_for: str = "",
) -> Delivery:
    """Promise `action` (a key of settings.OUTBOX_HANDLERS), in the caller's transaction.

    Making the same promise twice (same `dedupe_key`) leaves one. `payload` is JSON with ids and
    masked text only. Due at once unless `due_at` says otherwise.
    """
    delivery, is_new = Delivery.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "action": action,
            "connection": connection,
            "subject": subject,
            "subject_key": subject_key,
            "programme_id": programme_id,
            "payload": dict(payload),
            "due_at": due_at or now,
            "waits_for": waits_for,
            "created_at": now,
        },
    )
    if is_new:
        ring("outbox")
    return delivery


def withdraw(*, dedupe_key: str) -> bool:
    """Take back a promise nobody has tried to keep yet, in the caller's transaction, whose ledger
    entry tells of it. False when there is none, or when an attempt was made: it may be known.

    A worker that has just claimed the row finds it gone before it does anything (LeaseLost).
    """
    untried = Delivery.objects.filter(dedupe_key=dedupe_key, attempts=0, done_at=None, dead_at=None)
    return untried.delete()[0] == 1


def keep(delivery: Delivery, *, result: Mapping[str, Any], now: datetime) -> None:
    """The promise is kept; what waited for it is due. In the caller's transaction.

    Raises LeaseLost when another worker has taken the row.
    """
    delivery.finish(now=now, result=dict(result))
    _wake_followers(delivery, now)


@transaction.atomic
def postpone(delivery: Delivery, *, failure: Failure, due_at: datetime, now: datetime) -> None:
    """Try again at `due_at`; the connection's circuit learns of a failure that is the system's."""
    delivery.postpone(due_at=due_at, error=failure.words)
    if not (failure.surprise or failure.of_one):
        note_failure(delivery.connection, failure=failure, now=now)


@transaction.atomic
def give_up(delivery: Delivery, *, failure: Failure, now: datetime) -> None:
    """A dead letter, with its cause in the ledger; what waited for it is due."""
    delivery.bury(now=now, error=failure.words)
    _wake_followers(delivery, now)
    _record([delivery], "given_up", actor="system", origin="worker", now=now)


def _wake_followers(delivery: Delivery, now: datetime) -> None:
    followers = Delivery.objects.waiting().filter(waits_for=delivery.dedupe_key, due_at__gt=now)
    if followers.update(due_at=now):
        ring("outbox")


def note_failure(connection: Connection, *, failure: Failure, now: datetime) -> None:
    """Count a failure of the system itself; from the third in a row on leave it alone a while."""
    rows = Connection.objects.filter(pk=connection.pk)
    rows.update(failures=F("failures") + 1, last_error=failure.words[:2000])
    failures = rows.values_list("failures", flat=True).get()
    quiet = quiet_for(failures, retry_after=failure.retry_after)
    if quiet:
        rows.update(quiet_until=now + quiet)


def note_success(connection: Connection, *, now: datetime) -> None:
    """The system answers: close the circuit and let everything that waited for it go now."""
    broken = Connection.objects.filter(pk=connection.pk, failures__gt=0)
    if broken.update(failures=0, quiet_until=None, last_ok_at=now):
        Delivery.objects.waiting().filter(connection=connection, attempts__gt=0).update(due_at=now)
        ring("outbox")


@transaction.atomic
def hold_waiting(*, before: datetime, now: datetime) -> int:
    """Hold every waiting delivery promised before that until a person releases it; returns how
    many."""
    rows = Delivery.objects.waiting().filter(created_at__lt=before)
    waiting = list(rows.select_for_update())
    Delivery.objects.filter(pk__in=[row.pk for row in waiting]).update(held_at=now)
    _record(waiting, "held", actor="system", origin="worker", now=now)
    return len(waiting)


@transaction.atomic
def release_held(*, actor: str, origin: str, now: datetime) -> int:
    """Let held deliveries go; returns how many."""
    held = list(Delivery.objects.held().select_for_update())
    Delivery.objects.filter(pk__in=[row.pk for row in held]).update(held_at=None, due_at=now)
    _record(held, "released", actor=actor, origin=origin, now=now)
    ring("outbox")
    return len(held)


@transaction.atomic
def replay_dead(*, ids: list[int] | None, actor: str, origin: str, now: datetime) -> list[Delivery]:
    """Try dead letters again (all of them when `ids` is None); returns those replayed.

    The fence moves on, so that a worker that slept through it all cannot touch them.
    """
    dead = Delivery.objects.dead()
    rows = list((dead if ids is None else dead.filter(pk__in=ids)).select_for_update())
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
        dead_at=None,
        due_at=now,
        leased_until=None,
        unfinished=0,
        fence=F("fence") + 1,
        created_at=now,
    )
    _record(rows, "replayed", actor=actor, origin=origin, now=now)
    ring("outbox")
    return rows


def _record(rows: list[Delivery], verb: str, *, actor: str, origin: str, now: datetime) -> None:
    record_many(
        [
            Entry(
                subject="delivery",
                subject_key=str(row.key),
                verb=verb,
                actor=actor,
                origin=origin,
                programme_id=row.programme_id,
                fields={"action": row.action, "about": f"{row.subject} {row.subject_key}"},
            )
            for row in rows
        ],
        now=now,
    )
