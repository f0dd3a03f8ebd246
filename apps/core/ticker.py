"""The tick: passes over whatever is due, so that a lost bell, beat or broker costs seconds only.

Beat sends `core.tick` every TICK_SECONDS. When none has come for two ticks (broker gone, beat
gone), the thread of this module, one in each worker process, makes the passes itself.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils.module_loading import import_string

from apps.core.models import Heartbeat

PASSES_AT_ONCE = 3  # per drain and process: a slow system must not take every thread of a worker
HEARTBEAT_SECONDS = 10.0
Clock = Callable[[], datetime]
log = logging.getLogger(__name__)


def drains_of(queue: str) -> list[str]:
    """The drains whose bells ring on one Celery queue."""
    return [bell for bell, (_, on) in settings.BELLS.items() if on == queue]


class Ticker:
    """Makes passes on command, and by itself when nothing commands it for two ticks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._stopped = threading.Event()
        self._places = {bell: threading.Semaphore(PASSES_AT_ONCE) for bell in settings.DRAINS}
        self._heard_at = time.monotonic()
        self._noted: dict[str, float] = {}

    def start(self) -> None:
        """Watch from now on, in a thread that ends with the process."""
        self._heard_at = time.monotonic()
        threading.Thread(target=self._watch, name="ticker", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def hear(self, queue: str) -> int:
        """A tick of beat came for `queue`: one pass of each of its drains; returns rows handled."""
        self._heard_at = time.monotonic()
        self._note("beat")
        return sum(self.make_pass(bell) for bell in drains_of(queue))

    @property
    def hears_nothing(self) -> bool:
        return time.monotonic() - self._heard_at > 2 * settings.TICK_SECONDS

    def make_pass(self, bell: str) -> int:
        """One pass of a drain; 0 when this process already makes as many of it as it may."""
        if not self._places[bell].acquire(blocking=False):
            return 0
        try:
            return int(import_string(settings.DRAINS[bell])(now=self._clock()))
        finally:
            self._places[bell].release()

    def _watch(self) -> None:
        while not self._stopped.wait(settings.TICK_SECONDS):
            self._note("worker")
            connections.close_all()
            if self.hears_nothing:
                self._pass_all()

    def _pass_all(self) -> None:
        """A pass of each drain, in threads of their own: none waits for another's slow system."""
        for bell in settings.DRAINS:
            name = f"tick-{bell}"
            threading.Thread(target=self._pass_alone, args=[bell], name=name, daemon=True).start()

    def _pass_alone(self, bell: str) -> None:
        try:
            self.make_pass(bell)
        except Exception:  # the next tick tries again; the thread's end must not be the only trace
            log.exception("ticker: a pass failed", extra={"bell": bell})
        finally:
            connections.close_all()

    def _note(self, name: str) -> None:
        """Note that `name` is alive, at most every ten seconds."""
        at = time.monotonic()
        if at - self._noted.get(name, -HEARTBEAT_SECONDS) < HEARTBEAT_SECONDS:
            return
        try:
            Heartbeat.objects.beat(name, self._clock())
            self._noted[name] = at
        except DatabaseError as problem:
            log.warning("ticker: heartbeat not noted (%s)", type(problem).__name__)
