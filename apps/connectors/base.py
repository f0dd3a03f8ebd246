"""What every connector speaks: values, errors and the small interfaces of outside systems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

Settings = Mapping[str, Any]
Secrets = Mapping[str, str]


class ConnectorError(Exception):
    """A call to an outside system did not do what was asked; its text is for people.

    permanent: repeating cannot help (a refusal, a business rule). retry_after: seconds the other
    side asked for. ambiguous: the request may have taken effect, so ask before repeating. of_one:
    the system itself works, it is about this one recipient.
    """

    def __init__(
        self,
        words: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        ambiguous: bool = False,
        of_one: bool = False,
    ) -> None:
        super().__init__(words)
        self.permanent = permanent
        self.retry_after = retry_after
        self.ambiguous = ambiguous
        self.of_one = of_one


class Forged(Exception):
    """The signature is bad, missing, malformed or stale."""


class Unreadable(Exception):
    """The body is not what this source sends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One event about one channel message, as its source tells it."""

    event: Literal["posted", "edited", "deleted"]
    channel_ref: str
    source_ref: str  # unique in the channel, exactly as the source writes it, never a number
    thread_ref: str  # source_ref of the thread's root; "" when this is a root
    version: str  # orderable as text, larger is newer, of the source's own clock
    source_at: datetime  # UTC, when the message was posted
    author_ref: str
    author_name: str
    text: str  # plain and readable: entities decoded, <@U1> as @U1, links as "label (url)"
    is_own: bool  # posted by our own app
    is_bot: bool  # posted by any bot


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """Somebody put a sign on a message."""

    channel_ref: str
    source_ref: str  # of the message, exactly as the source writes it
    posted_at: datetime  # UTC, when that message was posted
    author_ref: str  # who put it there
    name: str  # as the source calls the sign, without its skin tone
    at: datetime  # UTC, by the source's clock


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketDraft:
    """A record to be made at a ticket desk."""

    correlation_key: str
    title: str
    description: str
    impact: int
    urgency: int
    group: str
    category: str
    caller: str
    work_note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A record as the ticket desk holds it."""

    ref: str  # their identifier (sys_id)
    number: str
    state: str
    group: str
    title: str
    correlation_key: str
    updated_at: datetime | None
    mod_count: int
    created_at: datetime | None


class TicketDesk(Protocol):
    """A system that keeps tickets. Every method raises ConnectorError."""

    def find(self, correlation_key: str) -> list[Ticket]:
        """The tickets that carry our key, oldest first; [] when there are none."""
        ...

    def create(self, draft: TicketDraft) -> Ticket:
        """Makes one ticket and returns it as stored. Sent at most once."""
        ...

    def read(self, refs: Sequence[str]) -> list[Ticket]:
        """The tickets with these identifiers; those that are gone or hidden are left out."""
        ...


class Chat(Protocol):
    """A system of channels and threads. Every method raises ConnectorError."""

    def post(self, *, channel_ref: str, thread_ref: str, text: str, key: str) -> str:
        """Posts plain text, marked with our key; returns its source_ref. Sent at most once."""
        ...

    def find_post(self, *, channel_ref: str, thread_ref: str, key: str) -> str | None:
        """The source_ref of our post with that key in the thread, or None."""
        ...


class Inbound(Protocol):
    """The module of a source that posts to us: `connectors.<source>.inbound`."""

    def verify(
        self, *, headers: Mapping[str, str], body: bytes, signing_secret: str, at: float
    ) -> None:
        """Raises Forged unless the source signed `body` within 300 s of `at` (unix seconds)."""
        ...

    def handshake(self, envelope: dict[str, Any]) -> str | None:
        """What to answer when the source only checks our address, else None."""
        ...

    def delivery_key(self, envelope: dict[str, Any]) -> str | None:
        """A key that is the same for each repeat of one delivery, where the source has one."""
        ...

    def parse(self, envelope: dict[str, Any]) -> list[Message]:
        """The messages told of; [] when it is about something else. Raises Unreadable."""
        ...

    def reactions(self, envelope: dict[str, Any]) -> list[Reaction]:
        """The signs it tells of that were put on a message. Raises Unreadable."""
        ...
