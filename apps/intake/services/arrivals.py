"""The end of an arrival that could not be processed, and its second chance."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from apps.core.doorbell import ring
from apps.intake.models import Arrival
from apps.intake.services.rows import told_of
from apps.ledger.services import Entry, record_many


@transaction.atomic
def give_up(arrival: Arrival, *, words: str, now: datetime) -> None:
    """A dead letter with its cause; the body stays as it came. Raises LeaseLost."""
    arrival.bury(now=now, error=words)
    _record([arrival], "given_up", actor="system", origin="worker", now=now)


@transaction.atomic
def replay_dead(*, ids: list[int] | None, actor: str, origin: str, now: datetime) -> list[Arrival]:
    """Process dead arrivals again (all when `ids` is None); returns those replayed."""
    dead = Arrival.objects.dead()
    rows = list((dead if ids is None else dead.filter(pk__in=ids)).select_for_update())
    Arrival.objects.filter(pk__in=[row.pk for row in rows]).update(
        dead_at=None, due_at=now, leased_until=None, unfinished=0, attempts=0,
        fence=F("fence") + 1,
    )  # fmt: skip
    _record(rows, "replayed", actor=actor, origin=origin, now=now)
    ring("intake")
    return rows


def _record(rows: list[Arrival], verb: str, *, actor: str, origin: str, now: datetime) -> None:
    record_many(
        [
            Entry(
                subject="arrival",
                subject_key=str(row.pk),
                verb=verb,
                actor=actor,
                origin=origin,
                programme_id=programme_id,
                fields={"connection": row.connection.key, "cause": row.last_error[:200]},
            )
            for row in rows
            for programme_id in told_of(row.connection, None)
        ],
        now=now,
    )
