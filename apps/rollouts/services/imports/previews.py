"""What a file would do, what is wrong with it, and reading its rows cell by cell."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from apps.rollouts.rules import ScheduleDiff
from apps.rollouts.rules.cells import BadCell, Cell, shown_of
from apps.rollouts.rules.days import DayOrder
from apps.rollouts.services.decisions import Step
from apps.rollouts.services.entries import Columns
from apps.rollouts.services.schedule import Key, Plan, UnableToChangeSchedule
from apps.rollouts.sheets import Table

MOST_ERRORS = 1000
SITE_COLUMNS = ("name", "parent", "region", "state", "time_zone", "opening_hours", "is_test")


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """How a file is meant: the order of 3/4/2022, and whether what it lacks is cancelled."""

    order: DayOrder = ""
    cancel_missing: bool = False


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with a cell and what to do. `column` is the file's own header, or "" when it
    is about the whole line."""

    line: int
    column: str
    value: str
    words: str

    def __str__(self) -> str:
        column = f", {self.column}" if self.column else ""
        return f"line {self.line}{column}: {self.value} {self.words}".replace("  ", " ")


@dataclass(frozen=True, slots=True)
class SiteChange:
    """What a file does to one site: its columns before (None: new) and after."""

    number: str
    before: Columns | None
    after: Columns
    line: int

    def differing(self) -> list[tuple[str, Any, Any]]:
        """Name, before and after of each column that differs; of a new site what it has."""
        before = self.before or dict.fromkeys(SITE_COLUMNS)
        return [
            (name, before[name], self.after[name])
            for name in SITE_COLUMNS
            if before[name] != self.after[name] and (self.before or self.after[name])
        ]


@dataclass
class ImportPreview:
    """What a file would do; nothing is written as long as there are errors."""

    kind: str
    rows: int = 0
    headers: dict[str, str] = field(default_factory=dict)  # our column: the file's header
    given: dict[str, str] = field(default_factory=dict)  # each header: our column, or ""
    ignored: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    diff: ScheduleDiff = field(default_factory=ScheduleDiff)
    lines: dict[Key, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # of the sites, by number
    steps: list[Step] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    sites: list[SiteChange] = field(default_factory=list)
    digest: str = ""

    @classmethod
    def of(cls, kind: str, table: Table) -> Self:
        """An empty one of a table that was read."""
        preview = cls(kind=kind, rows=len(table.rows), headers=table.headers,
                      given=table.given, ignored=table.others, notes=list(table.notes))  # fmt: skip
        for line, words in table.faults:
            preview.fail(line, "", "", words)
        return preview

    @property
    def is_empty(self) -> bool:
        return self.diff.is_empty and not self.sites

    @property
    def is_full(self) -> bool:
        """Enough errors to mend before looking again: no further row is read."""
        return len(self.errors) >= MOST_ERRORS

    @property
    def counts(self) -> dict[str, int]:
        """How many of what, by verb."""
        new = sum(one.before is None for one in self.sites)
        return {
            "added": len(self.diff.added) + new,
            "moved": len(self.diff.moved),
            "changed": len(self.diff.changed) + len(self.sites) - new,
            "cancelled": len(self.diff.removed),
        }

    def fail(self, line: int, column: str, value: str, words: object) -> None:
        if not self.is_full:
            self.errors.append(RowError(line, column, value, str(words)))

    def sign(self) -> None:
        """Sum up what is done: with another digest something else would be done."""
        facts = [
            sorted((key, str(value)) for key, value in part.items())
            for part in (self.diff.added, self.diff.moved, self.diff.changed, self.diff.removed)
        ]
        sites = [(one.number, one.before, one.after) for one in self.sites]
        self.digest = hashlib.sha256(repr((facts, sites)).encode()).hexdigest()[:24]


class BadRows(UnableToChangeSchedule):
    """The file has cells that cannot be taken: `preview` has them all, and nothing was written."""

    def __init__(self, preview: ImportPreview) -> None:
        count = len(preview.errors)
        words = f"{count} cell{'' if count == 1 else 's'} cannot be taken; {preview.errors[0]}"
        super().__init__(words)
        self.preview = preview


def refuse(preview: ImportPreview, digest: str) -> None:
    """Raise BadRows with errors, UnableToChangeSchedule when something else was looked at."""
    if preview.errors:
        raise BadRows(preview)
    if digest and digest != preview.digest:
        raise UnableToChangeSchedule("it would do something else by now: look again")


class Row:
    """Takes the cells of one row; what cannot be taken is noted with line, column and value."""

    def __init__(self, line: int, cells: Mapping[str, Cell], preview: ImportPreview) -> None:
        self.has_failed = False
        self.line = line
        self._cells, self._preview = cells, preview

    def take(self, column: str, read: Callable[[Cell], Any]) -> Any:
        """What `read` makes of the cell, or None with a note."""
        try:
            return read(self._cells.get(column))
        except BadCell as problem:
            self.fail(column, problem)
            return None

    def fail(self, column: str, words: object) -> None:
        self.has_failed = True
        header = self._preview.headers.get(column, column)
        self._preview.fail(self.line, header, shown_of(self._cells.get(column)), words)


def in_words(day: date) -> str:
    return f"{day:%-d %b %Y}"


def few(items: list[str], most: int = 5) -> str:
    """The first of a list, and how many more."""
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(items[:most]) + more
