"""Working through the inbox: claim arrivals, read them, record their messages."""

import json
import logging
from datetime import datetime, timedelta

from django.db import transaction

from apps.connectors.base import Unreadable
from apps.core.models import LeaseLost
from apps.core.rules import backoff
from apps.core.work import RunningClock
from apps.intake import services
from apps.intake.inboxes import inbox_for
from apps.intake.models import Arrival
from apps.paging.services import PostUnderWay

LEASE = timedelta(seconds=30)
BATCH = 20
MAX_SURPRISES = 8
log = logging.getLogger(__name__)


def process_due(*, now: datetime) -> int:
    """Process every arrival that is due; returns how many were tried."""
    clock = RunningClock(now)
    tried = 0
    while batch := Arrival.objects.claim(now=clock.now(), limit=BATCH, term=LEASE):
        for arrival in batch:
            process(arrival, clock)
            tried += 1
    return tried


def process(arrival: Arrival, clock: RunningClock) -> None:
    """One attempt at one claimed arrival. A lost lease leaves no trace."""
    try:
        arrival.begin(now=clock.now(), term=LEASE)
        _attempt(arrival, clock)
    except LeaseLost:
        log.warning("intake: arrival %s was taken over", arrival.pk)


def _attempt(arrival: Arrival, clock: RunningClock) -> None:
    if why := arrival.why_stop:
        services.give_up(arrival, words=why, now=clock.now())
        return
    try:
        _record(arrival, clock.now())
    except LeaseLost:
        raise
    except Unreadable as problem:
        services.give_up(arrival, words=str(problem), now=clock.now())
    except PostUnderWay as problem:
        _again(arrival, str(problem), clock.now())
    except Exception as problem:  # a defect must not stop the inbox; the row keeps its cause
        log.exception("intake: arrival %s failed unexpectedly", arrival.pk)
        _again_or_give_up(arrival, f"unexpected: {type(problem).__name__}", clock.now())


def _record(arrival: Arrival, now: datetime) -> None:
    """Messages and the end of the arrival, in one transaction: all of it or nothing."""
    inbox = inbox_for(arrival.connection.kind)
    if inbox is None:
        raise Unreadable(f"nothing here reads deliveries of kind {arrival.connection.kind}")
    envelope = json.loads(arrival.body)
    heard, signs = inbox.messages(envelope), inbox.reactions(envelope)
    with transaction.atomic():
        outcome = services.take_reactions(
            arrival=arrival, signs=signs, may_wait=arrival.attempts < MAX_SURPRISES, now=now
        )
        outcome = outcome or services.record_messages(arrival=arrival, heard=heard, now=now)
        arrival.finish(now=now, outcome=outcome[:200])


def _again_or_give_up(arrival: Arrival, words: str, now: datetime) -> None:
    if arrival.attempts >= MAX_SURPRISES:
        services.give_up(arrival, words=words, now=now)
    else:
        _again(arrival, words, now)


def _again(arrival: Arrival, words: str, now: datetime) -> None:
    arrival.postpone(due_at=now + backoff(attempts=arrival.attempts), error=words)
