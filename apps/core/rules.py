"""Decisions about work: when to try again, when to give up."""

import random
from datetime import datetime, timedelta

MAX_UNFINISHED = 10  # a row that ended so many workers is a poison row
FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0


def backoff(*, attempts: int, asked: float | None = None, spread: float | None = None) -> timedelta:
    """How long to wait after `attempts` failures: doubling from 1 s to 60 s, with jitter.

    `asked` is what the other side asked for in seconds; we never come sooner. `spread` (0…1)
    replaces the random jitter in tests.
    """
    share = random.random() if spread is None else spread  # noqa: S311 - jitter, not a secret
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, 10)) if attempts else 0.0
    wait *= 0.75 + 0.25 * share
    return timedelta(seconds=max(wait, asked or 0.0))


def stop_reason(*, unfinished: int) -> str:
    """Why a row must not be tried again because of how its attempts ended, or an empty text."""
    if unfinished > MAX_UNFINISHED:
        return f"a worker stopped {unfinished - 1} times in a row while handling this"
    return ""


def is_late(last_seen: datetime | None, *, now: datetime, limit: timedelta) -> bool:
    """Whether something that should have been seen within `limit` was not."""
    return last_seen is not None and now - last_seen > limit


def in_words(span: timedelta) -> str:
    """A span as people say it: "42 min", "1 h 50", "3 h", "2 d"; below a minute "0 min"."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return f"{max(minutes, 0)} min"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest:02d}" if rest else f"{hours} h"
    return f"{hours // 24} d"
