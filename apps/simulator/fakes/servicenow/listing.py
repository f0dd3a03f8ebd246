"""Lists: query, page, and the headers that lead to the other pages."""

from collections.abc import Mapping
from urllib.parse import urlencode

from apps.simulator.fakes.servicenow.query import parse
from apps.simulator.fakes.servicenow.shape import known, read_from
from apps.simulator.fakes.servicenow.tables import Row, Tables

DEFAULT_LIMIT = 10_000


class Page:
    """The part of a table that one GET asks for."""

    def __init__(
        self, tables: Tables, table: str, params: Mapping[str, str], *, strict: bool
    ) -> None:
        """`strict`: a query that is not understood finds nothing, instead of too much."""
        query = parse(_query_text(params), lambda field: known(table, field))
        rows = [] if strict and query.invalid else tables.rows(table)
        found = query.find(rows, lambda row, path: read_from(tables, table, row, path))
        self.total = len(found)
        self.limit = _number(params.get("sysparm_limit"), DEFAULT_LIMIT) or DEFAULT_LIMIT
        self.offset = _number(params.get("sysparm_offset"), 0)
        self.rows: list[Row] = found[self.offset : self.offset + self.limit]

    def headers(self, url: str, params: Mapping[str, str]) -> list[tuple[str, str]]:
        """X-Total-Count and Link (no space after its commas; none when all is on one page)."""
        headers = []
        if params.get("sysparm_no_count") != "true":
            headers.append(("X-Total-Count", str(self.total)))
        quiet = params.get("sysparm_suppress_pagination_header") == "true"
        if not quiet and self.total > self.limit:
            headers.append(("Link", ",".join(self._links(url, params))))
        return headers

    def _links(self, url: str, params: Mapping[str, str]) -> list[str]:
        last = (self.total - 1) // self.limit * self.limit
        offsets = {"first": 0}
        if self.offset > 0:
            offsets["prev"] = max(self.offset - self.limit, 0)
        if self.offset + self.limit < self.total:
            offsets["next"] = self.offset + self.limit
        offsets["last"] = last
        return [_link(url, params, offset, rel) for rel, offset in offsets.items()]


def _link(url: str, params: Mapping[str, str], offset: int, rel: str) -> str:
    query = urlencode({**params, "sysparm_offset": str(offset)}, safe=",")
    return f'<{url}?{query}>;rel="{rel}"'


def _query_text(params: Mapping[str, str]) -> str:
    """`sysparm_query`, else the plain `name=value` pairs as conditions."""
    if "sysparm_query" in params:
        return params["sysparm_query"]
    pairs = (each for each in params.items() if not each[0].startswith("sysparm_"))
    return "^".join(f"{name}={value}" for name, value in pairs)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else default
