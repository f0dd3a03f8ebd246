"""Readiness and the go/no-go of a wave (product R7): when an item is due and how it stands, what
a waiver covers, who may sign which part, what the signatures come to."""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from apps.core.periods import local_midnight

DAY = timedelta(days=1)
SOON = 3 * DAY  # so long before its day ends an item stands on its owner's console
MANAGERS = frozenset({"pm", "dm", "administrator"})
COUNTED = frozenset({"planned", "live"})  # status of the go-lives whose items fall due

# --- items ----------------------------------------------------------------------------------

Standing = Literal["ok", "due", "overdue", "red"]


def due_on(planned_on: date, offset_days: int) -> date:
    """The day an item is due: so many days after (or, negative, before) the go-live."""
    return planned_on + offset_days * DAY


@lru_cache(maxsize=2**14)
def due_at(planned_on: date, offset_days: int, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which that day ends on the site's own clock. A wave asks for few days
    and zones, but for each of its items."""
    return local_midnight(due_on(planned_on, offset_days) + DAY, zone)


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item of one go-live: `state` open, done or not_applicable; `status` is the go-live's."""

    state: str
    due_at: datetime
    blocks: bool
    status: str = "planned"

    @property
    def counts(self) -> bool:
        """Nothing falls due for a go-live that is paused, rolled back or cancelled."""
        return self.status in COUNTED


def item_standing(item: ItemFacts, at: datetime) -> Standing:
    """How an item stands at an instant: `ok` once it is done or not needed, `due` until its day
    has ended, then `overdue`; `red` when it is overdue and blocks the go."""
    if item.state != "open":
        return "ok"
    if not item.counts or at < item.due_at:
        return "due"
    return "red" if item.blocks else "overdue"


def is_pressing(item: ItemFacts, at: datetime) -> bool:
    """Whether an item belongs on its owner's console: overdue, or due soon."""
    return item.state == "open" and item.counts and item.due_at - SOON <= at


def may_tick(*, roles: Collection[str], owner_role: str, is_owner: bool) -> bool:
    """Items are ticked by their owner, by whoever has the owner's role, and by the managers."""
    return is_owner or owner_role in roles or bool(MANAGERS & set(roles))


@dataclass(frozen=True)
class Numbers:
    """Site numbers somebody pasted: those we know (as we write them), and what is none of them."""

    known: tuple[str, ...]
    unknown: tuple[str, ...]


SEPARATORS = re.compile(r"[^0-9A-Za-z._-]+")
EDGES = "._-"


def read_numbers(text: str, known: Iterable[str]) -> Numbers:
    """The site numbers of a text, each once, in its order; whatever stands between them.

    Case does not matter. What is no number of ours is reported as it was written, never left out.
    """
    ours = {number.casefold(): number for number in known}
    found: dict[str, None] = {}
    strange: dict[str, None] = {}
    for token in SEPARATORS.split(text):
        plain = token if token.casefold() in ours else token.strip(EDGES)
        if plain.casefold() in ours:
            found[ours[plain.casefold()]] = None
        elif plain:
            strange[plain] = None
    return Numbers(tuple(found), tuple(strange))


# --- findings and waivers -------------------------------------------------------------------

Level = Literal["red", "amber", "green"]


@dataclass(frozen=True)
class Finding:
    """What a check says of a wave. `facts` are the things it is about (site and product, ticket
    numbers): a waiver covers those it was given for and no others. `link` is a path of ours."""

    key: str
    words: str
    level: Level
    link: str = ""
    facts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class WaiverFacts:
    """A waiver that stands: the finding's key, and the facts it was given for."""

    key: str
    facts: frozenset[str]


def is_waived(finding: Finding, waivers: Iterable[WaiverFacts]) -> bool:
    """Whether a waiver covers the finding: it is about nothing the waiver was not given for. A
    finding that shrinks stays waived; one site, one ticket more, and it needs another waiver."""
    return any(one.key == finding.key and finding.facts <= one.facts for one in waivers)


def uncovered(findings: Iterable[Finding], waivers: Collection[WaiverFacts]) -> list[Finding]:
    """Red findings that no waiver covers: as long as there is one, nobody signs go."""
    return [one for one in findings if one.level == "red" and not is_waived(one, waivers)]


def findings_digest(findings: Iterable[Finding]) -> str:
    """Changes when what speaks against the go does; green findings and words do not count."""
    facts = sorted(
        (one.key, one.level, sorted(one.facts)) for one in findings if one.level != "green"
    )
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


# --- signatures -----------------------------------------------------------------------------


@dataclass(frozen=True)
class DeputyFacts:
    """Somebody who may sign a part for the one who named them; both by username."""

    part: str
    person: str
    named_by: str


@dataclass(frozen=True)
class Signature:
    """A signature that stands. `deputy_of` is who named the signer as deputy, empty for a holder
    of the role."""

    part: str
    person: str
    call: str
    deputy_of: str = ""

    @property
    def behind(self) -> frozenset[str]:
        """Everybody who stands behind it: the hand, and whose hand it is."""
        return frozenset({self.person, self.deputy_of} - {""})


@dataclass(frozen=True)
class Permission:
    """Whether somebody may sign: `why_not` is empty when they may, `deputy_of` as in Signature.
    `is_entitled` is False when they are nobody who signs this part, whatever else was signed."""

    why_not: str = ""
    deputy_of: str = ""
    is_entitled: bool = True

    def __bool__(self) -> bool:
        return not self.why_not


NOT_ENTITLED = "only its role and named deputies sign this part"
BOTH_PARTS = "the other part was signed by you: two people decide, not one"
SAME_HAND = "the other part was signed by or for somebody who would stand behind this one as well"


def may_sign(
    part: str,
    *,
    person: str,
    roles: Collection[str],
    deputies: Iterable[DeputyFacts],
    signatures: Iterable[Signature],
) -> Permission:
    """Whether a person with these roles (in this programme) may sign a part.

    Nobody stands behind both parts: neither by their own hand, nor through a deputy they named,
    nor as the deputy of one who signed. A holder of the role signs as such; of several who named
    the same deputy the first one counts that does not stand behind the other part.
    """
    named = [one.named_by for one in deputies if (one.part, one.person) == (part, person)]
    ways = ([""] if part in roles else []) + sorted(set(named))
    if not ways:
        return Permission(NOT_ENTITLED, is_entitled=False)
    others = [one for one in signatures if one.part != part]
    if any(one.person == person for one in others):
        return Permission(BOTH_PARTS)
    taken: frozenset[str] = frozenset().union(*(one.behind for one in others))
    for deputy_of in ways:
        if not Signature(part, person, "", deputy_of).behind & taken:
            return Permission(deputy_of=deputy_of)
    return Permission(SAME_HAND)


# --- verdict --------------------------------------------------------------------------------

PARTS = ("pm", "dm")
Word = Literal["open", "go", "no-go"]


@dataclass(frozen=True)
class Verdict:
    """What signatures, findings and waivers come to. `missing` are the parts nobody has signed,
    `blocking` the keys of red findings without a waiver."""

    word: Word
    missing: tuple[str, ...] = ()
    blocking: tuple[str, ...] = ()


def verdict(
    *,
    findings: Iterable[Finding],
    waivers: Collection[WaiverFacts],
    signatures: Sequence[Signature],
    has_begun: bool,
) -> Verdict:
    """One no-go is a no-go. A go needs both parts, and, until the wave begins, that no red finding
    is without a waiver; what comes up later is an incident, and the decision is history."""
    calls: Mapping[str, str] = {one.part: one.call for one in signatures}
    missing = tuple(part for part in PARTS if part not in calls)
    blocking = () if has_begun else tuple(one.key for one in uncovered(findings, waivers))
    if "no-go" in calls.values():
        return Verdict("no-go", missing, blocking)
    return Verdict("open" if missing or blocking else "go", missing, blocking)
