"""How the parts of the portal are started: web server, worker, beat, the demonstration's fakes."""

import os
import sys

from django.conf import settings
from django.db import connection

from apps.core.supervisor.child import Part

QUEUES = "intake,sync,page,report"
THREADS = 64  # of all web processes
SQLITE_THREADS = 80


def web(host: str, port: int) -> Part:
    """gunicorn. SQLite: one process with one lock in front of its writers; else one per core."""
    workers, threads = _web_size()
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    command = [
        *_module("gunicorn", "portal.wsgi:application", "--bind", place),
        *("--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads)),
        *("--no-control-socket", "--log-level", "warning", "--graceful-timeout", "5"),
        *("--timeout", "60", "--keep-alive", "5", "--config", "python:portal.gunicorn"),
    ]
    return Part(name="web", command=command, environment={"STREAMS": str(_streams(threads))})


def worker() -> Part:
    # Worker threads are ours; "mingle", "gossip" and heartbeats are for fleets that talk.
    quiet = ("--without-mingle", "--without-gossip", "--without-heartbeat")
    size = ("--pool", "threads", "--concurrency", "8", "--queues", QUEUES)
    command = _module("celery", "--quiet", "-A", "portal", "worker", *size, *quiet)
    return Part(name="worker", command=command)


def beat() -> Part:
    return Part(name="beat", command=_module("celery", "--quiet", "-A", "portal", "beat"))


def fakes(*, servicenow_port: int, slack_port: int) -> Part:
    """The built-in stand-ins of outside systems; what reached them is kept under VAR_DIR/fakes."""
    ports = ("--port-servicenow", str(servicenow_port), "--port-slack", str(slack_port))
    ledger = ("--ledger", str(settings.VAR_DIR / "fakes"))
    return Part(name="fakes", command=_module("apps.simulator.fakes", *ports, *ledger))


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]


def _web_size() -> tuple[int, int]:
    if connection.vendor == "sqlite":
        return 1, SQLITE_THREADS
    workers = os.cpu_count() or 1
    return workers, max(4, THREADS // workers)  # each thread holds a database connection


def _streams(threads: int) -> int:
    """Live streams hold a thread each; pages and hooks keep at least the other half."""
    return threads // 2 if settings.STREAMS is None else int(settings.STREAMS)
