"""`manage.py drain`: handles waiting inbox and outbox rows here and now, without a broker."""

import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from apps.core import clock
from apps.core.health import Check, all_checks


class Command(BaseCommand):
    help = "Handle waiting inbox and outbox rows without a broker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--until-empty",
            action="store_true",
            help="also wait for rows that are due later (retries, leases of a worker that died)",
        )
        parser.add_argument(
            "--timeout", type=float, default=120.0, help="seconds to wait at most (120)"
        )

    def handle(self, *args: Any, until_empty: bool, timeout: float, **options: Any) -> None:
        counts = _one_pass()
        deadline = time.monotonic() + timeout
        while until_empty and _waiting() and time.monotonic() < deadline:
            time.sleep(0.2)
            counts = {name: counts[name] + more for name, more in _one_pass().items()}
        left = _waiting()
        done = ", ".join(f"{name} {count}" for name, count in counts.items())
        self.stdout.write(f"handled: {done}; left waiting: {left}")
        if until_empty and left:
            raise CommandError(
                f"{left} rows still wait after {timeout:.0f} s; see manage.py doctor"
            )


def _one_pass() -> dict[str, int]:
    return {name: _drain(path)(now=clock.now()) for name, path in settings.DRAINS.items()}


def _drain(path: str) -> Callable[..., int]:
    drain: Callable[..., int] = import_string(path)
    return drain


def _waiting() -> int:
    return sum(_rows(check) for check in all_checks(_now()))


def _rows(check: Check) -> int:
    return int(check.facts.get("waiting", 0))


def _now() -> datetime:
    return clock.now()
