"""Which tickets a message may belong to: similar words, and what both are about (product I8)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

MOST = 5
LEAST_ALIKE = 45.0  # per cent of similar words below which two texts have nothing in common
LEAST_SCORE = 50.0
_NOISE = re.compile(r"\[[^\]]*\]|[^\w\s]")  # masked words and punctuation say nothing


@dataclass(frozen=True, kw_only=True)
class About:
    """A text and what it is about; keys are 0 where that is not known."""

    text: str
    site: int = 0
    product: int = 0
    category: int = 0


@dataclass(frozen=True, kw_only=True)
class KnownTicket:
    """A ticket that is there already."""

    key: int
    about: About
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A ticket the message may belong to: 0 to 100, and why in words."""

    key: int
    score: int
    why: str


def suggest(message: About, tickets: Iterable[KnownTicket]) -> list[Suggestion]:
    """At most MOST tickets, the likeliest first; of equals the one listed first.

    Words count for up to 60, the same site 22, the same category 10, the same product 4, and an
    open ticket 4.
    """
    plain = _plain(message.text)
    found = [one for ticket in tickets if (one := _compare(message, plain, ticket)) is not None]
    return sorted(found, key=lambda one: -one.score)[:MOST]


def _compare(message: About, plain: str, ticket: KnownTicket) -> Suggestion | None:
    alike = fuzz.token_set_ratio(plain, _plain(ticket.about.text)) if plain else 0.0
    if alike < LEAST_ALIKE:
        return None
    shared = [
        (points, words)
        for name, points, words in _SHARED
        if getattr(message, name) and getattr(message, name) == getattr(ticket.about, name)
    ]
    score = 0.6 * alike + sum(points for points, _ in shared) + (4 if ticket.is_open else 0)
    if score < LEAST_SCORE:
        return None
    why = [words for _, words in shared] + [f"{alike:.0f} % of the words alike"]
    why += [] if ticket.is_open else ["resolved already"]
    return Suggestion(key=ticket.key, score=min(100, round(score)), why=", ".join(why))


_SHARED = (
    ("site", 22, "same site"),
    ("category", 10, "same category"),
    ("product", 4, "same product"),
)


def _plain(text: str) -> str:
    return " ".join(_NOISE.sub(" ", text).casefold().split())
