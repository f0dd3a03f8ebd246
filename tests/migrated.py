"""The migrated, empty database, made once: whoever starts later gets a copy.

Migrations take seconds, and every worker of every run would pay them. The copy is named after what
the migrations are, so that a changed one is run again; `migrate` itself runs each time and finds
nothing to do. On SQLite a file beside pytest's cache, on PostgreSQL a template on the same server.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".pytest_cache"


def name() -> str:
    """What the copy is called: the same as long as no migration and no Django has changed."""
    digest = hashlib.sha256(django.__version__.encode())
    for path in sorted((ROOT / "apps").glob("*/migrations/*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return f"rollcall_migrated_{digest.hexdigest()[:16]}"


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """While it lasts no other process of this checkout makes a copy."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def use_copy() -> bool:
    """Have the test database begin as the copy; whether there is one."""
    if connection.vendor == "sqlite":
        return _use_file(file())
    settings: dict[str, Any] = connection.settings_dict["TEST"]
    if _is_on_server():
        settings["TEMPLATE"] = name()
        return True
    return False


def keep_copy() -> None:
    """Keep the test database as it is now: migrated and empty."""
    if connection.vendor == "sqlite":
        made = file().with_suffix(f".{os.getpid()}")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(made)])
        made.replace(file())
        return
    source = connection.settings_dict["NAME"]
    connection.close()
    with _server() as cursor:
        cursor.execute(f'CREATE DATABASE "{name()}" TEMPLATE "{source}"')


def file() -> Path:
    """The copy on SQLite."""
    return CACHE / f"{name()}.sqlite3"


def _use_file(kept: Path) -> bool:
    if not kept.exists():
        return False
    creation: Any = connection.creation
    create = creation._create_test_db

    def create_from_copy(*args: Any, **kwargs: Any) -> str:
        path: str = create(*args, **kwargs)
        shutil.copyfile(kept, path)
        return path

    creation._create_test_db = create_from_copy
    return True


def _is_on_server() -> bool:
    with _server() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name()])
        return cursor.fetchone() is not None


def _server() -> Any:
    """A cursor outside of the test database, as Django uses it to make one."""
    creation: Any = connection.creation
    return creation._nodb_cursor()
