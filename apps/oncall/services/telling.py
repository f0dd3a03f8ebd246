"""Who hears of a request for cover: those who are asked, then the one who asked. Promises are made
in the transaction of what they tell of; each says one thing to one person, once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from apps.accounts.models import Person
from apps.ledger.services import record
from apps.oncall.access import workers
from apps.oncall.choices import Answer
from apps.oncall.models import CoverRequest, Leave, Rota
from apps.oncall.rules import final_schedule
from apps.outbox.mail import mail_connection
from apps.outbox.models import Delivery
from apps.outbox.services import promise, withdraw

ASKED, UNANSWERED = "asked", "unanswered"  # beside the answers themselves
AT_LATEST = timedelta(minutes=5)  # a mail under way is out, or lost, by then


def tell_asked(row: CoverRequest, *, now: datetime) -> None:
    """A request was made: who is asked by name hears of it, else everybody who could take it."""
    for person in [row.asked] if row.asked else _able(row):
        _tell(row, person, ASKED, now)


def tell_asker(row: CoverRequest, answer: Answer, *, now: datetime) -> None:
    """A request was answered."""
    _tell(row, row.asked_by, answer.value, now)


def tell_withdrawn(row: CoverRequest, *, now: datetime) -> None:
    """A request was taken back: who was asked by name hears of it, unless they never heard of the
    request itself. One that is on its way goes first."""
    if row.asked is None:
        return
    asked = dedupe_key(row, row.asked, ASKED)
    if not withdraw(dedupe_key=asked):
        is_on_its_way = Delivery.objects.waiting().filter(dedupe_key=asked).exists()
        until = now + AT_LATEST if is_on_its_way else now
        _tell(row, row.asked, Answer.WITHDRAWN.value, now, waits_for=asked, due_at=until)


def pass_unanswered(*, now: datetime) -> int:
    """Tell who asked when their shift begins and nobody has taken it; close requests whose shift is
    over, or is the asker's no more. Returns how many were closed."""
    rows = CoverRequest.objects.waiting().with_people().filter(starts_at__lte=now)
    return sum(_pass(row, now) for row in rows)


def _pass(row: CoverRequest, now: datetime) -> bool:
    holders = holders_of(row, now)
    if row.ends_at <= now or row.asked_by.username not in holders:
        return _close(row, holders, now)
    if row.made_at < row.starts_at:
        _tell_unanswered(row, holders, now)
    return False


@transaction.atomic
def _close(row: CoverRequest, holders: set[str], now: datetime) -> bool:
    """False when it was answered, or closed, at this very moment."""
    waiting = CoverRequest.objects.waiting().filter(pk=row.pk)
    if not waiting.update(answer=Answer.PASSED, answered_at=now):
        return False
    _tell_unanswered(row, holders, now)
    record_cover(row, Answer.PASSED.value, "system", "worker", now, holders=sorted(holders))
    return True


@transaction.atomic
def _tell_unanswered(row: CoverRequest, holders: set[str], now: datetime) -> None:
    """Nobody is told that a shift stays theirs of which somebody else has a part."""
    if holders == {row.asked_by.username}:
        _tell(row, row.asked_by, UNANSWERED, now)


def holders_of(row: CoverRequest, now: datetime) -> set[str]:
    """Who has what is left of the shift asked for, or had it when it is over; usually one person,
    the asker unless somebody was put on duty instead."""
    facts = Rota.objects.with_facts().get(pk=row.rota_id).facts()
    start = max(row.starts_at, now) if now < row.ends_at else row.starts_at
    shifts = final_schedule(facts, start, row.ends_at)
    return {one.person_key for one in shifts if one.duty == row.duty}


def _able(row: CoverRequest) -> Iterable[Person]:
    """Those who may take it and are not away for all of it."""
    away = Leave.objects.filter(starts_at__lte=row.starts_at, ends_at__gte=row.ends_at)
    people: Iterable[Person] = (
        workers(row.rota.programme)
        .exclude(pk=row.asked_by_id)
        .exclude(pk__in=away.values("person"))
    )
    return people


def dedupe_key(row: CoverRequest, person: Person, says: str) -> str:
    """The name of the promise to tell somebody one thing of a request."""
    return f"cover:{row.pk}:{says}:{person.pk}"


def _tell(
    row: CoverRequest, person: Person, says: str, now: datetime, *, waits_for: str = "",
    due_at: datetime | None = None,
) -> None:  # fmt: skip
    if not person.email or not person.is_active:
        return
    promise(
        action="cover.email", connection=mail_connection(), subject="cover",
        subject_key=str(row.pk), programme_id=row.rota.programme_id,
        dedupe_key=dedupe_key(row, person, says), waits_for=waits_for,
        due_at=due_at,
        payload={"cover": row.pk, "person": person.pk, "says": says}, now=now,
    )  # fmt: skip


def record_cover(
    row: CoverRequest, verb: str, actor: str, origin: str, now: datetime, **more: Any
) -> None:
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
            **more,
        },
    )
