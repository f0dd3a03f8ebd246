"""Keeping promises: claim one, count the attempt, act, record the outcome."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction

from apps.connectors.base import ConnectorError
from apps.core.models import Heartbeat, LeaseLost
from apps.core.work import RunningClock
from apps.outbox import services
from apps.outbox.handlers import Job, handler_for
from apps.outbox.models import Delivery
from apps.outbox.rules import FRESH, LEASE, Failure, judge, was_restored

log = logging.getLogger(__name__)
HEARTBEAT = "outbox"


def deliver_due(*, now: datetime, connection_id: int | None = None) -> int:
    """Send everything that is due, one after the other; returns how many attempts were made.

    Rows are claimed one at a time, so that a slow system holds up one row and not a batch; other
    workers take the rest meanwhile. `connection_id` limits it to one connection.
    """
    clock = RunningClock(now)
    hold_if_restored(now=now)
    attempts = 0
    while delivery := _claim_one(clock.now(), connection_id):
        deliver(delivery, clock)
        attempts += 1
    return attempts


def hold_if_restored(*, now: datetime) -> None:
    """Hold waiting deliveries when the last heartbeat is so old that this is a restored backup, but
    not what was promised since it woke up: an escalation goes on, perhaps before this is done."""
    last = Heartbeat.objects.last(HEARTBEAT)
    if was_restored(last, now=now):
        held = services.hold_waiting(before=now - FRESH, now=now)
        if held:
            log.warning("outbox: %s deliveries held, the last heartbeat was %s", held, last)
    if last is None or (now - last).total_seconds() >= 10:
        Heartbeat.objects.beat(HEARTBEAT, now)


def _claim_one(now: datetime, connection_id: int | None) -> Delivery | None:
    rows = Delivery.objects.all()
    if connection_id is not None:
        rows = rows.filter(connection_id=connection_id)
    return next(iter(rows.claim(now=now, limit=1, term=LEASE)), None)


def deliver(delivery: Delivery, clock: RunningClock) -> None:
    """One attempt at one claimed delivery. A lost lease leaves no trace."""
    try:
        delivery.begin(now=clock.now(), term=LEASE)
        _attempt(delivery, clock)
    except LeaseLost:
        log.warning("outbox: delivery %s was taken over", delivery.pk)


def _attempt(delivery: Delivery, clock: RunningClock) -> None:
    if why := delivery.why_stop:
        _fail(delivery, Failure(why, permanent=True), clock.now())
        return
    try:
        sent = handler_for(delivery.action).send(Job(delivery=delivery, clock=clock))
    except ConnectorError as problem:
        _fail(delivery, _failure(problem), clock.now())
    except LeaseLost:
        raise
    except Exception as problem:  # a defect in a handler must not stop the queue
        log.exception("outbox: delivery %s failed unexpectedly", delivery.pk)
        _fail(
            delivery, Failure(f"unexpected: {type(problem).__name__}", surprise=True), clock.now()
        )
    else:
        now = clock.now()
        with transaction.atomic():
            sent.settle(now)
            services.keep(delivery, result=sent.result, now=now)
            services.note_success(delivery.connection, now=now)


def _failure(problem: ConnectorError) -> Failure:
    return Failure(
        str(problem), permanent=problem.permanent, retry_after=problem.retry_after,
        of_one=problem.of_one,
    )  # fmt: skip


def _fail(delivery: Delivery, failure: Failure, now: datetime) -> None:
    verdict = judge(failure, attempts=delivery.attempts, created_at=delivery.created_at, now=now)
    log.warning("outbox: delivery %s, attempt %s failed", delivery.pk, delivery.attempts)
    if not verdict.give_up:
        services.postpone(delivery, failure=failure, due_at=verdict.due_at, now=now)
        return
    with transaction.atomic():
        services.give_up(delivery, failure=failure, now=now)
        if delivery.action in settings.OUTBOX_HANDLERS:
            handler_for(delivery.action).gave_up(delivery, words=failure.words, now=now)
