"""Reading the checklist of a wave for its page: sites down, items across, a cell for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from apps.accounts.models import Person, names_of
from apps.rollouts.choices import Readiness, Status
from apps.rollouts.models import GoLive, ReadinessItem, ReadinessTemplate, Wave
from apps.rollouts.rules.readiness import (
    ItemFacts,
    Standing,
    due_at,
    due_on,
    item_standing,
    may_tick,
)
from apps.rollouts.services import TICKING

COLUMNS = ("id", "template_id", "go_live_id", "state", "evidence", "changed_by", "changed_at",
           "owner_id", "owner__name", "owner__username")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """An item as the matrix shows it. `owner` is a name where it was given to somebody."""

    id: int
    label: str  # site, product and item, for those who do not see row and column
    item: str
    state: str
    standing: Standing
    due_on: date
    owner: str
    told: str  # who changed it last, when, with what evidence
    may_tick: bool

    @property
    def is_open(self) -> bool:
        return self.state == Readiness.OPEN

    @property
    def is_late(self) -> bool:
        return self.standing in {"overdue", "red"}


@dataclass
class Column:
    """An item of the checklist: its cells counted, its first and last day, who else owns some."""

    template: ReadinessTemplate
    cells: list[Cell] = field(default_factory=list)

    @property
    def open(self) -> int:
        return sum(cell.is_open for cell in self.cells)

    @property
    def done(self) -> int:
        return len(self.cells) - self.open

    @property
    def late(self) -> int:
        return sum(cell.is_late for cell in self.cells)

    @property
    def days(self) -> list[date]:
        """The day it is due; the first and the last where they differ."""
        found = sorted({cell.due_on for cell in self.cells})
        return found if len(found) < 2 else [found[0], found[-1]]

    @property
    def owners(self) -> list[str]:
        """People some of its cells were given to."""
        return sorted({cell.owner for cell in self.cells if cell.owner})


@dataclass(frozen=True, slots=True)
class Row:
    """A go-live and its cells, one for each column; None where the item is not for its product."""

    go_live: GoLive
    cells: list[Cell | None]

    @property
    def has_open(self) -> bool:
        return any(cell is not None and cell.is_open for cell in self.cells)


@dataclass(frozen=True)
class Matrix:
    """The checklist of a wave."""

    columns: list[Column]
    rows: list[Row]

    @property
    def open(self) -> int:
        return sum(column.open for column in self.columns)

    @property
    def late(self) -> int:
        return sum(column.late for column in self.columns)


def matrix_of(wave: Wave, person: Person, now: datetime) -> Matrix:
    """The checklist of a wave as this person sees it, in a constant number of queries."""
    templates = list(ReadinessTemplate.objects.filter(programme=wave.programme_id).current())
    go_lives = _go_lives(wave) if templates else []
    columns = {one.pk: Column(one) for one in templates}
    cells = _cells(wave, columns, {row.pk: row for row in go_lives}, person, now)
    shown = [pk for pk, one in columns.items() if one.cells]
    rows = [Row(row, [cells.get((pk, row.pk)) for pk in shown]) for row in go_lives]
    return Matrix([columns[pk] for pk in shown], rows)


def _go_lives(wave: Wave) -> list[GoLive]:
    rows = GoLive.objects.filter(wave=wave).exclude(status=Status.CANCELLED)
    return list(rows.select_related("site", "product").order_by("site__number", "product_id", "id"))


def _cells(
    wave: Wave,
    columns: Mapping[int, Column],
    go_lives: Mapping[int, GoLive],
    person: Person,
    now: datetime,
) -> dict[tuple[int, int], Cell]:
    rows = ReadinessItem.objects.current().filter(go_live__wave=wave).order_by("id")
    found = list(rows.values_list(*COLUMNS))
    names = names_of(row[5] for row in found if row[5])
    roles = person.roles_in(wave.programme_id)
    make = _Maker(person, roles, names, now)
    cells = {}
    for row in found:
        template, go_live = columns[row[1]].template, go_lives[row[2]]
        cell = make.cell(row, template, go_live)
        columns[row[1]].cells.append(cell)
        cells[row[1], row[2]] = cell
    return cells


class _Maker:
    """Makes cells for one person at one instant."""

    def __init__(
        self, person: Person, roles: frozenset[str], names: Mapping[str, str], now: datetime
    ) -> None:
        self.person, self.names, self.now = person, names, now
        self.roles = roles if roles & TICKING else frozenset[str]()

    def cell(self, row: Sequence[Any], template: ReadinessTemplate, go_live: GoLive) -> Cell:
        pk, _, _, state, evidence, by, at, owner_id, owner, username = row
        offset, zone = template.offset_days, ZoneInfo(go_live.site.time_zone)
        ends_at = due_at(go_live.starts_on, offset, zone)
        facts = ItemFacts(state, ends_at, template.is_blocking, go_live.status)
        is_owner = bool(self.roles) and owner_id == self.person.pk
        return Cell(
            id=pk,
            label=f"{go_live.site.number} {go_live.product.name}, {template.name}",
            item=template.name,
            state=state,
            standing=item_standing(facts, self.now),
            due_on=due_on(go_live.starts_on, offset),
            owner=owner or username or "",
            told=self._told(by, at, evidence),
            may_tick=may_tick(roles=self.roles, owner_role=template.owner_role, is_owner=is_owner),
        )

    def _told(self, by: str, at: datetime | None, evidence: str) -> str:
        if at is None:
            return ""
        return f"{self.names.get(by, by)}, {at:%-d %b %Y}" + (f": {evidence}" if evidence else "")
