"""Decisions about cards: their rank between two others, and where a move may lead."""

from collections.abc import Mapping
from dataclasses import dataclass

GAP = 2**32
HIGHEST = 2**62  # bigint, with room for a few million gaps above and below
STAGES = ("ready", "scheduled", "in_progress", "in_review", "released", "verified")


def rank_between(before: int | None, after: int | None) -> int | None:
    """A rank after `before` and before `after` (None: there is none); None when the gap is used up
    and the column has to be ranked anew.

    Ranks grow by gaps, so that a move writes one row.
    """
    if before is None and after is None:
        return 0
    if before is None:
        return _within(_known(after) - GAP)
    if after is None:
        return _within(before + GAP)
    middle = (before + after) // 2
    return middle if before < middle < after else None


def _known(rank: int | None) -> int:
    return 0 if rank is None else rank


def _within(rank: int) -> int | None:
    return rank if -HIGHEST <= rank <= HIGHEST else None


def fresh_ranks(count: int) -> list[int]:
    """Ranks for a whole column anew, a gap apart."""
    return [position * GAP for position in range(count)]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a work item stands on both boards."""

    decision: str
    stage: str


class NoSuchMove(ValueError):
    """Why a card cannot go there, in words."""


def after_move(standing: Standing, board: str, column: str) -> Standing:
    """Where an item stands after a move to a column of a board. Raises NoSuchMove.

    The PM decides on the product board: accepting puts an item on the delivery board as ready, and
    only what is still ready can be taken back. The DM moves it through the stages.
    """
    if board == "product":
        return _decide(standing, column)
    if standing.decision != "accepted":
        raise NoSuchMove("it is not accepted yet: the product board decides that first")
    if column not in STAGES:
        raise NoSuchMove(f"there is no column {column!r} on the delivery board")
    return Standing("accepted", column)


def _decide(standing: Standing, column: str) -> Standing:
    if column not in {"new", "needs_info", "accepted", "declined"}:
        raise NoSuchMove(f"there is no column {column!r} on the product board")
    if column == "accepted":
        return Standing("accepted", standing.stage or "ready")
    if standing.stage not in {"", "ready"}:
        words = f"it is {standing.stage.replace('_', ' ')} already: move it back to ready first"
        raise NoSuchMove(words)
    return Standing(column, "")


def is_over(count: int, limit: int | None) -> bool:
    """Whether a column holds more than its limit of work in progress."""
    return limit is not None and count > limit


def merged_limits(usual: Mapping[str, int], own: Mapping[str, int]) -> dict[str, int]:
    """A programme's limits over the shipped ones; 0 takes a limit away."""
    return {key: value for key, value in {**usual, **own}.items() if value}
