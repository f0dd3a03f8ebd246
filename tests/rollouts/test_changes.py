"""The state of a go-live is the fold of its schedule changes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from apps.rollouts.choices import ChangeKind, Status
from apps.rollouts.rules import ChangeFacts, Fact, fold_changes

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
        (["plan", "cancel", "pause"], "cancelled"),
    ],
)
def test_it_knows_the_status(kinds: list[str], status: str) -> None:
    assert fold_changes(change(kind, at) for at, kind in enumerate(kinds)).status == status
    assert status in Status.values
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
