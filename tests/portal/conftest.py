"""Where portals of tests live: a folder, a port and a database of their own."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from apps.core.supervisor.places import free_port
from tests import migrated


@pytest.fixture
def new_environment(
    tmp_path: Path, database_vendor: str, db: None, request: pytest.FixtureRequest
) -> Iterator[dict[str, str]]:
    """A portal that never ran: on SQLite and the local broker, or on PostgreSQL and Redis."""
    made = _environment(tmp_path)
    if database_vendor == "sqlite":
        yield made
    else:
        with _on_postgresql(request, template="template1") as there:
            yield made | there


@pytest.fixture
def environment(
    tmp_path: Path, database_vendor: str, db: None, request: pytest.FixtureRequest
) -> Iterator[dict[str, str]]:
    """An empty portal whose database is migrated already, which takes seconds."""
    made = _environment(tmp_path)
    if database_vendor == "sqlite":
        Path(made["VAR_DIR"]).mkdir()
        shutil.copyfile(migrated.file(), Path(made["VAR_DIR"]) / "rollcall.sqlite3")
        yield made
    else:
        with _on_postgresql(request, template=migrated.name()) as there:
            yield made | there


def _environment(folder: Path) -> dict[str, str]:
    return {"VAR_DIR": str(folder / "var"), "PORT": str(free_port()), "DEMO": "0"}


@contextmanager
def _on_postgresql(request: pytest.FixtureRequest, template: str) -> Iterator[dict[str, str]]:
    server, name = request.getfixturevalue("postgresql_url"), f"up_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        yield {
            "DATABASE_URL": f"{server.rpartition('/')[0]}/{name}",
            "REDIS_URL": f"{request.getfixturevalue('redis_url').rpartition('/')[0]}/9",
            "SECRET_KEY": "only-for-tests-" + "x" * 40,
            "FIELD_KEYS": "cm9sbGNhbGwtdGVzdHMtZmllbGQta2V5LTAwMDAwMDE=",
        }
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
