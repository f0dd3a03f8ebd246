"""Pages of a list by keyset: as quick at the millionth row as at the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured, ValidationError
from django.db.models import Field, Model, Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from apps.core.api.problems import Problem

if TYPE_CHECKING:
    from django.db.models.options import Options

USUAL, MOST = 50, 200
SALT = "rollcall.api.cursor"
Ordering = tuple[str, ...]


@dataclass(frozen=True)
class Cursor:
    """Where a page starts: after (or, backwards, before) the row with these ordering values."""

    ordering: Ordering
    backwards: bool
    values: tuple[Any, ...]

    def text(self) -> str:
        return signing.dumps([self.ordering, self.backwards, self.values], salt=SALT)

    @classmethod
    def read(cls, text: str, ordering: Ordering) -> "Cursor":
        """Raises Problem 400 when we did not write it, or for a list in another order."""
        try:
            found, backwards, values = signing.loads(text, salt=SALT)
        except (signing.BadSignature, ValueError) as problem:
            words = "This cursor is not one of ours; start again without it."
            raise Problem(400, words, errors={"cursor": [words]}) from problem
        if tuple(found) != ordering:
            words = "This cursor belongs to another ordering; start again without it."
            raise Problem(400, words, errors={"cursor": [words]})
        return cls(ordering, bool(backwards), tuple(values))


class KeysetPagination(BasePagination):
    """Answers {next, previous, results}; `page_size` 1 to 200, `cursor`, `ordering`.

    The view says `ordering` (else the queryset's or model's own counts) and `ordering_fields`, what
    a caller may choose. Columns must not be null; the primary key is added as the last one.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        self.size = page_size(request)
        self.ordering = chosen_ordering(queryset, request, view)
        text = request.query_params.get("cursor")
        self.cursor = Cursor.read(text, self.ordering) if text else None
        backwards = bool(self.cursor and self.cursor.backwards)
        if self.cursor:
            queryset = queryset.filter(_beyond(queryset.model, self.cursor))
        order = _reversed(self.ordering) if backwards else self.ordering
        rows = list(queryset.order_by(*order)[: self.size + 1])
        self.has_more, self.page = len(rows) > self.size, rows[: self.size]
        if backwards:
            self.page.reverse()
        return self.page

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self._next(), "previous": self._previous(), "results": data})

    def _next(self) -> str | None:
        is_there = self.has_more if not (self.cursor and self.cursor.backwards) else True
        return self._link(self.page[-1], backwards=False) if self.page and is_there else None

    def _previous(self) -> str | None:
        if self.cursor is None or not self.page:
            return None
        is_there = self.has_more if self.cursor.backwards else True
        return self._link(self.page[0], backwards=True) if is_there else None

    def _link(self, row: Any, *, backwards: bool) -> str:
        values = tuple(_text(_value(row, name)) for name in self.ordering)
        cursor = Cursor(self.ordering, backwards, values)
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor.text())

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
        return [
            _parameter("cursor", "From `next` or `previous` of a page.", {"type": "string"}),
            _parameter("page_size", "Rows of a page.", size),
        ]


def _parameter(name: str, words: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": words, "schema": schema}


def page_size(request: Request) -> int:
    """The `page_size` asked for. Raises Problem 400 unless it is 1 to 200."""
    text = request.query_params.get("page_size", str(USUAL))
    if text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MOST:
        return int(text)
    words = f"page_size is a whole number from 1 to {MOST}."
    raise Problem(400, words, errors={"page_size": [words]})


def chosen_ordering(rows: QuerySet[Any], request: Request, view: Any) -> Ordering:
    """The columns to order by, primary key last. Raises Problem 400 for one that is not offered."""
    asked = request.query_params.get("ordering", "")
    names = [name.strip() for name in asked.split(",") if name.strip()]
    offered = tuple(getattr(view, "ordering_fields", None) or ())
    unknown = [name for name in names if name.removeprefix("-") not in offered]
    if unknown:
        words = f"Cannot order by {', '.join(unknown)[:100]}; offered: {', '.join(offered) or '-'}."
        raise Problem(400, words, errors={"ordering": [words]})
    ordering = names or _own_ordering(rows, view)
    keys = {_options(rows.model).pk.name, "pk"}
    if not any(name.removeprefix("-") in keys for name in ordering):
        ordering = [*ordering, "-pk" if ordering[-1:] and ordering[-1].startswith("-") else "pk"]
    for name in ordering:
        _column(rows.model, name.removeprefix("-"))
    return tuple(ordering)


def _own_ordering(rows: QuerySet[Any], view: Any) -> list[str]:
    own: Any = getattr(view, "ordering", None) or rows.query.order_by
    own = own or _options(rows.model).ordering or ()
    return [own] if isinstance(own, str) else [str(name) for name in own]


def _options(model: type[Model]) -> "Options[Any]":
    return model._meta


def _column(model: type[Model], name: str) -> "Field[Any, Any]":
    """The column behind `name` (`site__number` goes through foreign keys)."""
    first, _, rest = name.partition("__")
    options = _options(model)
    try:
        field = options.pk if first == "pk" else options.get_field(first)
    except FieldDoesNotExist as problem:
        raise ImproperlyConfigured(f"cannot page {model.__name__} by {name}") from problem
    if field.null:
        raise ImproperlyConfigured(f"cannot page {model.__name__} by {name}: it may be null")
    if rest and field.related_model is not None:
        return _column(field.related_model, rest)
    return field  # type: ignore[return-value]  # a concrete column


def _beyond(model: type[Model], cursor: Cursor) -> Q:
    """The rows on the far side of the cursor, in its direction."""
    values = _typed(model, cursor)
    condition, same = Q(pk__in=[]), Q()
    for name, value in zip(cursor.ordering, values, strict=True):
        column = name.removeprefix("-")
        side = "lt" if name.startswith("-") != cursor.backwards else "gt"
        condition |= same & Q(**{f"{column}__{side}": value})
        same &= Q(**{column: value})
    first = cursor.ordering[0]
    side = "lte" if first.startswith("-") != cursor.backwards else "gte"
    # Said twice for the database: the outer bound is what an index can start from.
    return Q(**{f"{first.removeprefix('-')}__{side}": values[0]}) & condition


def _typed(model: type[Model], cursor: Cursor) -> list[Any]:
    columns = [_column(model, name.removeprefix("-")) for name in cursor.ordering]
    try:
        return [
            column.to_python(value) for column, value in zip(columns, cursor.values, strict=True)
        ]
    except (ValidationError, ValueError) as problem:
        words = "This cursor is from another version; start again without it."
        raise Problem(400, words, errors={"cursor": [words]}) from problem


def _value(row: Any, name: str) -> Any:
    for part in name.removeprefix("-").split("__"):
        row = getattr(row, part)
    return row


def _text(value: Any) -> Any:
    return value if isinstance(value, int | str) else str(value)


def _reversed(ordering: Sequence[str]) -> list[str]:
    return [name[1:] if name.startswith("-") else f"-{name}" for name in ordering]
