"""Rows that tests committed go away again: of the tables that have any, in milliseconds.

Django empties every table, on PostgreSQL with a TRUNCATE that makes new files for each, and then
looks for content types and permissions again. What migrations wrote stays here, so nobody has to.
"""

import importlib
from collections.abc import Iterable
from typing import Any

from django.core.management.commands import flush
from django.db import connection

KEPT = {"django_migrations", "django_content_type", "auth_permission"}  # as migrations left them
TRIGGERS = ("ledger_change_no_update", "ledger_change_no_delete")  # SQLite; both would refuse


def emptied(tables: Iterable[str]) -> list[str]:
    """Statements that delete every row of these tables, whatever the database's own guards say."""
    filled = _filled(sorted(set(tables) - KEPT))
    deletes = [f'DELETE FROM "{table}"' for table in filled]  # noqa: S608 - our tables
    if connection.vendor == "postgresql":
        role = "SET session_replication_role = "  # neither triggers nor foreign keys
        return [role + "replica", *deletes, role + "DEFAULT"]
    ledger = importlib.import_module("apps.ledger.migrations.0002_append_only")
    drops = [f"DROP TRIGGER IF EXISTS {name}" for name in TRIGGERS]
    return [*drops, *deletes, ledger.SQLITE_UPDATE, ledger.SQLITE_DELETE]


def _filled(tables: Iterable[str]) -> list[str]:
    asked = [
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")"  # noqa: S608 - our tables
        for table in tables
    ]
    found: list[str] = []
    with connection.cursor() as cursor:
        for start in range(0, len(asked), 100):  # SQLite takes 500 in one
            cursor.execute(" UNION ALL ".join(asked[start : start + 100]))
            found += [row[0] for row in cursor.fetchall()]
    return found


def take_over() -> None:
    """Have Django's own flush, between tests that commit, do it this way."""

    def sql_flush(_operations: Any, _style: Any, tables: Iterable[str], **_: Any) -> list[str]:
        return emptied(tables)

    def found_again(*_: Any, **__: Any) -> None:
        """Content types and permissions were never gone."""

    operations: Any = type(connection.ops)
    operations.sql_flush = sql_flush
    command: Any = flush
    command.emit_post_migrate_signal = found_again
