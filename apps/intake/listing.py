"""What the inbox page lists: filters from the address, pages by keyset, what comes after a row."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.dateparse import parse_datetime

from apps.accounts.models import Person
from apps.intake.models import Message, MessageQuerySet

PAGE = 50
DONE = timedelta(hours=24)
MOST_DONE = 200
LONGEST = 120


@dataclass(frozen=True, kw_only=True)
class InboxFilter:
    """What the address asks for; an empty text asks nothing. `channel` is one by its id, or all
    that are "bound" or "unbound"; `after` is where the page starts."""

    programme: str = ""
    channel: str = ""
    site: str = ""
    phase: str = ""
    q: str = ""
    after: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """From a query string; what is not a filter is left out."""
        texts = {one.name: given.get(one.name, "") for one in fields(cls)}
        return cls(**{name: text.replace("\x00", "")[:LONGEST] for name, text in texts.items()})

    @property
    def is_narrow(self) -> bool:
        """Anything but the page is asked for."""
        return replace(self, after="") != InboxFilter()

    @property
    def count(self) -> int:
        """How many filters are set."""
        return len([value for value in asdict(replace(self, after="")).values() if value])

    def query(self, **changes: str) -> str:
        """The query string of these filters: "?site=636", or an empty text."""
        given = {name: value for name, value in (asdict(self) | changes).items() if value}
        return f"?{urlencode(given)}" if given else ""

    def narrow(self, rows: MessageQuerySet) -> MessageQuerySet:
        """Those of `rows` that are asked for, wherever the page starts."""
        wanted = Q()
        if self.programme:
            wanted &= Q(programme__key=self.programme)
        if self.channel.isdecimal():
            wanted &= Q(channel=int(self.channel[:18]))
        if self.channel in {"bound", "unbound"}:
            wanted &= Q(programme__isnull=self.channel == "unbound")
        if self.site:
            wanted &= Q(site__number__iexact=self.site.strip())
        if self.phase:
            wanted &= Q(phase=self.phase)
        if self.q.strip():
            wanted &= Q(text__icontains=self.q.strip())
        return rows.filter(wanted)


@dataclass(frozen=True)
class InboxPage:
    """A page of what waits, oldest first; `after` is where the next one starts."""

    rows: list[Message]
    after: str


def waiting_page(person: Person, asked: InboxFilter) -> InboxPage:
    """The page the address asks for, in one query: an index finds its rows, then they are read
    with their facts; joined first, a hundred thousand of them would be sorted."""
    rows = _waiting(person, asked)
    if start := _place(asked.after):
        rows = rows.filter(_beyond(*start))
    found = list(_with_facts(rows[: PAGE + 1]))
    page = found[:PAGE]
    return InboxPage(page, place_of(page[-1]) if len(found) > PAGE else "")


def next_waiting(person: Person, asked: InboxFilter, message: Message) -> Message | None:
    """The message to turn to after this one: the next in the list, else the first."""
    rows = _waiting(person, asked).exclude(pk=message.pk)
    following = rows.filter(_beyond(message.source_at, message.pk))
    return _with_facts(following[:1]).first() or _with_facts(rows[:1]).first()


def done_lately(person: Person, now: datetime) -> list[Message]:
    """What people closed in the last 24 hours, the last first."""
    rows = Message.objects.done().visible_to(person).filter(exit_at__gte=now - DONE)
    return list(_with_facts(rows[:MOST_DONE], "-exit_at", "-id"))


def _waiting(person: Person, asked: InboxFilter) -> MessageQuerySet:
    rows = Message.objects.inbox().visible_to(person)
    return asked.narrow(rows).order_by("source_at", "id")


def _with_facts(rows: MessageQuerySet, *order: str) -> MessageQuerySet:
    """These rows, with everything the page shows of them but the original."""
    found = Message.objects.filter(pk__in=rows.values("pk")).with_facts().defer("original")
    return found.order_by(*(order or ("source_at", "id")))


def _beyond(at: datetime, pk: int) -> Q:
    return Q(source_at__gte=at) & (Q(source_at__gt=at) | Q(pk__gt=pk))


def place_of(message: Message) -> str:
    """Where a page after this message starts, as the address says it."""
    return f"{message.source_at.isoformat()}~{message.pk}"


def _place(text: str) -> tuple[datetime, int] | None:
    """What `place_of` wrote; None for anything else: the list then starts at its beginning."""
    written, _, pk = text.replace(" ", "+").partition("~")
    try:
        at = parse_datetime(written)
    except ValueError:
        return None
    if at is None or at.tzinfo is None or not pk.isdecimal():
        return None
    return at, int(pk[:18])
