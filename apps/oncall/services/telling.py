"""Who hears of a request for cover: those who are asked, then the one who asked. Promises are made
in the transaction of what they tell of; each says one thing to one person, once."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from apps.accounts.models import Person
from apps.ledger.services import record
from apps.oncall.access import workers
from apps.oncall.choices import Answer
from apps.oncall.models import CoverRequest, Leave
from apps.outbox.mail import mail_connection
from apps.outbox.services import promise

ASKED, UNANSWERED = "asked", "unanswered"  # beside the answers themselves


def tell_asked(row: CoverRequest, *, now: datetime) -> None:
    """A request was made: who is asked by name hears of it, else everybody who could take it."""
    for person in [row.asked] if row.asked else _able(row):
        _tell(row, person, ASKED, now)


def tell_asker(row: CoverRequest, answer: Answer, *, now: datetime) -> None:
    """A request was answered."""
    _tell(row, row.asked_by, answer.value, now)


def pass_unanswered(*, now: datetime) -> int:
    """Tell who asked when their shift begins and nobody has taken it; close requests whose shift is
    over. Returns how many were closed."""
    rows = CoverRequest.objects.waiting().with_people()
    for row in rows.filter(starts_at__lte=now, ends_at__gt=now, made_at__lt=F("starts_at")):
        with transaction.atomic():
            _tell(row, row.asked_by, UNANSWERED, now)
    return sum(_close(row, now) for row in rows.filter(ends_at__lte=now))


@transaction.atomic
def _close(row: CoverRequest, now: datetime) -> bool:
    """False when it was answered, or closed, at this very moment."""
    waiting = CoverRequest.objects.waiting().filter(pk=row.pk)
    if not waiting.update(answer=Answer.PASSED, answered_at=now):
        return False
    _tell(row, row.asked_by, UNANSWERED, now)
    record_cover(row, Answer.PASSED.value, "system", "worker", now)
    return True


def _able(row: CoverRequest) -> Iterable[Person]:
    """Those who may take it and are not away for all of it."""
    away = Leave.objects.filter(starts_at__lte=row.starts_at, ends_at__gte=row.ends_at)
    people: Iterable[Person] = (
        workers(row.rota.programme)
        .exclude(pk=row.asked_by_id)
        .exclude(pk__in=away.values("person"))
    )
    return people


def _tell(row: CoverRequest, person: Person, says: str, now: datetime) -> None:
    if not person.email or not person.is_active:
        return
    promise(
        action="cover.email", connection=mail_connection(), subject="cover",
        subject_key=str(row.pk), programme_id=row.rota.programme_id,
        dedupe_key=f"cover:{row.pk}:{says}:{person.pk}",
        payload={"cover": row.pk, "person": person.pk, "says": says}, now=now,
    )  # fmt: skip


def record_cover(row: CoverRequest, verb: str, actor: str, origin: str, now: datetime) -> None:
    """An entry of the ledger about a request, in the caller's transaction."""
    record(
        subject="cover",
        subject_key=f"{row.rota.key} {row.duty} {row.slot}",
        verb=verb,
        actor=actor,
        origin=origin,
        programme_id=row.rota.programme_id,
        now=now,
        fields={
            "asked_by": row.asked_by.username,
            "asked": row.asked.username if row.asked else "anybody",
            "in_return": f"{row.return_duty} {row.return_slot}".strip(),
        },
    )
