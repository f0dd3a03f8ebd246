"""Queries that are asked all day, compiled once: putting one together costs Django more time than
the database needs to answer it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

MOST = 50  # keys; with more, the rows cost more than the words
FIRST = -(2**40)  # stands where the first key will be; no key is negative

Line = tuple[Any, ...]


@dataclass(frozen=True)
class Text:
    """One query for a number of keys, in the words of one kind of database."""

    sql: str
    params: Line
    converters: tuple[tuple[int, list[Callable[..., Any]], Any], ...]  # column, how, of what

    def with_keys(self, keys: Sequence[int]) -> Line:
        """The parameters, with these keys in their places."""
        places = {FIRST + place: key for place, key in enumerate(keys)}
        return tuple(places.get(param, param) for param in self.params)

    def read(self, line: Line) -> Line:
        """A row of the driver's as Django reads it."""
        values = list(line)
        for column, converters, expression in self.converters:
            value = values[column]
            for convert in converters:
                value = convert(value, expression, connection)
            values[column] = value
        return tuple(values)


class Compiled:
    """A `values_list` by keys: `Compiled(lambda keys: Leave.objects.filter(pk__in=keys)…)`.

    `query` may do nothing with the keys but look for them: it is called once for each number of
    keys and kind of database. Answers are those of the query itself, on both.
    """

    def __init__(self, query: Callable[[Sequence[int]], QuerySet[Any, Any]]) -> None:
        self._query = query
        self._texts: dict[tuple[str, int], Text] = {}

    def rows(self, keys: Sequence[int]) -> list[Line]:
        """The rows found now for these keys (not negative)."""
        if not keys:
            return []
        if len(keys) > MOST:
            return list(self._query(keys))
        text = self._text(len(keys))
        with connection.cursor() as cursor:
            cursor.execute(text.sql, text.with_keys(keys))
            lines = cursor.fetchall()
        return [text.read(line) for line in lines] if text.converters else lines

    def _text(self, count: int) -> Text:
        at = connection.vendor, count
        if at not in self._texts:
            query = self._query(range(FIRST, FIRST + count))
            compiler = query.query.get_compiler(connection=connection)
            sql, params = compiler.as_sql()
            found = compiler.get_converters([column[0] for column in compiler.select])
            converters = tuple((column, *how) for column, how in found.items())
            self._texts[at] = Text(sql, tuple(params), converters)
        return self._texts[at]
