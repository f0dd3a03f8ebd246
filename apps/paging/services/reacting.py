"""Acknowledging a page by a sign on the message that told of it, in Slack."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from apps.accounts.models import Person
from apps.connections.models import Connection
from apps.connectors.base import Reaction
from apps.outbox.models import Delivery, DeliveryQuerySet
from apps.paging.choices import Through
from apps.paging.models import Notice, Page, PageQuerySet
from apps.paging.rules import is_of_before, is_taking
from apps.paging.services.answering import acknowledge, may_take
from apps.paging.services.saying import DIRECT, say_refused, say_who_has_it

UNKNOWN = "a reaction of somebody unknown"
LATELY = 50  # pages somebody has: who marks one of them is told who
CLOCKS_APART = timedelta(seconds=30)  # at most, ours and theirs; one that is wrong costs a moment


class PostUnderWay(Exception):
    """A message to this person or channel is being posted, and may be the one that was marked."""


@transaction.atomic
def acknowledge_by_reaction(*, connection: Connection, reaction: Reaction, now: datetime) -> str:
    """Take the page whose message somebody marked, and say so in its thread; returns what came of
    it, in words.

    Without effect: another sign, somebody unknown, who only looks on or is not in the programme,
    a page somebody has already or that began again since, any other message. Raises PostUnderWay.
    """
    if not is_taking(reaction.name):
        return "a reaction that takes nothing"
    person = _person(connection, reaction)
    notice = _notice(connection, reaction, person)
    if notice is None:
        return "a reaction to something else"
    page = notice.step.page
    if person is None or not may_take(page=page, person=person, now=now):
        say_refused(page, connection, reaction, now=now)
        return "a reaction of somebody who may not acknowledge" if person else UNKNOWN
    return _taken(page, person, connection, reaction, now)


def _taken(
    page: Page, person: Person, connection: Connection, reaction: Reaction, now: datetime
) -> str:
    if is_of_before(reaction.at, reopened_at=page.reopened_at):
        return "a reaction of before it was opened again"
    is_first = acknowledge(
        page=page, person=person, through=Through.SLACK, origin=connection.key, now=now,
        said_at=reaction.at,
    )  # fmt: skip
    page.refresh_from_db()
    if not (page.acknowledged_by == person.username and _is_direct(reaction)):
        say_who_has_it(page, connection, reaction, by=page.acknowledged_by, now=now)
    return f"page {page.key} acknowledged" if is_first else "somebody was faster"


def _person(connection: Connection, reaction: Reaction) -> Person | None:
    handles = {"handles__kind": connection.kind, "handles__ref": reaction.author_ref}
    return Person.objects.filter(**handles, is_active=True).first()


def _notice(connection: Connection, reaction: Reaction, person: Person | None) -> Notice | None:
    """The notice this message told, of an open page or one of late; theirs, or of the channel."""
    pages = Page.objects.filter(programme__connections=connection)
    open_ones = _posts(connection, pages.open())
    for posts in (open_ones, _posts(connection, pages.past()[:LATELY])):
        told = posts.filter(result__source_ref=reaction.source_ref)
        if found := _meant(told, connection, reaction, person):
            return found
    since = reaction.posted_at + CLOCKS_APART
    under_way = open_ones.waiting().filter(attempts__gt=0, created_at__lte=since)
    if _meant(under_way, connection, reaction, person):
        raise PostUnderWay("a page is being posted there")
    return None


def _posts(connection: Connection, pages: PageQuerySet) -> DeliveryQuerySet:
    keys = [str(key) for key in pages.values_list("key", flat=True)]
    return Delivery.objects.filter(connection=connection, subject="page", subject_key__in=keys)


def _meant(
    posts: Iterable[Delivery], connection: Connection, reaction: Reaction, person: Person | None
) -> Notice | None:
    place = Q(channel=f"{connection.key}:{reaction.channel_ref}")
    if _is_direct(reaction):
        place = Q(person__isnull=False, person=person)
    keys = [one.dedupe_key for one in posts]
    rows = Notice.objects.filter(place, dedupe_key__in=keys)
    return rows.select_related("step__page__programme").first() if keys else None


def _is_direct(reaction: Reaction) -> bool:
    return reaction.channel_ref.startswith(DIRECT)
