"""When a site is handed over: its own midnight, the preview before, the message after."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from apps.core.periods import WeeklyHours
from apps.rollouts.rules import Fact, Facts
from apps.rollouts.rules.handover import handover_due

MONDAY = date(2022, 6, 13)
JUNETEENTH = date(2022, 6, 20)
HOURS = WeeklyHours.parse({"mon-fri": "08:00-16:30"})


def facts(zone: str = "America/Denver", **more: object) -> Facts:
    return Facts(starts_on=MONDAY, zone=ZoneInfo(zone), **more)  # type: ignore[arg-type]  # a test's


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2022, 6, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Asia/Manila", utc(19, 16)),
        ("America/Puerto_Rico", utc(20, 4)),
        ("America/Indiana/Indianapolis", utc(20, 4)),
        ("America/Boise", utc(20, 6)),
        ("America/Phoenix", utc(20, 7)),
        ("America/Anchorage", utc(20, 8)),
        ("Pacific/Honolulu", utc(20, 10)),
    ],
)
def test_it_falls_due_at_the_sites_own_midnight(zone: str, midnight: datetime) -> None:
    found = handover_due(facts(zone))
    assert found is not None
    assert found.due_at == midnight


def test_it_previews_on_the_last_working_day_before_at_two_site_time() -> None:
    found = handover_due(facts())
    assert found is not None
    assert found.preview_at == utc(17, 20)  # Friday 14:00 in Denver


def test_it_looks_past_a_holiday_for_the_preview() -> None:
    tuesday = Facts(starts_on=date(2022, 6, 14), zone=ZoneInfo("America/Denver"))
    found = handover_due(tuesday, holidays={JUNETEENTH})
    assert found is not None
    assert found.preview_at == utc(17, 20)


def test_it_closes_the_channel_when_the_site_opens() -> None:
    found = handover_due(facts(), opening=HOURS)
    assert found is not None
    assert found.closing_at == utc(20, 14)  # Monday 08:00 in Denver


def test_it_takes_eight_oclock_for_a_site_without_opening_hours() -> None:
    found = handover_due(facts("Pacific/Honolulu"))
    assert found is not None
    assert found.closing_at == utc(20, 18)


def test_it_waits_for_days_lost_to_a_pause() -> None:
    events = (Fact("pause", utc(14, 15)), Fact("resume", utc(16, 15)))
    found = handover_due(facts(events=events))
    assert found is not None
    assert found.due_at == utc(23, 6)


@pytest.mark.parametrize(
    "events",
    [
        (Fact("pause", utc(14, 15)),),
        (Fact("roll-back", utc(14, 15)),),
        (Fact("cancel", utc(1, 15)),),
    ],
)
def test_it_never_falls_due_for_what_does_not_go_on(events: tuple[Fact, ...]) -> None:
    assert handover_due(facts(events=events)) is None


def test_it_is_not_due_when_the_programme_closes_before() -> None:
    assert handover_due(facts(closes_on=date(2022, 6, 15))) is None
