"""What edits leave as it was, in rotas of layers and in versions that follow working hours."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from apps.core.periods import WeeklyHours
from apps.oncall.choices import Unit
from apps.oncall.rules import OverrideFacts, RotaFacts, Turn, VersionFacts
from tests.oncall.facts import NEW_YORK, local, rota, spans, turns, version

DENVER = ZoneInfo("America/Denver")
DAY = WeeklyHours.parse({"mon-fri": "08:00-16:00"})
WORK = {"ana": (DAY, NEW_YORK), "ben": (DAY, DENVER), "dee": (DAY, NEW_YORK)}
TUESDAY = date(2022, 5, 3)


def follows(*people: str, **columns: object) -> VersionFacts:
    """Days from 06:00; ana and dee work 08:00 to 16:00 here, ben 10:00 to 18:00."""
    listed = [Turn(person, None, None, *WORK[person]) for person in people]
    columns = {"unit": Unit.DAY, "hand_off": "06:00", "follows": True, **columns}
    return version({"primary": listed}, **columns)  # type: ignore[arg-type] # any columns


def edit(clock: str, *people: str, **columns: object) -> VersionFacts:
    """The same, made on Tuesday 3 May at a wall time."""
    made_at = local(f"2022-05-03T{clock}")
    return follows(*people, effective_from=TUESDAY, made_at=made_at, **columns)


def named(person: str, slot: str) -> OverrideFacts:
    """An override of a slot that was made for a minute of it."""
    starts_at, ends_at = local("2022-05-06T12:00"), local("2022-05-06T12:01")
    return OverrideFacts(
        duty="primary", person=person, starts_at=starts_at, ends_at=ends_at, slot=slot
    )


@pytest.mark.parametrize(
    ("versions", "slot", "expected"),
    [
        (
            [version(), version(effective_from=date(2022, 5, 4), hand_off="tue 09:00")],
            "2022-05-03T09:00",
            "zed 05-04 00:00 - 05-10 09:00",
        ),
        (
            [version(effective_from=date(2022, 5, 5))],
            "2022-05-02T08:00",
            "zed 05-05 00:00 - 05-09 08:00",
        ),
    ],
)
def test_a_slot_that_began_before_its_version_is_taken_by_name(
    versions: list[VersionFacts], slot: str, expected: str
) -> None:
    facts = rota(*versions, overrides=(named("zed", slot),))
    found = spans(facts, "2022-05-01T00:00", "2022-05-20T00:00")
    assert [span for span in found if span.startswith("zed")] == [expected]


def test_a_layer_made_later_leaves_the_past_as_it_was() -> None:
    made_at = local("2022-05-18T11:00")
    late = version({"primary": ["dee"]}, layer="late", starts_on=date(2022, 5, 18), made_at=made_at)
    assert spans(rota(version(), late), "2022-05-01T00:00", "2022-05-30T08:00") == [
        "ana 05-02 08:00 - 05-09 08:00",
        "ben 05-09 08:00 - 05-16 08:00",
        "ana 05-16 08:00 - 05-18 11:00",
        "dee 05-18 11:00 - 05-23 08:00",
        "dee 05-23 08:00 - 05-30 08:00",
    ]


def test_where_nobody_of_a_layer_can_stand_in_the_layer_below_shows_through() -> None:
    above = version({"backup": ["ana"]}, layer="above")
    facts = rota(version({"primary": ["ana"], "backup": ["ben"]}), above)
    assert turns(facts, "2022-05-02T08:00", "2022-05-09T08:00", "backup") == ["ben"]


def test_days_of_a_duty_count_where_somebody_has_two() -> None:
    ana, ben = follows("ana", "ben").duties[0].turns
    until = replace(ana, ends_on=TUESDAY)
    both = version(
        {"primary": [until, ben], "backup": [ben, ana]},
        unit=Unit.DAY,
        hand_off="06:00",
        follows=True,
    )
    assert turns(rota(both), "2022-05-04T10:00", "2022-05-04T16:00") == ["ben"]
    assert turns(rota(both), "2022-05-04T10:00", "2022-05-04T16:00", "backup") == ["ana"]
    assert turns(rota(both), "2022-05-04T08:00", "2022-05-04T10:00") == []


@pytest.mark.parametrize("unit", [Unit.SHIFT, Unit.DAY])
def test_nobody_keeps_a_duty_over_a_weekend_that_is_no_slot(unit: Unit) -> None:
    days: dict[str, object] = {"unit": unit, "hand_off": "08:00"}
    before = version({"primary": ["ana", "ben"]}, windows={"mon-fri": "08:00-16:00"}, **days)  # type: ignore[arg-type] # any columns
    weeks = version({"primary": ["ana", "ben"]}, effective_from=date(2022, 5, 8))
    assert turns(rota(before, weeks), "2022-05-06T08:00", "2022-05-09T08:00") == ["ana", "ben"]


# --- edits of versions that follow working hours -------------------------------------------------


def on_tuesday(facts: RotaFacts) -> list[str]:
    return spans(facts, "2022-05-03T06:00", "2022-05-04T06:00")


def test_following_hours_from_now_on_leaves_the_past_as_it_was() -> None:
    facts = rota(replace(follows("ana", "ben"), follows=False), edit("11:00", "ana", "ben"))
    assert on_tuesday(facts) == ["ben 05-03 06:00 - 05-03 18:00"]
    assert turns(facts, "2022-05-02T20:00", "2022-05-02T21:00") == ["ana"]


def test_following_hours_begins_with_a_turn_where_nobody_is_at_work() -> None:
    """Ben has Tuesday, but works with nobody at 07:00: the group of both begins with Ana."""
    facts = rota(replace(follows("ana", "ben"), follows=False), edit("07:00", "ana", "ben"))
    assert on_tuesday(facts) == [
        "ben 05-03 06:00 - 05-03 07:00",
        "ana 05-03 08:00 - 05-03 16:00",
        "ben 05-03 16:00 - 05-03 18:00",
    ]
    assert turns(facts, "2022-05-04T10:00", "2022-05-04T16:00") == ["ben"]


def test_following_hours_no_more_keeps_who_is_on_duty_until_the_hand_off() -> None:
    after = replace(edit("11:00", "ana", "ben"), follows=False)
    facts = rota(follows("ana", "ben"), after)
    assert on_tuesday(facts) == ["ana 05-03 08:00 - 05-03 10:00", "ben 05-03 10:00 - 05-04 06:00"]
    assert turns(facts, "2022-05-02T20:00", "2022-05-02T21:00") == []


def test_a_newcomer_at_work_does_not_take_the_duty_from_who_has_it() -> None:
    facts = rota(follows("ana", "ben"), edit("11:00", "ana", "ben", "dee"))
    assert on_tuesday(facts) == ["ana 05-03 08:00 - 05-03 10:00", "ben 05-03 10:00 - 05-03 18:00"]


def test_who_is_taken_off_the_list_at_work_leaves_at_once() -> None:
    facts = rota(follows("ana", "ben"), edit("11:00", "ana", "dee"))
    assert on_tuesday(facts)[:2] == [
        "ana 05-03 08:00 - 05-03 10:00",
        "ben 05-03 10:00 - 05-03 11:00",
    ]


def test_turns_of_a_group_count_from_the_first_day() -> None:
    facts = rota(follows("ana", "ben", effective_from=TUESDAY))
    assert on_tuesday(facts) == ["ana 05-03 08:00 - 05-03 10:00", "ben 05-03 10:00 - 05-03 18:00"]
