"""How clocks differ, in words, across a change of daylight saving time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from apps.rollouts.rules import clock_difference, offset_words

JUNE = datetime(2022, 6, 15, 15, tzinfo=UTC)
DECEMBER = datetime(2022, 12, 15, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "other", "at", "words"),
    [
        ("America/Chicago", "America/New_York", JUNE, "1 h behind"),
        ("America/New_York", "America/Chicago", JUNE, "1 h ahead"),
        ("America/Denver", "America/Phoenix", JUNE, "1 h ahead"),
        ("America/Denver", "America/Phoenix", DECEMBER, "the same time now"),
        ("Pacific/Guam", "Pacific/Honolulu", JUNE, "20 h ahead"),
        ("Pacific/Pago_Pago", "Pacific/Honolulu", JUNE, "1 h behind"),
        ("Asia/Kolkata", "UTC", JUNE, "5 h 30 min ahead"),
        ("Australia/Lord_Howe", "Australia/Sydney", JUNE, "30 min ahead"),
    ],
)
def test_a_clock_beside_another(zone: str, other: str, at: datetime, words: str) -> None:
    assert clock_difference(ZoneInfo(zone), ZoneInfo(other), at) == words


@pytest.mark.parametrize(
    ("zone", "at", "words"),
    [("America/Chicago", JUNE, "UTC-05:00"), ("America/Chicago", DECEMBER, "UTC-06:00"),
     ("Asia/Kolkata", JUNE, "UTC+05:30"), ("UTC", JUNE, "UTC+00:00")],
)  # fmt: skip
def test_an_offset(zone: str, at: datetime, words: str) -> None:
    assert offset_words(ZoneInfo(zone), at) == words
