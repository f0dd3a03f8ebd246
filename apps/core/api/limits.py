"""How many requests a caller may make: counted per token, person or address, in this process.

The counters live in the process: with N web processes a caller may reach up to N times the limit.
That is enough to stop a runaway script, which is what the limit is for.
"""

import math
import threading
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW = 60.0
USUAL = 600


@dataclass(frozen=True)
class Allowance:
    """What a caller has left in the current minute; `resets` in seconds."""

    limit: int
    used: int
    resets: float

    @property
    def is_over(self) -> bool:
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        """As draft-ietf-httpapi-ratelimit-headers says."""
        left = max(0, self.limit - self.used)
        return {
            "RateLimit-Policy": f'"minute";q={self.limit};w={WINDOW:.0f}',
            "RateLimit": f'"minute";r={left};t={math.ceil(self.resets)}',
        }


class Counters:
    """Requests per caller in the minute that runs; forgotten when it ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        self._started, self._used = -math.inf, dict[str, int]()

    def count(self, caller: str, *, limit: int, at: float) -> Allowance:
        """One more request of `caller` at the monotonic time `at`."""
        with self._lock:
            if at - self._started >= WINDOW:
                self._started, self._used = at, {}
            self._used[caller] = used = self._used.get(caller, 0) + 1
            return Allowance(limit, used, self._started + WINDOW - at)


counters = Counters()


def limit_per_minute() -> int:
    """settings.API_REQUESTS_PER_MINUTE; 0 means no limit."""
    return int(getattr(settings, "API_REQUESTS_PER_MINUTE", USUAL))


class CallerLimit(BaseThrottle):
    """Counts the request; over the limit it is answered 429 with Retry-After."""

    def allow_request(self, request: Request, view: Any) -> bool:
        limit = limit_per_minute()
        if not limit:
            return True
        self.allowance = counters.count(caller_of(request), limit=limit, at=time.monotonic())
        view.allowance = self.allowance
        return not self.allowance.is_over

    def wait(self) -> float | None:
        return self.allowance.resets


def caller_of(request: Request) -> str:
    """Whom to count: the token, else the signed-in person, else the address."""
    if request.auth is not None:
        return f"token:{getattr(request.auth, 'digest', '')[:32]}"
    if request.user.is_authenticated:
        return f"person:{request.user.pk}"
    return f"address:{request.META.get('REMOTE_ADDR', '')}"
