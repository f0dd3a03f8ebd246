"""Health checks: what is asked, what came of it, and what to do about it.

The project lists the checks of every app (portal/tables.py); `readyz`, `doctor` and the status page
show the same answers.
"""

import logging
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string

from apps.core.models import Heartbeat
from apps.core.rules import is_late

State = Literal["ok", "degraded", "broken"]
WORKER_LIMIT = timedelta(seconds=60)
LEAST_FREE = 200 * 1024 * 1024
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Check:
    """One answer: `words` say what is, `fix` what to do when it is not ok."""

    name: str
    state: State
    words: str
    fix: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


Ask = Callable[[datetime], Check]


def ready_checks(now: datetime) -> list[Check]:
    """What anybody may ask (settings.READY_CHECKS): no words of other systems among the answers."""
    return [_ask(path, now) for path in _listed(settings.READY_CHECKS)]


def all_checks(now: datetime) -> list[Check]:
    """Everything (settings.HEALTH_CHECKS), for those who run the portal."""
    return [_ask(path, now) for path in _listed(settings.HEALTH_CHECKS)]


def _listed(table: str) -> Iterable[str]:
    return cast("Iterable[str]", import_string(table))


def _ask(path: str, now: datetime) -> Check:
    try:
        return cast("Ask", import_string(path))(now)
    except DatabaseError as problem:
        return Check(name=path.rpartition(".")[2], state="broken",
                     words=f"the database does not answer ({type(problem).__name__})",
                     fix="Start the database, or mend DATABASE_URL.")  # fmt: skip


def database(now: datetime) -> Check:
    """Whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as problem:
        log.warning("health: database (%s)", type(problem).__name__)
        return Check(name="database", state="broken", words="the database does not answer",
                     fix="Start the database, or mend DATABASE_URL.")  # fmt: skip
    return Check(name="database", state="ok", words=connection.vendor)


def migrations(now: datetime) -> Check:
    """Whether the tables are as this version needs them."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Check(name="migrations", state="broken", words=f"{len(waiting)} not applied",
                     fix="Run `manage.py migrate`.")  # fmt: skip
    return Check(name="migrations", state="ok", words="all applied")


def broker(now: datetime) -> Check:
    """Whether the doorbell works; without it everything still happens, a little later."""
    try:
        with current_app.connection_for_write(connect_timeout=0.5) as wire:
            wire.ensure_connection(max_retries=1, interval_start=0, timeout=1)
    except Exception as problem:  # each broker's client raises its own kinds
        return Check(name="broker", state="degraded",
                     words=f"not reached ({type(problem).__name__}); work goes on with the tick",
                     fix="Start Redis, or mend REDIS_URL.")  # fmt: skip
    return Check(name="broker", state="ok", words="redis" if settings.REDIS_URL else "local files")


def workers(now: datetime) -> Check:
    """Whether a worker was seen lately."""
    last = Heartbeat.objects.last("worker")
    facts = {"last_seen": last.isoformat() if last else None}
    if last is None or is_late(last, now=now, limit=WORKER_LIMIT):
        words = (
            "none was ever seen" if last is None else f"none seen since {last:%Y-%m-%d %H:%M} UTC"
        )
        return Check(name="workers", state="degraded", words=words, facts=facts,
                     fix="Start one: `manage.py up --worker-only`.")  # fmt: skip
    return Check(name="workers", state="ok", words="seen within a minute", facts=facts)


def disk(now: datetime) -> Check:
    """Whether VAR_DIR has room to write."""
    free = shutil.disk_usage(settings.VAR_DIR).free
    words = f"{free // (1024 * 1024)} MiB free"
    if free < LEAST_FREE:
        return Check(name="disk", state="degraded", words=words, fix="Make room under VAR_DIR.")
    return Check(name="disk", state="ok", words=words)


def configuration(now: datetime) -> Check:
    """Settings that start, but should not stay so in production."""
    if settings.DEBUG:
        return Check(name="settings", state="degraded", words="DEBUG is on",
                     fix="Set DEBUG=0 outside development.")  # fmt: skip
    return Check(name="settings", state="ok", words=settings.BASE_URL)


def work_check(
    name: str,
    *,
    waiting: int,
    dead: int,
    oldest: datetime | None,
    now: datetime,
    held: int = 0,
) -> Check:
    """The check of a table of due rows: late after a minute, dead letters need a person."""
    lag = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    facts = {"waiting": waiting, "dead": dead, "held": held, "lag_seconds": round(lag, 1)}
    words = _work_words(waiting, lag, dead, held)
    if held:
        return Check(name=name, state="degraded", words=words, facts=facts,
                     fix="Look at them, then `manage.py replay --held`.")  # fmt: skip
    if dead:
        return Check(name=name, state="degraded", words=words, facts=facts,
                     fix="Mend the cause, then `manage.py replay --all`.")  # fmt: skip
    if lag > 60:
        return Check(name=name, state="degraded", words=words, facts=facts,
                     fix="Is a worker running, and does the other system answer?")  # fmt: skip
    return Check(name=name, state="ok", words=words, facts=facts)


def _work_words(waiting: int, lag: float, dead: int, held: int) -> str:
    parts = [f"{waiting} waiting, the oldest due for {lag:.0f} s"] if waiting else ["nothing waits"]
    parts += [f"{dead} dead"] if dead else []
    parts += [f"{held} held"] if held else []
    return "; ".join(parts)
