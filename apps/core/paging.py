"""Keyset pages of lists on pages: any depth costs the same, in both directions."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.dateparse import parse_datetime

NAMES = ("after", "before")
LONGEST = 600  # characters of a cursor
LARGEST = 2**63 - 1


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
    field = rows.model._meta.get_field(column)
    after, before = (_read(query.get(name, ""), field) for name in NAMES)
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


def _read(text: str, field: Any) -> tuple[Any, int] | None:
    """What `_query` wrote; None for anything a row of this column could not have written."""
    if not text or len(text) > LONGEST:
        return None
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        return None
    found = _value(value, field)
    return None if found is None or not _is_number(pk) else (found, pk)


def _value(value: Any, field: Any) -> Any:
    """The value as the column has it, or None."""
    if isinstance(field, models.DateTimeField):
        return _instant(value)
    if isinstance(field, models.IntegerField):
        return value if _is_number(value) else None
    return value if isinstance(value, str) and _is_storable(value) else None


def _is_storable(text: str) -> bool:
    """Whether a database takes it: no NUL, no half of a surrogate pair."""
    return not any(sign == "\x00" or "\ud800" <= sign <= "\udfff" for sign in text)


def _instant(value: Any) -> datetime | None:
    try:
        found = parse_datetime(value)
        return found.astimezone(UTC) if found is not None and found.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def _is_number(value: Any) -> bool:
    return type(value) is int and abs(value) <= LARGEST
