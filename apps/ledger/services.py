"""Writing the ledger, sealing it into a gap-free numbered chain, checking that chain."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from django.db import transaction

from apps.core.doorbell import ring
from apps.ledger import bell
from apps.ledger.models import Change, Head
from apps.ledger.rules import GENESIS, change_digest, digest_of, next_link

BATCH = 500
CHANNEL = "rollcall.ledger"  # of Redis
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One change to be recorded; see `record` for the meaning of its parts."""

    subject: str
    subject_key: str
    verb: str
    actor: str
    origin: str
    programme_id: int | None
    fields: Mapping[str, Any] | None = None


def record(
    *,
    subject: str,
    subject_key: str,
    verb: str,
    actor: str,
    origin: str,
    programme_id: int | None,
    now: datetime,
    fields: Mapping[str, Any] | None = None,
) -> Change:
    """Record one change, in the caller's transaction.

    `actor` is a username or "system"; `origin` where it came from ("api", "page", "worker",
    "command"); `fields` the changed fields only, as `{name: [before, after]}` or `{name: value}`,
    free text masked. Returns the row, not yet numbered: the sealer does that after commit.
    """
    entry = Entry(
        subject=subject,
        subject_key=subject_key,
        verb=verb,
        actor=actor,
        origin=origin,
        programme_id=programme_id,
        fields=fields,
    )
    return record_many([entry], now=now)[0]


def record_many(entries: Iterable[Entry], *, now: datetime) -> list[Change]:
    """Record several changes at once: one INSERT, one bell."""
    changes = [_change(entry, now) for entry in entries]
    Change.objects.bulk_create(changes, batch_size=BATCH)
    if changes:
        ring("ledger")
        transaction.on_commit(bell.ring, robust=True)
    return changes


def _change(entry: Entry, now: datetime) -> Change:
    change = Change(
        at=now,
        actor=entry.actor,
        origin=entry.origin,
        programme_id=entry.programme_id,
        subject=entry.subject,
        subject_key=entry.subject_key,
        verb=entry.verb,
        fields=dict(entry.fields or {}),
    )
    change.fields_digest = digest_of(change.fields)
    change.digest = change_digest(change.header(), change.fields_digest)
    return change


def head_seq() -> int:
    """The number of the last sealed change; 0 when there is none."""
    return Head.objects.filter(pk=1).values_list("seq", flat=True).first() or 0


def seal(*, now: datetime) -> int:
    """Number what was committed since the last time; returns how many changes were sealed.

    Row ids are not commit order, so readers go by `seq`. Sealers queue at the head row; a change
    that commits late is numbered late, never skipped. `now` is not used: sealing has no clock.
    """
    sealed = 0
    while count := _seal_batch():
        sealed += count
    if sealed:
        _publish()
    return sealed


def _publish() -> None:
    """Wake the hubs of other processes; a publication that is lost costs them one poll."""
    if not settings.REDIS_URL:
        return
    try:
        _redis(settings.REDIS_URL).publish(CHANNEL, "sealed")
    except redis.RedisError as problem:
        log.debug("ledger: nobody was told (%s)", type(problem).__name__)


@lru_cache(maxsize=2)
def _redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=0.2, socket_timeout=0.5)


@transaction.atomic
def _seal_batch() -> int:
    if not Change.objects.unsealed().exists():
        return 0
    Head.objects.get_or_create(pk=1, defaults={"link": GENESIS})
    head = Head.objects.select_for_update().get(pk=1)
    changes = list(Change.objects.unsealed().only("id", "digest")[:BATCH])
    for change in changes:
        head.seq += 1
        head.link = next_link(head.link, head.seq, change.digest)
        change.seq, change.link = head.seq, head.link
    Change.objects.bulk_update(changes, ["seq", "link"], batch_size=100)
    head.save(update_fields=["seq", "link"])
    return len(changes)


def verify(*, start: int = 0) -> list[str]:
    """Walk the chain; returns what is wrong in words, an empty list when it holds.

    Reads in batches, so memory stays flat. A purged payload (`fields` is null) still verifies.
    """
    problems: list[str] = []
    previous = Change.objects.sealed().filter(seq=start).first()
    link, expected = (previous.link if previous else GENESIS), start + 1
    for change in Change.objects.sealed().filter(seq__gt=start).iterator(chunk_size=BATCH):
        problems += _problems(change, link, expected)
        link, expected = change.link, (change.seq or 0) + 1
    head = Head.objects.filter(pk=1).first()
    if head and (head.seq, head.link) != (expected - 1, link):
        problems.append(f"the head says {head.seq}, the chain ends at {expected - 1}")
    return problems


def _problems(change: Change, link: str, expected: int) -> list[str]:
    problems = []
    if change.seq != expected:
        problems.append(f"change {change.seq}: number {expected} is missing")
    if change.fields is not None and digest_of(change.fields) != change.fields_digest:
        problems.append(f"change {change.seq}: its fields were altered")
    if change_digest(change.header(), change.fields_digest) != change.digest:
        problems.append(f"change {change.seq}: it was altered")
    if next_link(link, change.seq or 0, change.digest) != change.link:
        problems.append(f"change {change.seq}: it does not follow the one before")
    return problems
