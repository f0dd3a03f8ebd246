"""Where a duty passes on, and what a note begins with."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.oncall.choices import Source
from apps.oncall.rules import Fact, Passing, Shift, Spell, is_asked_for, passings, prefilled, spells

DAY = datetime(2022, 6, 27, tzinfo=UTC)


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


def shift(start: float, end: float, who: str, duty: str = "primary", slot: str = "a") -> Shift:
    return Shift(at(start), at(end), duty, who, Source.ROTA, slot)


def passed(*shifts: Shift) -> list[tuple[float, float, str, str]]:
    found: list[Passing] = passings(spells(sorted(shifts)))
    return [((one.ends_at - DAY) / timedelta(hours=1), (one.starts_at - DAY) / timedelta(hours=1),
             one.outgoing, one.incoming) for one in found]  # fmt: skip


def test_shifts_that_touch_are_one_spell() -> None:
    found = spells([shift(8, 12, "ana"), shift(8, 20, "ben", "backup"), shift(12, 20, "ana"),
                    shift(32, 44, "ana")])  # fmt: skip
    assert found == [
        Spell(at(8), at(20), "backup", "ben"),
        Spell(at(8), at(20), "primary", "ana"),
        Spell(at(32), at(44), "primary", "ana"),
    ]


@pytest.mark.parametrize(
    ("shifts", "wanted"),
    [
        ([], []),
        ([shift(8, 20, "ana")], []),  # nobody follows
        ([shift(8, 20, "ana"), shift(20, 32, "ana")], []),  # the same person on both sides
        ([shift(8, 20, "ana"), shift(32, 44, "ana")], []),  # and after a night
        ([shift(8, 20, "ana"), shift(20, 32, "ben")], [(20, 20, "ana", "ben")]),
        ([shift(8, 20, "ana"), shift(80, 92, "ben")], [(20, 80, "ana", "ben")]),  # a weekend
        ([shift(8, 20, "ana"), shift(20 + 14 * 24 + 1, 400, "ben")], []),  # weeks later
        ([shift(8, 20, "ana"), shift(20, 32, "ben", "backup")], []),  # another duty
        (
            [shift(8, 10, "ana"), shift(10, 12, "dee"), shift(12, 20, "ana")],  # an override
            [(10, 10, "ana", "dee"), (12, 12, "dee", "ana")],
        ),
    ],
)
def test_a_duty_passes_where_its_holder_changes(
    shifts: list[Shift], wanted: list[tuple[float, float, str, str]]
) -> None:
    assert passed(*shifts) == wanted


def test_it_is_asked_for_once_handed_over_or_begun() -> None:
    assert not is_asked_for(None, at(8), at(7.99))
    assert is_asked_for(at(7), at(8), at(7.5))
    assert is_asked_for(None, at(8), at(8))


def test_a_note_begins_with_each_fact_once() -> None:
    facts = [Fact("INC-1 Kiosk"), Fact("INC-2  waits\nlong", is_watched=True), Fact("INC-1 Kiosk")]
    assert prefilled(facts) == ("- INC-1 Kiosk", "- INC-2 waits long")
    assert prefilled([]) == ("", "")
