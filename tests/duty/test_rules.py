"""What comes first."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from apps.duty.rules import Responsibility, Todo, by_responsibility, in_order, is_overdue, next_due
from tests.build import MONDAY as NOW


def todo(ref: str, **facts: Any) -> Todo:
    minutes = facts.pop("due", None)
    due_at = None if minutes is None else NOW + timedelta(minutes=minutes)
    usual: dict[str, Any] = {
        "responsibility": Responsibility.SERVICENOW, "title": ref, "reason": "", "url": "/",
        "action": "Do", "since_at": NOW - timedelta(hours=1), "due_at": due_at,
    }  # fmt: skip
    return Todo(ref=ref, **usual | facts)


def refs(*todos: Todo) -> list[str]:
    return [one.ref for one in in_order(todos, NOW)]


def test_severity_1_comes_before_what_is_overdue() -> None:
    assert refs(todo("late", due=-60), todo("severe", severity=1)) == ["severe", "late"]


def test_overdue_comes_before_due_and_the_longest_overdue_first() -> None:
    assert refs(todo("soon", due=5), todo("late", due=-5), todo("later", due=-50)) == [
        "later", "late", "soon",
    ]  # fmt: skip


def test_the_nearest_due_time_comes_first_and_no_due_time_last() -> None:
    assert refs(todo("never"), todo("far", due=90), todo("near", due=9)) == ["near", "far", "never"]


def test_the_founding_documents_order_breaks_ties() -> None:
    channel = todo("b", due=9, responsibility=Responsibility.GO_LIVE_CHANNELS)
    queue = todo("a", due=9, responsibility=Responsibility.SERVICENOW)
    assert refs(queue, channel) == ["b", "a"]


def test_then_the_older_one_comes_first() -> None:
    older = todo("z", due=9, since_at=NOW - timedelta(days=1))
    assert refs(todo("a", due=9), older) == ["z", "a"]


def test_a_due_time_that_is_now_is_overdue() -> None:
    assert is_overdue(todo("a", due=0), NOW)
    assert not is_overdue(todo("a"), NOW)


def test_it_groups_in_the_documents_order() -> None:
    groups = by_responsibility(
        [todo("p", responsibility=Responsibility.PRIORITIES), todo("q", due=5), todo("r", due=-5)],
        NOW,
    )
    assert [(label, [one.ref for one in members]) for label, members in groups] == [
        ("Tickets and the ServiceNow queue", ["r", "q"]),
        ("Priorities with the managers", ["p"]),
    ]


def test_it_knows_the_nearest_due_time() -> None:
    assert next_due([todo("a", due=9), todo("b")]) == NOW + timedelta(minutes=9)
    assert next_due([todo("b")]) is None


TODOS = some.lists(
    some.builds(
        todo,
        some.uuids().map(str),
        due=some.none() | some.integers(-500, 500),
        severity=some.integers(1, 3),
        responsibility=some.sampled_from(list(Responsibility)),
    ),
    max_size=25,
)


@given(todos=TODOS, seed=some.integers())
def test_the_same_things_have_one_order(todos: list[Todo], seed: int) -> None:
    shuffled = sorted(todos, key=lambda one: hash((one.ref, seed)))
    assert in_order(shuffled, NOW) == in_order(todos, NOW)


@given(todos=TODOS)
def test_nothing_is_lost_and_severity_1_leads(todos: list[Todo]) -> None:
    ordered = in_order(todos, NOW)
    assert sorted(one.ref for one in ordered) == sorted(one.ref for one in todos)
    severe = [one.severity == 1 for one in ordered]
    assert severe == sorted(severe, reverse=True)
