"""What a failure means, as arithmetic."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.rules import FIRST_WAIT, LONGEST_WAIT, backoff, stop_reason
from apps.outbox.rules import GIVE_UP_AFTER, Failure, judge, quiet_for, was_restored

NOW = datetime(2022, 6, 27, 14, 40, tzinfo=UTC)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_it_never_waits_longer_than_a_minute_nor_shorter_than_three_quarters(
    attempts: int, spread: float
) -> None:
    wait = backoff(attempts=attempts, spread=spread).total_seconds()
    assert 0.75 * FIRST_WAIT <= wait <= LONGEST_WAIT


@given(st.integers(1, 20), st.floats(0, 3600))
def test_it_never_comes_sooner_than_asked(attempts: int, asked: float) -> None:
    assert backoff(attempts=attempts, asked=asked) >= timedelta(seconds=asked)


def test_it_doubles() -> None:
    waits = [backoff(attempts=n, spread=1).total_seconds() for n in range(1, 9)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


@pytest.mark.parametrize(
    ("failure", "attempts", "age", "gives_up"),
    [
        (Failure("x"), 1, timedelta(), False),
        (Failure("x"), 500, GIVE_UP_AFTER, False),
        (Failure("x"), 1, GIVE_UP_AFTER + timedelta(seconds=1), True),
        (Failure("x", permanent=True), 1, timedelta(), True),
        (Failure("x", surprise=True), 7, timedelta(), False),
        (Failure("x", surprise=True), 8, timedelta(), True),
    ],
)
def test_it_judges(failure: Failure, attempts: int, age: timedelta, gives_up: bool) -> None:
    verdict = judge(failure, attempts=attempts, created_at=NOW - age, now=NOW)
    assert verdict.give_up is gives_up
    assert verdict.due_at > NOW


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 0), (2, 0), (3, 2), (4, 4), (5, 8), (9, 30), (99, 30)]
)
def test_it_leaves_a_system_alone_from_the_third_failure_on(failures: int, seconds: int) -> None:
    assert quiet_for(failures, retry_after=None) == timedelta(seconds=seconds)
    assert quiet_for(failures, retry_after=45) == timedelta(seconds=45)


@pytest.mark.parametrize(
    ("last", "restored"),
    [(None, False), (NOW - timedelta(minutes=60), False), (NOW - timedelta(minutes=61), True),
     (NOW + timedelta(minutes=5), False)],
)  # fmt: skip
def test_it_tells_a_restored_backup(last: datetime | None, restored: bool) -> None:
    assert was_restored(last, now=NOW) is restored


@pytest.mark.parametrize(("unfinished", "stops"), [(0, False), (10, False), (11, True)])
def test_it_stops_a_poison_row(unfinished: int, stops: bool) -> None:
    assert bool(stop_reason(unfinished=unfinished)) is stops
