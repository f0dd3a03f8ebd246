"""A process is killed at every point between Slack's request and the last answer: nothing is lost,
nothing is done twice. The fakes' ledgers decide."""

from collections.abc import Callable

import pytest

from tests.crash.arena import MINUTE, Arena, spoken
from tests.crash.kill import is_killed_at

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]


def every_point(arena: Arena, path: Callable[[], None], *, calls_only: bool = False) -> int:
    """Kill `path` at its first, second, third … point until it has no more; returns how many."""
    point = 1
    arena.reset()
    while is_killed_at(point, path, calls_only=calls_only):
        arena.goes_on()
        problems = arena.problems()
        assert not problems, spoken(problems, point)
        arena.reset()
        point += 1
    arena.goes_on()
    assert arena.problems() == []
    return point - 1


def test_it_survives_a_kill_at_every_statement_and_call(arena: Arena) -> None:
    killed = every_point(arena, arena.path)
    print(f"killed at {killed} points, nothing lost, nothing twice")  # noqa: T201 - the figure
    assert killed > 100


def test_it_survives_a_kill_at_every_outgoing_call(arena: Arena) -> None:
    killed = every_point(arena, arena.path, calls_only=True)
    assert killed == 4  # before and after the record, before and after the answer


def test_it_survives_two_kills_in_a_row(arena: Arena) -> None:
    """The process that takes over is killed too, at each outgoing call."""
    for point in range(1, 5):
        for again in range(1, 5):
            arena.reset()
            is_killed_at(point, arena.path, calls_only=True)
            is_killed_at(again, arena.goes_on, calls_only=True)
            arena.start += 4 * MINUTE
            arena.goes_on()
            problems = arena.problems()
            assert not problems, spoken(problems, point * 10 + again)
