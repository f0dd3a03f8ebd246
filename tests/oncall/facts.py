"""Plain builders of rota values for the tests of the rules."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from apps.core.periods import WeeklyHours
from apps.oncall.choices import Unit
from apps.oncall.rules import (
    DutyFacts,
    HandOff,
    LeaveFacts,
    OverrideFacts,
    RotaFacts,
    Shift,
    Turn,
    VersionFacts,
    final_schedule,
)

NEW_YORK = ZoneInfo("America/New_York")
MONDAY = date(2022, 5, 2)
PAIR = {"primary": ["ana", "ben"], "backup": ["ben", "ana"]}
OFFICE = {"mon-fri": "08:00-20:00"}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def version(
    duties: dict[str, list[Any]] | None = None,
    *,
    unit: Unit = Unit.WEEK,
    hand_off: str = "mon 08:00",
    starts_on: date = MONDAY,
    windows: dict[str, str] | None = None,
    **columns: Any,
) -> VersionFacts:
    """A version; people are usernames or Turns."""
    return VersionFacts(
        unit=unit,
        hand_off=HandOff.parse(hand_off),
        starts_on=starts_on,
        windows=None if windows is None else WeeklyHours.parse(windows),
        duties=tuple(
            DutyFacts(duty, tuple(one if isinstance(one, Turn) else Turn(one) for one in people))
            for duty, people in (duties or PAIR).items()
        ),
        **{"effective_from": starts_on, **columns},
    )


def rota(*versions: VersionFacts, zone: ZoneInfo = NEW_YORK, **columns: Any) -> RotaFacts:
    return RotaFacts(zone=zone, versions=versions or (version(),), **columns)


def leave(person: str, start: str, end: str) -> LeaveFacts:
    return LeaveFacts(person, local(start), local(end))


def override(person: str, start: str, end: str, duty: str = "primary") -> OverrideFacts:
    return OverrideFacts(duty=duty, person=person, starts_at=local(start), ends_at=local(end))


def turns(facts: RotaFacts, start: str, end: str, duty: str = "primary") -> list[str]:
    """Who has the duty, shift by shift: "ana", or "ana*" by override, "ana~" standing in."""
    mark = {"rota": "", "override": "*", "stand-in": "~"}
    return [one.person_key + mark[one.source] for one in shifts(facts, start, end, duty)]


def shifts(facts: RotaFacts, start: str, end: str, duty: str = "primary") -> list[Shift]:
    return [one for one in final_schedule(facts, local(start), local(end)) if one.duty == duty]


def spans(facts: RotaFacts, start: str, end: str, duty: str = "primary") -> list[str]:
    """The shifts as "ana 05-02 08:00 - 05-09 08:00", in the rota's wall time."""
    return [
        f"{one.person_key} {one.start.astimezone(facts.zone):%m-%d %H:%M}"
        f" - {one.end.astimezone(facts.zone):%m-%d %H:%M}"
        for one in shifts(facts, start, end, duty)
    ]
