"""All children together: started in order, restarted when they crash, stopped within 10 s."""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType

from apps.core.supervisor.child import Child, Part, Say

PATIENCE = 7.0  # seconds for those who finish work; the rest of the 10 s is for the last ones
LAST_PATIENCE = 1.5
RESTART_PAUSE = 0.5
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class GaveUp(Exception):
    """A child crashed too often; the words say which one."""


class Family:
    """The children of one supervisor. `last` are those the others need until they have ended."""

    def __init__(self, parts: Sequence[Part], *, last: Sequence[Part], say: Say) -> None:
        self._last = [Child(part, say) for part in last]
        self._first = [Child(part, say) for part in parts]
        self._say = say
        self._asked = threading.Event()
        self._asked_again = threading.Event()

    def obey_signals(self) -> None:
        """From now on Ctrl-C, SIGTERM and SIGHUP end `run` instead of this process."""
        for number in SIGNALS:
            signal.signal(number, self._hear)

    def run(self, *, is_up: Callable[[], bool], when_up: Callable[[], None]) -> None:
        """Keep everybody running until a signal comes. Raises GaveUp.

        `when_up` is called once, as soon as `is_up` says yes.
        """
        try:
            self._start()
            self._watch(is_up, when_up)
        finally:
            self._stop()

    def _start(self) -> None:
        for child in [*self._last, *self._first]:
            child.start()

    def _watch(self, is_up: Callable[[], bool], when_up: Callable[[], None]) -> None:
        told = False
        while not self._asked.wait(0.2):
            for child in [*self._last, *self._first]:
                self._mend(child)
            if not told and is_up():
                told = True
                when_up()

    def _mend(self, child: Child) -> None:
        status = child.ended_with
        if status is None:
            return
        child.kill()  # whatever it had started itself
        if not child.may_restart():
            raise GaveUp(f"stopped: {child.name} ended with {status} too often within a minute")
        self._say(f"{child.name} ended with {status}; starting it again")
        if not self._asked.wait(RESTART_PAUSE):
            child.start()

    def _stop(self) -> None:
        self._end(self._first, PATIENCE)
        self._end(self._last, LAST_PATIENCE)

    def _end(self, children: Sequence[Child], patience: float) -> None:
        for child in children:
            child.terminate()
        until = time.monotonic() + patience
        while any(child.pid and child.ended_with is None for child in children):
            left = until - time.monotonic()
            if left <= 0 or self._asked_again.wait(min(left, 0.05)):
                break
        for child in children:
            child.kill()

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if self._asked.is_set():
            self._asked_again.set()
        self._asked.set()
