"""Slows down callers who keep failing verification; verified callers never pass through here."""

import threading
from collections import OrderedDict, deque

FAILURES = 60  # unverified calls per address and window
WINDOW_SECONDS = 60.0
ADDRESSES = 10_000  # remembered at most; the longest silent is forgotten first


class Turnstile:
    """Counts failures per address over a sliding window, in this process."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def failed(self, address: str, at: float) -> float:
        """Note a failure at `at` (seconds); returns how long the caller must wait, 0 if not."""
        with self._lock:
            times = self._failures.setdefault(address, deque())
            self._failures.move_to_end(address)
            while times and times[0] <= at - WINDOW_SECONDS:
                times.popleft()
            if len(times) >= FAILURES:
                return times[0] + WINDOW_SECONDS - at
            times.append(at)
            if len(self._failures) > ADDRESSES:
                self._failures.popitem(last=False)
            return 0.0

    def clear(self) -> None:
        with self._lock:
            self._failures.clear()


turnstile = Turnstile()
