"""A pass over due rows: how the clock runs during it."""

import time
from datetime import datetime, timedelta


class RunningClock:
    """Starts at the `now` it was given and runs on with real elapsed time, for work that lasts."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._started = time.monotonic()

    def now(self) -> datetime:
        return self._now + timedelta(seconds=time.monotonic() - self._started)
