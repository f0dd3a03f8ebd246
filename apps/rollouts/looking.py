"""What a file would do, as rows of a page: by kind, by text, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator

from apps.rollouts.rules import Slot
from apps.rollouts.services import ImportPreview
from apps.rollouts.sheets import csv_of

SIZE = 100
VERBS = ("moved", "added", "changed", "cancelled")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What the file does to one go-live (slots) or one site (columns)."""

    verb: str
    number: str
    name: str
    product: str = ""
    line: int | None = None
    before: Slot | None = None
    after: Slot | None = None
    columns: list[tuple[str, Any, Any]] = field(default_factory=list)

    @property
    def days(self) -> int:
        """By how many days it moves; negative is earlier."""
        if self.before is None or self.after is None:
            return 0
        return (self.after.planned_on - self.before.planned_on).days

    def has(self, text: str) -> bool:
        return text in f"{self.number} {self.name} {self.product}".casefold()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which differences a page shows; empty values filter nothing."""

    show: str = ""
    text: str = ""

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> "Asked":
        show = str(query.get("show", ""))
        return cls(show=show if show in VERBS else "", text=str(query.get("text", "")).strip()[:80])


def differences(preview: ImportPreview) -> list[Difference]:
    """All of them: what moves first, then what is new, then what changes, then what goes."""
    return _of_sites(preview) if preview.kind == "sites" else _of_schedule(preview)


def _of_schedule(preview: ImportPreview) -> list[Difference]:
    diff = preview.diff
    both: list[tuple[str, tuple[str, str], Slot | None, Slot | None]] = [
        *(("moved", key, one.before, one.after) for key, one in diff.moved.items()),
        *(("added", key, None, slot) for key, slot in diff.added.items()),
        *(("changed", key, one.before, one.after) for key, one in diff.changed.items()),
        *(("cancelled", key, slot, None) for key, slot in diff.removed.items()),
    ]
    return [
        Difference(verb=verb, number=key[0], name=preview.names.get(key[0], ""), product=key[1],
                   line=preview.lines.get(key), before=before, after=after)
        for verb, key, before, after in both
    ]  # fmt: skip


def _of_sites(preview: ImportPreview) -> list[Difference]:
    rows = [
        Difference(verb="changed" if one.before else "added", number=one.number,
                   name=preview.names.get(one.number, ""), line=one.line, columns=one.differing())
        for one in preview.sites
    ]  # fmt: skip
    return sorted(rows, key=lambda row: VERBS.index(row.verb))


def page_of_differences(
    preview: ImportPreview, asked: Asked, number: str | None
) -> "Page[Difference]":
    """The rows asked for, a page of them."""
    text = asked.text.casefold()
    rows = [
        row
        for row in differences(preview)
        if (not asked.show or row.verb == asked.show) and row.has(text)
    ]
    return Paginator(rows, SIZE).get_page(number)


def errors_csv(preview: ImportPreview) -> bytes:
    """What is to be mended, to work through beside the file."""
    rows = [[str(one.line), one.column, one.value, one.words] for one in preview.errors]
    return csv_of(["line", "column", "value", "what to do"], rows)
