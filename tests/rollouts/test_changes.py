"""The state of a go-live is the fold of its schedule changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.rollouts.choices import STORED, ChangeKind
from apps.rollouts.rules import (
    ChangeFacts,
    Fact,
    Facts,
    fold_changes,
    has_begun,
    is_beginning,
    was_handed_over,
    why_not,
    why_not_move,
)

EPOCH = datetime(2022, 5, 1, tzinfo=UTC)
FIRST, SECOND = date(2022, 6, 13), date(2022, 6, 27)


def change(
    kind: str, hours: int, to_on: date | None = None, *, undone: bool = False
) -> ChangeFacts:
    effective_at = EPOCH + timedelta(hours=hours)
    return ChangeFacts(kind=kind, effective_at=effective_at, to_on=to_on, is_undone=undone)


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        ([], "planned"),
        (["plan"], "planned"),
        (["plan", "move"], "planned"),
        (["plan", "reduce"], "planned"),
        (["plan", "pause"], "paused"),
        (["plan", "pause", "move"], "paused"),
        (["plan", "pause", "resume"], "planned"),
        (["plan", "roll-back"], "rolled_back"),
        (["plan", "roll-back", "resume"], "rolled_back"),
        (["plan", "roll-back", "cancel"], "cancelled"),
        (["plan", "roll-back", "move", "cancel", "resume"], "cancelled"),
        (["plan", "cancel", "pause"], "cancelled"),
    ],
)
def test_it_knows_the_status(kinds: list[str], status: str) -> None:
    assert fold_changes(change(kind, at) for at, kind in enumerate(kinds)).status == status
    assert status in STORED
    assert set(kinds) <= set(ChangeKind.values)


def test_it_knows_the_date_of_the_last_move() -> None:
    changes = [change("plan", 0, FIRST), change("move", 2, SECOND), change("pause", 3)]
    assert fold_changes(changes).planned_on == SECOND
    assert fold_changes([]).planned_on is None


def test_it_counts_what_is_undone_as_never_made() -> None:
    changes = [
        change("plan", 0, FIRST),
        change("move", 1, SECOND, undone=True),
        change("cancel", 2, undone=True),
    ]
    folded = fold_changes(changes)
    assert (folded.status, folded.planned_on, folded.events) == ("planned", FIRST, ())


def test_it_goes_by_when_changes_take_effect() -> None:
    changes = [change("resume", 5), change("plan", 0, FIRST), change("pause", 3)]
    folded = fold_changes(changes)
    assert folded.status == "planned"
    assert folded.events == (
        Fact("pause", EPOCH + timedelta(hours=3)),
        Fact("resume", EPOCH + timedelta(hours=5)),
    )


def test_it_lets_nothing_count_after_the_end() -> None:
    changes = [change("plan", 0, FIRST), change("cancel", 1), change("move", 2, SECOND)]
    assert fold_changes(changes).planned_on == FIRST


def test_it_tells_the_day_it_really_began_from_the_planned_one() -> None:
    began = ChangeFacts(
        kind="move", effective_at=EPOCH + timedelta(hours=9), to_on=SECOND, is_actual=True
    )
    changes = [change("plan", 0, FIRST), began]
    assert (fold_changes(changes).planned_on, fold_changes(changes).actual_on) == (FIRST, SECOND)
    later = [*changes, change("move", 10, SECOND)]
    assert (fold_changes(later).planned_on, fold_changes(later).actual_on) == (SECOND, None)
    assert fold_changes(changes[:1]).actual_on is None


MANILA = ZoneInfo("Asia/Manila")
MONDAY = date(2022, 6, 13)


def facts(*events: Fact) -> Facts:
    return Facts(starts_on=MONDAY, zone=MANILA, events=events)


def noon(day: int) -> datetime:
    """Noon of a day of June in Manila."""
    return datetime(2022, 6, day, 12, tzinfo=MANILA).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "to_on", "words"),
    [
        (noon(1), date(2022, 6, 27), ""),  # planned anew
        (noon(1), date(2022, 5, 30), ""),  # it began before anybody wrote it down
        (noon(13), date(2022, 6, 27), "its date is history"),
        (noon(15), date(2022, 6, 15), ""),  # it really began today
        (noon(15), date(2022, 6, 10), ""),
        (noon(20), date(2022, 6, 15), ""),  # the plan is corrected, with a warning
        (noon(1), date(9022, 6, 13), "no roll-out knows the year 9022"),
        (noon(20), date(2022, 6, 27), "its date is history"),
    ],
)
def test_it_knows_what_can_be_moved_where(at: datetime, to_on: date, words: str) -> None:
    found = why_not_move(facts(), to_on, at)
    assert words in found
    assert bool(words) is bool(found)


def test_a_day_that_has_come_is_the_beginning_until_the_hand_over() -> None:
    tuesday = date(2022, 6, 14)
    assert not is_beginning(facts(), tuesday, noon(13))
    assert is_beginning(facts(), tuesday, noon(14))
    assert is_beginning(facts(), tuesday, noon(19))
    assert not is_beginning(facts(), tuesday, noon(20))
    assert (was_handed_over(facts(), noon(19)), was_handed_over(facts(), noon(20))) == (False, True)


def test_a_day_has_come_when_it_has_at_the_site() -> None:
    at = datetime(2022, 6, 12, 17, tzinfo=UTC)  # Monday, 01:00 in Manila
    assert why_not_move(facts(), MONDAY, at) == ""
    assert "history" in why_not_move(facts(), date(2022, 6, 14), at)
    assert why_not_move(facts(), date(2022, 6, 14), at - timedelta(hours=2)) == ""


def test_what_was_paused_before_its_day_has_not_begun() -> None:
    paused = facts(Fact("pause", noon(10)))
    assert not has_begun(paused, noon(15))
    assert why_not_move(paused, date(2022, 6, 27), noon(15)) == ""
    assert why_not("cancel", status="paused", has_started=has_begun(paused, noon(15))) == ""
    assert has_begun(facts(Fact("pause", noon(14))), noon(15))


@pytest.mark.parametrize(
    ("kind", "status", "has_started", "words"),
    [
        ("explode", "planned", False, "no change of a schedule"),
        ("pause", "paused", False, "it is paused"),
        ("resume", "rolled_back", True, "it is rolled back"),
        ("cancel", "planned", True, "roll it back instead"),
        ("cancel", "rolled_back", True, ""),
        ("roll-back", "planned", False, "cancel it instead"),
        ("roll-back", "paused", True, ""),
        ("reduce", "planned", True, ""),
    ],
)
def test_it_says_why_not(kind: str, status: str, has_started: bool, words: str) -> None:
    found = why_not(kind, status=status, has_started=has_started)
    assert words in found
    assert bool(words) is bool(found)


def actual(hours: int, to_on: date) -> ChangeFacts:
    at = EPOCH + timedelta(hours=hours)
    return ChangeFacts(kind="move", effective_at=at, to_on=to_on, is_actual=True)


def test_planned_anew_for_a_day_to_come_it_has_not_begun() -> None:
    """Paused before it began, noted as begun by mistake, and then moved."""
    noted = [change("plan", 0, FIRST), change("pause", 1), actual(2, EPOCH.date())]
    assert fold_changes(noted).actual_on == EPOCH.date()
    folded = fold_changes([*noted, change("move", 3, SECOND)])
    assert (folded.planned_on, folded.actual_on) == (SECOND, None)


def test_a_plan_corrected_in_hindsight_leaves_the_day_it_began() -> None:
    noted = [change("plan", 0, FIRST), actual(24 * 60, date(2022, 6, 14))]
    folded = fold_changes([*noted, change("move", 24 * 70, SECOND)])
    assert (folded.planned_on, folded.actual_on) == (SECOND, date(2022, 6, 14))
    assert fold_changes([*noted, change("reduce", 24 * 70)]).actual_on == date(2022, 6, 14)
