"""The audit page: who did what to which object, in the order of the chain."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from apps.core.api.fields import written
from apps.core.pages import show
from apps.core.paging import page_of
from apps.ledger.models import Change, ChangeQuerySet, Head, Reader

SIZE = 50
MOST_CSV = 10_000
DAY = timedelta(days=1)
NAMES = ("subject", "subject_key", "actor", "verb", "first", "last")


@dataclass(frozen=True)
class Line:
    """A change with its fields as (name, before, after); before is None when only one is known."""

    change: Change
    fields: list[tuple[str, str | None, str]]


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Changes of one's programmes, newest first; filters in the address."""
    asked = _asked(request)
    page = page_of(
        _rows(request, asked), column="seq", is_down=True, query=request.GET.dict(), size=SIZE
    )
    base = urlencode(asked)
    facts = {
        "lines": [Line(change, fields_of(change.fields)) for change in page.rows],
        "newer": f"?{base}&{page.newer}" if page.newer else "",
        "older": f"?{base}&{page.older}" if page.older else "",
        "asked": asked,
        "query": base,
        "head": Head.objects.filter(pk=1).first(),
    }
    return show(request, "ledger/audit.html", facts, part="ledger/_audit.html")


@require_safe
def audit_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same as CSV, at most 10,000 changes."""
    rows = _rows(request, _asked(request)).order_by("-seq")[:MOST_CSV]
    lines = _lines(rows.iterator(chunk_size=500))
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _asked(request: HttpRequest) -> dict[str, str]:
    found = {name: request.GET.get(name, "").strip()[:120] for name in NAMES}
    return {name: value for name, value in found.items() if value}


def _rows(request: HttpRequest, asked: Mapping[str, str]) -> ChangeQuerySet:
    rows = Change.objects.visible_to(cast("Reader", request.user)).exclude(seq=None)
    plain = {name: asked[name] for name in ("subject", "subject_key", "actor", "verb")
             if name in asked}  # fmt: skip
    rows = rows.filter(**plain)
    first, last = _day(asked.get("first", "")), _day(asked.get("last", ""))
    if first:
        rows = rows.filter(at__gte=_midnight(first))
    return rows.filter(at__lt=_midnight(last + DAY)) if last else rows


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:  # a day that does not exist filters nothing
        return None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def fields_of(fields: Mapping[str, Any] | None) -> list[tuple[str, str | None, str]]:
    """The changed fields for people: name, before (None: unknown), after."""
    if fields is None:
        return [("purged", None, "the fields of this change were purged")]
    return [_field(name, value) for name, value in fields.items()]


def _field(name: str, value: Any) -> tuple[str, str | None, str]:
    if isinstance(value, list) and len(value) == 2:
        return name, _plain(value[0]), _plain(value[1])
    return name, None, _plain(value)


def _plain(value: Any) -> str:
    if value in (None, "", [], {}):
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


class _Echo:
    def write(self, line: str) -> str:
        return line


def _lines(rows: Iterable[Change]) -> Iterable[str]:
    writer = csv.writer(_Echo())
    names = ("number", "at", "actor", "origin", "subject", "key", "verb", "fields")
    yield writer.writerow(names)
    for row in rows:
        fields = json.dumps(row.fields, ensure_ascii=False, default=str)
        cells = (row.seq, written(row.at), row.actor, row.origin, row.subject, row.subject_key,
                 row.verb, fields)  # fmt: skip
        yield writer.writerow([_cell(cell) for cell in cells])


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula is made one again."""
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value
