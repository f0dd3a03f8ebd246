"""When the demonstration's clock opens."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.supervisor.opening import EASTERN, is_working_time, offset_seconds, opens_at


def eastern(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN)


TUESDAY = "2026-06-23T10:40"


@pytest.mark.parametrize(
    ("started", "opens"),
    [
        ("2026-06-26T09:15", "2026-06-26T09:15"),  # a working morning
        ("2026-06-26T17:59:59", "2026-06-26T17:59:59"),
        ("2026-06-26T18:00", TUESDAY),  # Friday evening
        ("2026-06-27T12:00", TUESDAY),  # Saturday
        ("2026-06-28T23:59", TUESDAY),  # Sunday
        ("2026-06-29T03:00", TUESDAY),  # Monday, before the working day
        ("2026-06-29T07:59:59", TUESDAY),
        ("2026-06-29T08:00", "2026-06-29T08:00"),
        ("2026-06-30T03:00", TUESDAY),  # Tuesday before 10:40: the one before
        ("2026-06-30T19:00", "2026-06-30T10:40"),
        ("2026-03-08T12:00", "2026-03-03T10:40"),  # clocks went forward this Sunday
        ("2026-03-14T12:00", "2026-03-10T10:40"),
        ("2026-11-01T01:30", "2026-10-27T10:40"),  # the hour that comes twice
        ("2026-11-07T12:00", "2026-11-03T10:40"),
    ],
)
def test_it_opens_now_or_on_the_last_tuesday(started: str, opens: str) -> None:
    assert opens_at(eastern(started)) == eastern(opens)


@pytest.mark.parametrize(
    ("started", "seen", "opens"),
    [
        ("2026-06-28T12:00", "2026-06-23T12:40", "2026-06-23T12:40:01"),  # again on Sunday
        ("2026-06-27T12:00", "2026-06-22T12:00", TUESDAY),
        ("2026-06-27T12:00", TUESDAY, "2026-06-23T10:40:01"),
        ("2026-06-27T12:00", "2026-06-23T19:00", "2026-06-24T10:40"),  # ran into the evening
        ("2026-06-27T12:00", "2026-06-26T21:00", "2026-06-26T21:00:01"),  # no later morning yet
        ("2026-06-29T09:00", "2026-06-23T19:00", "2026-06-29T09:00"),
        ("2026-06-29T09:00", "2026-06-29T09:00:30", "2026-06-29T09:00:31"),
        ("2026-06-29T03:00", "2026-06-26T17:00", "2026-06-26T17:00:01"),
    ],
)
def test_it_never_goes_back(started: str, seen: str, opens: str) -> None:
    assert opens_at(eastern(started), eastern(seen)) == eastern(opens)


INSTANTS = st.datetimes(  # without a zone: the strategy adds it
    datetime(2025, 1, 1),  # noqa: DTZ001 - as above
    datetime(2028, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)


@given(now=INSTANTS, seen=st.none() | INSTANTS)
def test_it_is_later_than_what_was_seen_and_not_ahead_without_need(
    now: datetime, seen: datetime | None
) -> None:
    opened = opens_at(now, seen)
    assert seen is None or opened > seen
    assert opened <= now or (seen is not None and seen >= now - timedelta(seconds=1))


@given(now=INSTANTS)
def test_on_a_first_start_it_is_always_working_time(now: datetime) -> None:
    assert is_working_time(opens_at(now))


@given(now=INSTANTS, seconds=st.floats(-1e6, 1e6))
def test_the_offset_never_falls_short(now: datetime, seconds: float) -> None:
    target = now + timedelta(seconds=seconds)
    reached = now + timedelta(seconds=offset_seconds(target, now))
    assert target <= reached < target + timedelta(seconds=1)
