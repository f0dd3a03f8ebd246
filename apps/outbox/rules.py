"""Decisions about deliveries: what a failure means for the promise and for its connection."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.core.rules import backoff

LEASE = timedelta(seconds=40)  # longer than any call's total deadline, so a lease outlives its call
GIVE_UP_AFTER = timedelta(days=3)  # a system that is down for longer needs a person
MAX_SURPRISES = 8  # failures nobody foresaw (a defect): repeating will not help
RESTORED_AFTER = timedelta(hours=1)  # silence that means: this database was restored, or asleep
FRESH = timedelta(minutes=10)  # promised since: no part of a backup that is an hour old
LONGEST_QUIET = 30.0
MOST_AT_ONCE = 4  # calls to one connection under way; a worker has 8 threads


@dataclass(frozen=True)
class Failure:
    """What went wrong with an attempt, as the connector tells it."""

    words: str
    permanent: bool = False
    retry_after: float | None = None
    surprise: bool = False
    of_one: bool = False  # of this promise alone: the others need not wait


@dataclass(frozen=True)
class Verdict:
    """What becomes of the promise: a new time, or the end."""

    give_up: bool
    due_at: datetime


def judge(failure: Failure, *, attempts: int, created_at: datetime, now: datetime) -> Verdict:
    """Whether a failed delivery is tried again, and when.

    `attempts` counts this one. A permanent refusal ends it at once, a defect after MAX_SURPRISES,
    an outage after GIVE_UP_AFTER.
    """
    hopeless = failure.permanent or (failure.surprise and attempts >= MAX_SURPRISES)
    too_old = now - created_at > GIVE_UP_AFTER
    return Verdict(
        give_up=hopeless or too_old,
        due_at=now + backoff(attempts=attempts, asked=failure.retry_after),
    )


def quiet_for(failures: int, *, retry_after: float | None) -> timedelta:
    """How long a connection is left alone after `failures` in a row.

    Two failures may be chance; from the third on 2, 4, 8 … 30 s; never less than what the other
    side asked for.
    """
    wait = 0.0 if failures < 3 else min(LONGEST_QUIET, 2.0 ** min(failures - 2, 10))
    return timedelta(seconds=max(wait, retry_after or 0.0))


def was_restored(last_beat: datetime | None, *, now: datetime) -> bool:
    """Whether so much time passed since the last sign of life that waiting promises may be stale
    (a restored backup): they are then held until a person releases them. Quality, Q6."""
    return last_beat is not None and now - last_beat > RESTORED_AFTER
