"""The difference of two schedules, and applying it."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as some

from apps.rollouts.rules.diffs import Key, ScheduleDiff, Slot, apply_diff, schedule_diff

MAY = date(2022, 5, 2)
A, B, C = ("442", "echeckin"), ("442GC", "echeckin"), ("636", "vse-cs")


def test_it_names_what_is_added_moved_changed_and_removed() -> None:
    before = {A: Slot(MAY, 1), B: Slot(MAY, 1)}
    after = {A: Slot(MAY + timedelta(days=7), 2), C: Slot(MAY, 1)}
    diff = schedule_diff(before, after)
    assert (diff.added, diff.removed) == ({C: Slot(MAY, 1)}, {B: Slot(MAY, 1)})
    assert (list(diff.moved), diff.moved[A].days, diff.changed) == ([A], 7, {})


def test_it_tells_a_change_of_wave_or_scope_from_a_move() -> None:
    diff = schedule_diff({A: Slot(MAY, 1)}, {A: Slot(MAY, 1, "two clinics")})
    assert (diff.moved, list(diff.changed)) == ({}, [A])


def test_it_is_empty_for_the_same_schedule() -> None:
    assert schedule_diff({A: Slot(MAY, 1)}, {A: Slot(MAY, 1)}).is_empty


def test_it_sorts_by_day_then_site() -> None:
    later = MAY + timedelta(days=1)
    diff = schedule_diff({}, {C: Slot(MAY), B: Slot(later), A: Slot(later)})
    assert list(diff.added) == [C, A, B]


KEYS = some.tuples(some.sampled_from(["442", "442GC", "636"]), some.sampled_from(["a", "b"]))
SLOTS = some.builds(
    Slot,
    some.dates(MAY, MAY + timedelta(days=200)),
    some.none() | some.integers(1, 17),
    some.sampled_from(["", "two clinics"]),
)
SCHEDULES = some.dictionaries(KEYS, SLOTS)


@given(before=SCHEDULES, after=SCHEDULES)
def test_applying_a_difference_gives_the_other_schedule(
    before: dict[Key, Slot], after: dict[Key, Slot]
) -> None:
    assert apply_diff(before, schedule_diff(before, after)) == after


@given(before=SCHEDULES, after=SCHEDULES)
def test_a_difference_names_each_go_live_once(
    before: dict[Key, Slot], after: dict[Key, Slot]
) -> None:
    diff = schedule_diff(before, after)
    named = [*diff.added, *diff.moved, *diff.changed, *diff.removed]
    assert len(named) == len(set(named))
    assert all(before.get(key) != after.get(key) for key in named)


def test_an_empty_difference_changes_nothing() -> None:
    assert apply_diff({A: Slot(MAY)}, ScheduleDiff()) == {A: Slot(MAY)}
