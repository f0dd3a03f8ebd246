"""How a record is shown: which fields, stored values or what people read, links or not."""

from collections.abc import Mapping
from typing import Any, Literal

from apps.simulator.fakes.servicenow.fields import (
    CHOICES,
    JOURNAL_LABELS,
    JOURNALS,
    NAMES,
    REFERENCES,
    TABLES,
)
from apps.simulator.fakes.servicenow.tables import Row, Tables

Mode = Literal["false", "true", "all"]


class Shape:
    """One request's way of showing records."""

    def __init__(self, tables: Tables, base: str, params: Mapping[str, str]) -> None:
        """`base` is the URL that links to other tables start with."""
        said = params.get("sysparm_display_value", "false").lower()
        self._mode: Mode = "true" if said == "true" else "all" if said == "all" else "false"
        self._links = params.get("sysparm_exclude_reference_link", "").lower() != "true"
        self._fields = [
            each.strip() for each in params.get("sysparm_fields", "").split(",") if each.strip()
        ]
        self._tables = tables
        self._base = base

    def show(self, table: str, row: Row) -> dict[str, Any]:
        """The record as JSON. Asked-for fields that do not exist are left out in silence."""
        names = self._fields or list(row)
        return {name: self._field(table, row, name) for name in names if known(table, name)}

    def _field(self, table: str, row: Row, name: str) -> Any:
        table, found, name = walk(self._tables, table, row, name)
        value = found.get(name, "")
        if table == "incident" and name in (*JOURNALS, "comments_and_work_notes"):
            value, display = "", self._journal(found, name)
        else:
            display = self._display(table, name, value)
        return self._shown(value, display, self._link(table, name, value))

    def _shown(self, value: str, display: str, link: dict[str, str]) -> Any:
        if self._mode == "all":
            return {"display_value": display, "value": value} | link
        if self._mode == "true":
            return {"display_value": display} | link if link else display
        return link | {"value": value} if link else value

    def _link(self, table: str, name: str, value: str) -> dict[str, str]:
        target = REFERENCES.get(table, {}).get(name)
        if not target or not value or not self._links:
            return {}
        return {"link": f"{self._base}/api/now/table/{target}/{value}"}

    def _display(self, table: str, name: str, value: str) -> str:
        target = REFERENCES.get(table, {}).get(name)
        if target and value:
            other = self._tables.row(target, value) or {}  # a dangling reference shows nothing
            return value if value == "global" else other.get("name", other.get("number", ""))
        return CHOICES.get(table, {}).get(name, {}).get(value, value)

    def _journal(self, row: Row, name: str) -> str:
        """All entries in one text, the newest first; only for people."""
        if self._mode == "false":
            return ""
        wanted = JOURNALS if name == "comments_and_work_notes" else (name,)
        entries = [
            f"{each['sys_created_on']} - {each['sys_created_by']} "
            f"({JOURNAL_LABELS[each['element']]})\n{each['value']}\n\n"
            for each in self._tables.rows("sys_journal_field")
            if each["element_id"] == row.get("sys_id") and each["element"] in wanted
        ]
        return "".join(reversed(entries))


def known(table: str, path: str) -> bool:
    """Whether a field exists, also one behind references (`assignment_group.name`)."""
    first, _, rest = path.partition(".")
    if first not in NAMES[table]:
        return False
    target = REFERENCES.get(table, {}).get(first, "")
    return not rest or (target in TABLES and known(target, rest))


def walk(tables: Tables, table: str, row: Row, path: str) -> tuple[str, Row, str]:
    """The table, record and field that a dot-walked path ends at; an empty record for none."""
    first, _, rest = path.partition(".")
    if not rest:
        return table, row, first
    target = REFERENCES[table][first]
    return walk(tables, target, tables.row(target, row.get(first, "")) or {}, rest)


def read_from(tables: Tables, table: str, row: Row, path: str) -> str:
    """The stored value at the end of a path."""
    _, found, name = walk(tables, table, row, path)
    return found.get(name, "")
