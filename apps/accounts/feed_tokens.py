"""Calendar feeds: making one, revoking it, finding it by its token, noting that it was read.

The token is 256 random bits; only its SHA-256 is kept (docs/adr/0015). It is shown once.
"""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.module_loading import import_string

from apps.accounts.models import Feed, Person
from apps.core.calendars import Calendar, FeedKind
from apps.ledger.services import record

MOST = 50  # feeds of one person
NOTED_EVERY = timedelta(hours=1)
BACK_FOR = timedelta(days=1)  # a revocation can be undone so long
SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


class UnableToMakeFeed(Exception):
    """Why not, in words."""


def feed_kinds() -> dict[str, FeedKind]:
    """Every kind of calendar there is, by its key (portal/tables.py FEEDS)."""
    table: Any = import_string(settings.FEEDS)
    return {key: import_string(path) for key, path in table.items()}


@transaction.atomic
def make_feed(
    *, person: Person, kind: str, subject: str, actor: str, origin: str, now: datetime
) -> tuple[Feed, str]:
    """A feed of theirs and its address, which is told only here.

    Raises UnableToMakeFeed for something they may not see, for somebody who left, and past MOST.
    """
    offer = feed_kinds().get(kind)
    name = dict(offer.offered(person)).get(subject) if offer and person.is_active else None
    if offer is None or name is None:
        raise UnableToMakeFeed("there is no such calendar for this person")
    if Feed.objects.standing().filter(person=person).count() >= MOST:
        raise UnableToMakeFeed(f"{MOST} calendars are enough: revoke one first")
    token = secrets.token_urlsafe(32)
    feed = Feed.objects.create(
        person=person, kind=kind, subject=subject, name=f"{offer.label}: {name}"[:200],
        digest=_digest(token), created_at=now,
    )  # fmt: skip
    _record(feed, "created", actor, origin, now)
    return feed, address_of(token)


def address_of(token: str) -> str:
    return f"{settings.BASE_URL}{reverse('feed-file', args=[token])}"


@transaction.atomic
def revoke_feed(*, feed_id: int, actor: str, origin: str, now: datetime) -> Feed:
    """From now on its address leads nowhere. Twice does no harm."""
    feed = Feed.objects.select_for_update(of=("self",)).select_related("person").get(pk=feed_id)
    if feed.revoked_at is None:
        feed.revoked_at = now
        feed.save(update_fields=["revoked_at"])
        _record(feed, "revoked", actor, origin, now)
    return feed


@transaction.atomic
def restore_feed(*, feed_id: int, actor: str, origin: str, now: datetime) -> Feed:
    """Undo a revocation, for a day. Raises UnableToMakeFeed."""
    feed = Feed.objects.select_for_update(of=("self",)).select_related("person").get(pk=feed_id)
    if feed.revoked_at is not None and now - feed.revoked_at > BACK_FOR:
        raise UnableToMakeFeed("it was revoked more than a day ago: make a new one")
    if feed.revoked_at is not None:
        feed.revoked_at = None
        feed.save(update_fields=["revoked_at"])
        _record(feed, "restored", actor, origin, now)
    return feed


def feed_of(token: str) -> Feed | None:
    """The feed a token opens; None when it never was, was revoked, or its person left."""
    if not SHAPE.fullmatch(token):
        return None
    rows = Feed.objects.standing().filter(person__is_active=True).select_related("person")
    return rows.filter(digest=_digest(token)).first()


def calendar_of(feed: Feed) -> Calendar | None:
    """What it shows now; None when its person may not see that any more."""
    kind = feed_kinds().get(feed.kind)
    return kind.calendar(feed.subject, feed.person) if kind else None


def note_read(*, feed: Feed, now: datetime) -> bool:
    """Note that it was read, at most once an hour; True when it was written."""
    if feed.last_read_at is not None and now - feed.last_read_at < NOTED_EVERY:
        return False
    longer = Q(last_read_at=None) | Q(last_read_at__lte=now - NOTED_EVERY)
    return Feed.objects.filter(longer, pk=feed.pk).update(last_read_at=now) == 1


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _record(feed: Feed, verb: str, actor: str, origin: str, now: datetime) -> None:
    record(
        subject="feed", subject_key=f"{feed.kind} {feed.subject}"[:120], verb=verb, actor=actor,
        origin=origin, programme_id=None, now=now, fields={"person": feed.person.username},
    )  # fmt: skip
