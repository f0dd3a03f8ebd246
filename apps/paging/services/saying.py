"""What is said in the thread of a page's message to whoever marked it, and to all who look on."""

from datetime import datetime

from apps.connections.models import Connection
from apps.connectors.base import Reaction
from apps.outbox.services import promise
from apps.paging.models import Page

HAS_IT, REFUSED = "has it", "refused"
DIRECT = "D"  # how the id of a conversation with one person begins


def say_who_has_it(
    page: Page, connection: Connection, reaction: Reaction, *, by: str, now: datetime
) -> None:
    """Once in a thread each time somebody takes the page; in the caller's transaction."""
    _say(page, connection, reaction, HAS_IT, about=by, now=now)


def say_refused(page: Page, connection: Connection, reaction: Reaction, *, now: datetime) -> None:
    """Once to each account whose sign takes nothing; in the caller's transaction."""
    _say(page, connection, reaction, REFUSED, about=reaction.author_ref, now=now)


def _say(
    page: Page, connection: Connection, reaction: Reaction, says: str, *, about: str, now: datetime
) -> None:
    place = f"{reaction.channel_ref}:{reaction.source_ref}"
    opened_at = page.reopened_at or page.started_at
    key = f"page:{page.key}:{says}:{place}:{opened_at.timestamp():.0f}:{about}"
    promise(
        action="page.thread", connection=connection, subject="page", subject_key=str(page.key),
        programme_id=page.programme_id, dedupe_key=key[:200], now=now,
        payload={"page": page.pk, "says": says, "channel": reaction.channel_ref,
                 "thread": reaction.source_ref},
    )  # fmt: skip
