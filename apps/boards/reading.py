"""Reading a board: its columns with the first cards of each, filtered, counted within bounds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from apps.accounts.models import Person
from apps.boards.choices import BOARDS
from apps.boards.models import ColumnLimit, WorkItem
from apps.boards.rules import is_over, merged_limits
from apps.core.queries import first_keys

FIRST = 50  # cards of a column at first
MOST = 1000  # counted; "999+" above


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What a board shows; empty values filter nothing. `owner` may be "nobody"."""

    text: str = ""
    programme: str = ""
    product: str = ""
    severity: str = ""
    owner: str = ""
    kind: str = ""

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> "Filter":
        """From a query string."""
        names = ("text", "programme", "product", "severity", "owner", "kind")
        return cls(**{name: str(query.get(name, "")).strip()[:120] for name in names})

    @property
    def count(self) -> int:
        """How many filters are set."""
        return sum(bool(value) for value in vars(self).values())

    def apply(self, rows: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
        plain = {"programme__key": self.programme, "product__key": self.product, "kind": self.kind}
        rows = rows.filter(**{name: value for name, value in plain.items() if value})
        if self.severity in {"1", "2", "3"}:
            rows = rows.filter(severity=int(self.severity))
        if self.owner:
            nobody = Q(owner=None)
            rows = rows.filter(nobody if self.owner == "nobody" else Q(owner__username=self.owner))
        return rows.matching(self.text) if self.text else rows  # type: ignore[attr-defined]  # ours


@dataclass(frozen=True)
class ColumnShown:
    """A column: its first cards, how many there are in all (up to MOST), its limit."""

    key: str
    label: str
    cards: list[WorkItem]
    count: int
    limit: int | None
    lanes: list[tuple[str, list[WorkItem]]] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return is_over(self.count, self.limit)

    @property
    def more(self) -> int:
        return max(self.count - len(self.cards), 0)


def read_board(
    board: str, person: Person, asked: Filter, *, lanes: str = "", first: Mapping[str, int] = {}
) -> list[ColumnShown]:
    """The columns of a board as the person may see it, in three queries whatever it holds.

    Each column reads its cards over an index and stops; counting stops at MOST. `first` widens
    single columns.
    """
    facts = BOARDS[board]
    limits = merged_limits(facts.wip, _own_limits(board, person))
    seen = asked.apply(WorkItem.objects.visible_to(person)).order_by(facts.rank, "id")
    counted = first_keys([seen.filter(**{facts.field: key}) for key, _ in facts.columns], MOST)
    wanted = [
        keys[: min(max(first.get(key, FIRST), FIRST), MOST)]
        for (key, _), keys in zip(facts.columns, counted, strict=True)
    ]
    cards = _cards([key for keys in wanted for key in keys])
    shown = []
    for (key, label), keys, inside in zip(facts.columns, counted, wanted, strict=True):
        column = [cards[one] for one in inside if one in cards]  # not one deleted meanwhile
        shown.append(
            ColumnShown(key, label, column, len(keys), limits.get(key), _lanes(column, lanes))
        )
    return shown


def _cards(keys: list[int]) -> dict[int, WorkItem]:
    return WorkItem.objects.with_facts().in_bulk(keys) if keys else {}


def _own_limits(board: str, person: Person) -> dict[str, int]:
    rows = ColumnLimit.objects.filter(board=board)
    if not person.is_administrator:
        rows = rows.filter(programme__in=person.programme_ids())
    return dict(rows.values_list("column", "limit"))


def _lanes(cards: list[WorkItem], by: str) -> list[tuple[str, list[WorkItem]]]:
    """The cards of a column by product or severity; one lane without a name otherwise."""
    if by not in {"product", "severity"}:
        return [("", cards)]
    named: dict[str, list[WorkItem]] = {}
    for card in cards:
        name = str(card.product or "No product") if by == "product" else f"Severity {card.severity}"
        named.setdefault(name, []).append(card)
    return sorted(named.items())
