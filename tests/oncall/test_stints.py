"""Shifts as people think of them: grouped by slot and person, given away whole or not at all."""

from datetime import UTC, datetime

import pytest

from apps.oncall.choices import Source
from apps.oncall.rules import Shift, instant_near, of_person, stints

SLOT = "2022-05-02T08:00"


def shift(day: int, person: str, slot: str = SLOT, source: Source = Source.ROTA) -> Shift:
    start, end = (datetime(2022, 5, day, hour, tzinfo=UTC) for hour in (12, 20))
    return Shift(start, end, "primary", person, source, slot)


def test_parts_of_a_slot_are_one_stint_for_each_person() -> None:
    found = stints(
        [shift(2, "ana"), shift(3, "ben"), shift(4, "ana")], datetime(2022, 5, 1, tzinfo=UTC)
    )
    assert [(one.person_key, len(one.shifts), one.is_whole) for one in found] == [
        ("ana", 2, False), ("ben", 1, False),
    ]  # fmt: skip
    assert found[0].length.total_seconds() == 16 * 3600


def test_what_is_over_does_not_keep_the_rest_from_being_given_away() -> None:
    found = stints([shift(2, "ben"), shift(3, "ana")], datetime(2022, 5, 3, tzinfo=UTC))
    assert [(one.person_key, one.is_whole) for one in found] == [("ana", True)]


def test_overrides_without_a_slot_stand_alone_and_stay() -> None:
    rows = [shift(day, "dee", "", Source.OVERRIDE) for day in (2, 3)]
    found = stints(rows, datetime(2022, 5, 1, tzinfo=UTC))
    assert [(len(one.shifts), one.is_whole) for one in found] == [(1, False), (1, False)]
    assert of_person(found, "ana") == []


@pytest.mark.parametrize(
    ("slot", "is_one"),
    [(SLOT, True), (f"nights/{SLOT}", True), ("", False), ("soon", False), ("0001-01-01", False),
     ("9999-12-31T23:59", False)],
)  # fmt: skip
def test_a_slot_names_an_instant_near_it(slot: str, is_one: bool) -> None:
    assert (instant_near(slot) is not None) is is_one
