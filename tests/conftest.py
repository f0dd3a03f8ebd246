"""Fixtures for all tests: which services this run has, and what a missing one means."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.db import connection
from django.test import SimpleTestCase
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

from tests import emptying, migrated

TOUCHING = frozenset(
    {"db", "transactional_db", "live_server", "database_vendor", "postgresql_url", "redis_url"}
)

# No test fails on a clock: a busy machine is not a failure.
settings.register_profile("rollcall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rollcall")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sqlite_only: says something about SQLite alone")
    config.addinivalue_line("markers", "postgresql_only: says something about PostgreSQL alone")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the other pass of `make test` is for: what is about the other database, and on
    PostgreSQL also what touches none."""
    is_postgresql = connection.vendor == "postgresql"
    other = "sqlite_only" if is_postgresql else "postgresql_only"
    out = {
        item for item in items
        if item.get_closest_marker(other) or (is_postgresql and _is_without_database(item))
    }  # fmt: skip
    if out:
        config.hook.pytest_deselected(items=list(out))
        items[:] = [item for item in items if item not in out]


def _is_without_database(item: pytest.Item) -> bool:
    """pytest-django refuses such a test every query; those of these folders start the portal
    itself, with the database of the pass, and Django's own test cases ask without saying so."""
    starts_processes = item.path.parent.name in {"portal", "crash", "browser"}
    is_case = issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
    fixtures = getattr(item, "fixturenames", ())
    asks = item.get_closest_marker("django_db") or TOUCHING.intersection(fixtures)
    return not (starts_processes or is_case or asks)


@pytest.fixture(scope="session")
def _copy_of_the_database(
    django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[ExitStack | None]:
    """None where the migrated database was copied; else what has to be closed once it is kept."""
    with ExitStack() as stack:
        stack.enter_context(migrated.one_at_a_time())
        with django_db_blocker.unblock():
            is_there = migrated.use_copy()
        if is_there:
            stack.close()
        yield None if is_there else stack


@pytest.fixture(scope="session")
def django_db_setup(
    _copy_of_the_database: ExitStack | None,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """The test database, migrated once for all workers and runs."""
    if _copy_of_the_database is not None:
        with django_db_blocker.unblock():
            migrated.keep_copy()
        _copy_of_the_database.close()


@pytest.fixture(scope="module", autouse=True)
def _without_dead_rows(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> None:
    """What tests roll back stays in PostgreSQL's files until it is swept up: unswept, each test is
    slower than the one before, some in the end a hundred times."""
    if connection.vendor == "postgresql":
        request.getfixturevalue("django_db_setup")
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("VACUUM")


@pytest.fixture(scope="session")
def database_vendor() -> str:
    """`sqlite` or `postgresql`: what this pass runs on."""
    return connection.vendor


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The private Redis of this run; its databases may be emptied."""
    return _service("TEST_REDIS_URL", "Redis")


@pytest.fixture(scope="session")
def postgresql_url() -> str:
    """The private PostgreSQL of this run, also while the pass itself is on SQLite."""
    return _service("TEST_POSTGRESQL_URL", "PostgreSQL")


def _service(variable: str, name: str) -> str:
    url = os.environ.get(variable, "")
    if not url:
        miss = pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip
        miss(f"no {name} in this run ({variable} is empty; `make test` starts one)")
    return url


@pytest.fixture(scope="session", autouse=True)
def _tests_leave_nothing_quickly() -> None:
    emptying.take_over()
