"""Keyset pages of lists on pages: any depth costs the same, in both directions."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_datetime

NAMES = ("after", "before")


@dataclass(frozen=True)
class Page:
    """Rows, and the query strings of the pages around them ("" when there is none)."""

    rows: list[Any]
    newer: str
    older: str


def page_of(rows: Any, *, column: str, is_down: bool, query: Mapping[str, str], size: int) -> Page:
    """A page of `rows` by one column and the id: what follows `after`, or comes before `before`.

    A cursor that cannot be read starts at the top.
    """
    after, before = (_read(query.get(name, "")) for name in NAMES)
    is_back = before is not None and after is None
    cursor = before if is_back else after
    goes_down = is_down != is_back
    if cursor is not None:
        rows = rows.filter(_beyond(column, cursor, goes_down))
    sign = "-" if goes_down else ""
    order = [f"{sign}{column}", f"{sign}id"] if column != "id" else [f"{sign}id"]
    found = list(rows.order_by(*order)[: size + 1])
    is_more, shown = len(found) > size, found[:size]
    if is_back:
        shown.reverse()
    has_newer = is_more if is_back else cursor is not None
    has_older = True if is_back else is_more
    return Page(
        shown,
        _query("before", shown[0], column) if shown and has_newer else "",
        _query("after", shown[-1], column) if shown and has_older else "",
    )


def _beyond(column: str, cursor: tuple[Any, int], goes_down: bool) -> Q:
    value, pk = cursor
    compare = "lt" if goes_down else "gt"
    if column == "id":
        return Q(**{f"id__{compare}": pk})
    return Q(**{f"{column}__{compare}": value}) | Q(**{column: value, f"id__{compare}": pk})


def _query(name: str, row: Any, column: str) -> str:
    value = getattr(row, column)
    plain = value.isoformat() if isinstance(value, datetime) else value
    text = json.dumps([plain, row.pk], separators=(",", ":"))
    return f"{name}={base64.urlsafe_b64encode(text.encode()).decode().rstrip('=')}"


def _read(text: str) -> tuple[Any, int] | None:
    if not text or len(text) > 600:
        return None
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError, binascii.Error):
        return None
    if not isinstance(pk, int) or not isinstance(value, str | int):
        return None
    instant = parse_datetime(value) if isinstance(value, str) and "T" in value else None
    return (instant or value), pk
