"""Ranks between ranks, and where a move may lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from apps.boards.rules import (
    GAP,
    NoSuchMove,
    Standing,
    after_move,
    fresh_ranks,
    is_over,
    merged_limits,
    rank_between,
)

NEW = Standing("new", "")


@pytest.mark.parametrize(
    ("before", "after", "rank"),
    [(None, None, 0), (None, 0, -GAP), (0, None, GAP), (0, 10, 5), (0, 2, 1)],
)
def test_it_finds_a_rank_between(before: int | None, after: int | None, rank: int) -> None:
    assert rank_between(before, after) == rank


@pytest.mark.parametrize(("before", "after"), [(0, 1), (5, 5), (2**62, None), (None, -(2**62))])
def test_it_says_when_the_gap_is_used_up(before: int | None, after: int | None) -> None:
    assert rank_between(before, after) is None


@given(places=some.lists(some.integers(0, 30), min_size=1, max_size=40))
def test_a_column_stays_in_the_order_asked_for(places: list[int]) -> None:
    wanted: list[int] = []
    ranks: dict[int, int] = {}
    for card, place in enumerate(places):
        at = min(place, len(wanted))
        before = ranks[wanted[at - 1]] if at else None
        after = ranks[wanted[at]] if at < len(wanted) else None
        rank = rank_between(before, after)
        wanted.insert(at, card)
        if rank is None:
            ranks = dict(zip(wanted, fresh_ranks(len(wanted)), strict=True))
        else:
            ranks[card] = rank
        assert sorted(wanted, key=lambda one: ranks[one]) == wanted


@pytest.mark.parametrize(
    ("standing", "board", "column", "then"),
    [
        (NEW, "product", "needs_info", Standing("needs_info", "")),
        (NEW, "product", "accepted", Standing("accepted", "ready")),
        (Standing("accepted", "in_review"), "product", "accepted",
         Standing("accepted", "in_review")),
        (Standing("accepted", "ready"), "product", "declined", Standing("declined", "")),
        (Standing("accepted", "ready"), "delivery", "released", Standing("accepted", "released")),
    ],
)  # fmt: skip
def test_it_knows_where_a_move_leads(
    standing: Standing, board: str, column: str, then: Standing
) -> None:
    assert after_move(standing, board, column) == then


@pytest.mark.parametrize(
    ("standing", "board", "column", "words"),
    [
        (NEW, "delivery", "ready", "not accepted yet"),
        (Standing("accepted", "in_progress"), "product", "declined", "in progress already"),
        (Standing("accepted", "ready"), "delivery", "new", "no column"),
        (NEW, "product", "released", "no column"),
    ],
)
def test_it_refuses_what_makes_no_sense(
    standing: Standing, board: str, column: str, words: str
) -> None:
    with pytest.raises(NoSuchMove, match=words):
        after_move(standing, board, column)


def test_a_programme_changes_limits_and_takes_them_away() -> None:
    assert merged_limits({"a": 5, "b": 4}, {"a": 7, "b": 0}) == {"a": 7}
    assert (is_over(5, 5), is_over(6, 5), is_over(9, None)) == (False, True, False)
