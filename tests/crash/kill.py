"""Kills a forked child at the N-th point of a path: before every database statement, before and
after every commit and every outgoing call.

Between two points something has happened outside of the process; what leaves the same world behind
is one point: after a statement and before the next, and before each of several reads in a row.
EVERY_READ=1 counts each of those (`make crash`), to show it."""

import os
import pathlib
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

import requests
from django.db import connection, connections

Path = Callable[[], None]
EVERY_READ = os.environ.get("EVERY_READ") == "1"


def is_read(statement: str) -> bool:
    """Whether it changes nothing and locks nothing."""
    return statement.startswith("SELECT ") and " FOR " not in statement and "pg_" not in statement


class Points:
    """Counts the points a path passes; at the chosen one the process is gone."""

    def __init__(self, fatal: int) -> None:
        self.fatal, self.passed = fatal, 0
        self.has_only_read = False

    def before(self, statement: str) -> None:
        """A point before this statement, unless nothing but reads happened since the last one."""
        only_reads = not EVERY_READ and is_read(statement)
        if not (only_reads and self.has_only_read):
            self()
        self.has_only_read = only_reads

    def __call__(self) -> None:
        self.passed += 1
        self.has_only_read = False
        if self.passed == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def acted(*args: Any, **kwargs: Any) -> Any:
            self()
            result = act(*args, **kwargs)
            self()
            return result

        return acted


def is_killed_at(
    point: int,
    path: Path,
    *,
    calls_only: bool = False,
    also: Callable[[Points], None] | None = None,
) -> bool:
    """Run `path` in a child that dies at `point` (from 1); False when it ended before that.

    With `calls_only` only outgoing calls are points; `also` may wrap more of them, in the child.
    """
    connections.close_all()
    assert not _open_databases(), "a connection open across a fork breaks SQLite's locks"
    child = os.fork()
    if child == 0:
        points = Points(point)
        if also is not None:
            also(points)
        _run(path, points, calls_only=calls_only)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.waitstatus_to_exitcode(status) == 0, "the path itself failed, see its trace above"
    return False


def _open_databases() -> list[str]:
    """Files of this test's SQLite database that this process holds open (Linux tells)."""
    name = str(connection.settings_dict["NAME"])
    descriptors = pathlib.Path("/proc/self/fd")
    if connection.vendor != "sqlite" or not descriptors.is_dir():
        return []
    held = [str(entry.resolve()) for entry in descriptors.iterdir()]
    return [file for file in held if file.startswith(name)]


def _run(path: Path, points: Points, *, calls_only: bool) -> None:
    try:
        requests.Session.send = points.around(requests.Session.send)  # type: ignore[method-assign]  # child only
        if not calls_only:
            connection.connect()
            connection._commit = points.around(connection._commit)  # type: ignore[attr-defined]  # child only
            connection.execute_wrappers.append(_wrapper(points))
        path()
    except BaseException:
        traceback.print_exc(file=sys.stderr)
        os._exit(3)
    os._exit(0)


def _wrapper(points: Points) -> Callable[..., Any]:
    def wrapper(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        points.before(sql)
        return execute(sql, *args)

    return wrapper
