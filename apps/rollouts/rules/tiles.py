"""A map of equal tiles: which layout fits the places there are, and the shapes of each tile.

Units are those of the drawing. A layout is data (apps/rollouts/layouts); nothing here knows a
country. Places no layout knows get a plain grid.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

GAP = 4
BAR_INSET, LEAST = 6, 4  # a single site among hundreds is still seen


@dataclass(frozen=True)
class Place:
    """A place of a layout: its code, its name, where its tile stands."""

    code: str
    name: str
    column: int
    row: int


@dataclass(frozen=True)
class Layout:
    """Places on a grid of tiles of one size."""

    places: tuple[Place, ...]
    width: int = 60
    height: int = 60

    @property
    def columns(self) -> int:
        return max((place.column for place in self.places), default=0) + 1

    @property
    def rows(self) -> int:
        return max((place.row for place in self.places), default=0) + 1

    def corner(self, place: Place) -> tuple[int, int]:
        """The upper left corner of a place's tile."""
        return place.column * (self.width + GAP), place.row * (self.height + GAP)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole drawing."""
        return (self.columns * (self.width + GAP) - GAP, self.rows * (self.height + GAP) - GAP)


def fitting(codes: Set[str], layouts: Iterable[Layout]) -> Layout | None:
    """The layout that knows most of the codes, with those it does not know in a row below it; None
    when none knows half of them."""
    asked = set(codes)
    known = {layout: asked & {place.code for place in layout.places} for layout in layouts}
    best = max(known, key=lambda layout: len(known[layout]), default=None)
    if best is None or not asked or 2 * len(known[best]) < len(asked):
        return None
    others = sorted(asked - known[best], key=natural)
    below = (
        Place(code, code, place % best.columns, best.rows + place // best.columns)
        for place, code in enumerate(others)
    )
    return Layout((*best.places, *below), best.width, best.height)


def grid_of(names: Iterable[str]) -> Layout:
    """Wide tiles in reading order, about as broad as high."""
    ordered = sorted(set(names), key=natural)
    columns = min(max(math.ceil(math.sqrt(len(ordered))), 1), 6)
    places = (
        Place(name, name, number % columns, number // columns)
        for number, name in enumerate(ordered)
    )
    return Layout(tuple(places), width=124)


def natural(text: str) -> list[tuple[int, int, str]]:
    """The order people expect: "Area 2" stands before "Area 10"."""
    parts = re.findall(r"\d+|\D+", text.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a tile's bar: a phase and how many sites are in it."""

    key: str
    count: int
    x: float
    width: float


def bar(counts: Mapping[str, int], order: Sequence[str], width: int) -> list[Segment]:
    """The stacked bar of a tile `width` wide, its phases in `order`; empty ones are left out."""
    shown = [(key, counts[key]) for key in order if counts.get(key)]
    total, room = sum(count for _, count in shown), width - 2 * BAR_INSET
    widths = [max(room * count / total, LEAST) for _, count in shown]
    scale = room / sum(widths) if widths else 1.0
    segments, x = [], float(BAR_INSET)
    for (key, count), wide in zip(shown, widths, strict=True):
        segments.append(Segment(key, count, round(x, 2), round(wide * scale, 2)))
        x += wide * scale
    return segments
