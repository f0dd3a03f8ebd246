"""Questions to the database that Django's own words do not reach."""

from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db.models import QuerySet


def first_keys(parts: Sequence[QuerySet[Any]], most: int) -> list[list[int]]:
    """The first `most` primary keys of each ordered queryset, in their order, in one query.

    Each part keeps its own index and stops early, which one condition over all of them would not.
    """
    pieces, values = [], list[Any]()
    for number, part in enumerate(parts):
        sql, params = part.values("pk")[:most].query.sql_with_params()
        pieces.append(f"SELECT {number} AS part, p.* FROM ({sql}) AS p")  # noqa: S608  # nosec B608 - our own SQL
        values.extend(params)
    found: list[list[int]] = [[] for _ in parts]
    if pieces:
        with connections[parts[0].db].cursor() as cursor:
            cursor.execute(" UNION ALL ".join(pieces), values)
            for number, key in cursor.fetchall():
                found[number].append(key)
    return found
