"""Searching tickets for a part of their words: trigrams on both databases, the same meaning.

PostgreSQL has a GIN index over the upper-cased words (pg_trgm), SQLite an FTS5 table with the
trigram tokenizer beside the tickets (migration 0003). Texts of one or two letters fit no trigram:
they are looked up as they are.
"""

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

SHORTEST = 3


def containing(text: str) -> Q:
    """Tickets whose search text contains this text, whatever its case."""
    words = " ".join(text.split())
    if not words:
        return Q()
    if connection.vendor != "sqlite" or len(words) < SHORTEST:
        return Q(search_text__icontains=words)
    quoted = words.replace('"', '""')
    sql = "SELECT rowid FROM incidents_search WHERE incidents_search MATCH %s"
    return Q(pk__in=RawSQL(sql, [f'"{quoted}"']))  # noqa: S611  # nosec B611 - a parameter
