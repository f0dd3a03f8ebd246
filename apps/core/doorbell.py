"""The doorbell: tells the workers that rows are waiting. It never holds work and never raises.

A bell that is lost (broker down, process killed) costs one tick, nothing else: work is rows. Bells
are rung after commit and carried by one background thread per process, so that neither a slow nor
an absent broker is ever felt by a request; rings for one queue that come while a bell is on its way
become one.
"""

import logging
import os
import threading
import time
from functools import partial

from celery import current_app
from django.conf import settings
from django.db import transaction

GAP_SECONDS = 0.01  # rings for one queue closer together than this become one
SILENCE_SECONDS = 5.0  # after a failure nothing is sent for so long
log = logging.getLogger(__name__)


def ring(bell: str) -> None:
    """Wake the task of `bell` (a key of settings.BELLS) once the current transaction commits."""
    task = settings.BELLS[bell]
    transaction.on_commit(partial(_carrier.carry, task), robust=True)


def flush(seconds: float = 1.0) -> None:
    """Wait until every bell rung so far was sent or given up; for commands about to end."""
    _carrier.flush(seconds)


class _Carrier:
    """The thread that sends; started with the first bell and again in a forked child."""

    def __init__(self) -> None:
        self._renew()
        os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        self._due: set[tuple[str, str]] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._busy = False
        self._silent_until = 0.0

    def carry(self, task: tuple[str, str]) -> None:
        if task in self._due:  # on its way already
            return
        with self._changed:
            self._due.add(task)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="doorbell", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not (self._due or self._busy), timeout=seconds)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._due))
                due, self._due, self._busy = self._due, set(), True
            for task in sorted(due):
                self._send(*task)
            with self._changed:
                self._busy = False
                self._changed.notify_all()
            time.sleep(GAP_SECONDS)

    def _send(self, name: str, queue: str) -> None:
        if time.monotonic() < self._silent_until:
            return
        try:
            current_app.send_task(name, queue=queue, retry=False, ignore_result=True, expires=60)
        except Exception as problem:  # whatever the broker's client raises: the tick finds the rows
            self._silent_until = time.monotonic() + SILENCE_SECONDS
            log.warning("doorbell: broker not reached (%s)", type(problem).__name__)


_carrier = _Carrier()
