"""Long lists of ids and numbers, as many at once as one query may name."""

from collections.abc import Collection, Iterator
from typing import TypeVar

Name = TypeVar("Name", int, str)
MOST_NAMED = 5000


def portions(names: Collection[Name]) -> Iterator[list[Name]]:
    """The names in order, some at a time; everybody who locks rows by them takes the same order."""
    ordered = sorted(names)
    for first in range(0, len(ordered), MOST_NAMED):
        yield ordered[first : first + MOST_NAMED]
