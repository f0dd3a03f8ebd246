"""Reading the map: how many sites of each place are in which phase on a day.

A place is a state where the programme's states have a layout (apps/rollouts/layouts), else a
region. A site whose products stand in different phases counts in each of them, as in the register.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from apps.core.numbers import whole_number
from apps.core.templatetags.rollcall import plural
from apps.rollouts.choices import Status
from apps.rollouts.models import GoLive, Programme
from apps.rollouts.rules import Layout, Place, Segment, bar, fitting, grid_of, natural
from apps.rollouts.standing import Phases, day_of, on_day
from apps.rollouts.timeline import WEEK, first_working_day, monday_of

LAYOUTS = Path(__file__).with_name("layouts")
COLUMNS = ("pk", "site_id", "site__state", "site__region", "site__time_zone", "planned_on",
           "actual_on")  # fmt: skip
NOTABLE = ("rolled_back", "paused", "go_live_week")  # a tile says their number in words and shape
MOST_WEEKS = 60


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the map shows; empty values filter nothing, no day is now."""

    product: str = ""
    wave: str = ""
    day: date | None = None

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> "Asked":
        texts = {name: str(query.get(name, "")).strip()[:80] for name in ("product", "wave")}
        return cls(**texts, day=day_of(query.get("at", "")))

    @property
    def count(self) -> int:
        return sum(map(bool, (self.product, self.wave, self.day)))

    def query(self, programme: Programme) -> dict[str, str]:
        """The same for the register of sites."""
        named = {"programme": programme.key, "product": self.product, "wave": self.wave}
        return named | ({"at": self.day.isoformat()} if self.day else {})


@dataclass(frozen=True)
class Cell:
    """Sites of a place in a phase, and where they are listed."""

    key: str
    label: str
    count: int
    url: str


@dataclass(frozen=True)
class Tile:
    """A place as it is drawn, and as a line of the table."""

    place: Place
    x: int
    y: int
    total: int
    words: str
    url: str
    cells: list[Cell]
    segments: list[Segment]
    notable: list[Cell]
    tint: str

    @property
    def is_empty(self) -> bool:
        return self.total == 0


@dataclass(frozen=True)
class Week:
    """A step of the map: the day a week's go-lives begin."""

    on: date
    number: int
    is_shown: bool


@dataclass(frozen=True)
class TileMap:
    """Everything the map shows."""

    tiles: list[Tile]
    layout: Layout
    by: str  # "state" or "region"
    phases: list[Cell]
    total: int

    @property
    def columns(self) -> list[Cell]:
        """The phases some site is in: the columns of the table."""
        return [phase for phase in self.phases if phase.count]

    @property
    def rows(self) -> list[tuple[Tile, list[Cell | None]]]:
        """The lines of the table, each with a cell for every column."""
        shown = (tile for tile in self.tiles if not tile.is_empty)
        ordered = sorted(shown, key=lambda tile: natural(tile.place.name))
        return [
            (tile, [next((one for one in tile.cells if one.key == phase.key), None)
                    for phase in self.columns])
            for tile in ordered
        ]  # fmt: skip


@lru_cache(maxsize=1)
def layouts() -> tuple[Layout, ...]:
    """Every layout there is."""
    files = sorted(LAYOUTS.glob("*.json"))
    read = (json.loads(file.read_text(encoding="utf-8")) for file in files)
    return tuple(Layout(tuple(Place(*place) for place in one["places"])) for one in read)


def tile_map(
    programme: Programme, asked: Asked, labels: Mapping[str, str], now: datetime
) -> TileMap:
    """The map of a programme, in a constant number of queries."""
    rows = list(_rows(programme, asked))
    layout = fitting({row[2] for row in rows if row[2]}, layouts())
    by = "state" if layout else "region"
    layout = layout or grid_of(row[3] for row in rows if row[3])
    phases = Phases(programme, on_day(asked.day, now))
    sites: dict[str, dict[str, set[int]]] = {}
    for pk, site, state, region, zone, planned_on, actual_on in rows:
        place = sites.setdefault(state if by == "state" else region, {})
        place.setdefault(phases.of(pk, actual_on or planned_on, zone), set()).add(site)
    drawing = _Drawing(programme, asked, by, layout, dict(labels))
    tiles = [drawing.tile(place, sites.get(place.code, {})) for place in layout.places]
    if "" in sites:
        tiles.append(drawing.nowhere(sites[""]))
    every = set().union(*(ids for place in sites.values() for ids in place.values()))
    return TileMap(tiles, drawing.layout, by, drawing.legend(sites), len(every))


def _rows(programme: Programme, asked: Asked) -> Any:
    rows = GoLive.objects.filter(programme=programme, site__is_test=False)
    rows = rows.exclude(status=Status.CANCELLED)
    if asked.product:
        rows = rows.filter(product__key=asked.product)
    if (wave := whole_number(asked.wave)) is not None:
        rows = rows.filter(wave__number=wave)
    return rows.order_by().values_list(*COLUMNS)


Counts = Mapping[str, set[int]]


class _Drawing:
    """Tiles of one map: what they have in common."""

    def __init__(
        self, programme: Programme, asked: Asked, by: str, layout: Layout, labels: dict[str, str]
    ) -> None:
        self._query, self._by = asked.query(programme), by
        self._labels = labels
        self._words = {row["key"]: str(row["label"]) for row in programme.phases}
        self.layout = layout

    def tile(self, place: Place, sites: Counts) -> Tile:
        cells = [
            Cell(key, self._label(key), len(sites[key]), self._url(place.code, key))
            for key in self._order(sites)
        ]
        counts = {cell.key: cell.count for cell in cells}
        total = len(set().union(*sites.values()))
        x, y = self.layout.corner(place)
        return Tile(
            place=place, x=x, y=y, total=total, words=self._said(place, total, cells),
            url=self._url(place.code), cells=cells,
            segments=bar(counts, list(counts), self.layout.width),
            notable=[cell for cell in cells if cell.key in NOTABLE][:2], tint=_tint(counts),
        )  # fmt: skip

    def nowhere(self, sites: Counts) -> Tile:
        """The sites nobody has placed: a tile of their own below the others."""
        place = Place("", f"No {self._by}", 0, self.layout.rows)
        self.layout = Layout((*self.layout.places, place), self.layout.width, self.layout.height)
        return self.tile(place, sites)

    def legend(self, sites: Mapping[str, Counts]) -> list[Cell]:
        """The phases of the programme and any other that is there, each with its sites."""
        found: dict[str, set[int]] = {}
        for place in sites.values():
            for key, ids in place.items():
                found.setdefault(key, set()).update(ids)
        every = [*self._words, *(key for key in found if key not in self._words)]
        return [
            Cell(key, self._label(key), len(found.get(key, ())), self._url("", key))
            for key in every
            if key != "cancelled"
        ]

    def _order(self, sites: Counts) -> list[str]:
        known = [key for key in self._words if key in sites]
        return known + sorted(set(sites) - set(known))

    def _label(self, key: str) -> str:
        return self._words.get(key) or key.replace("_", " ").capitalize()

    def _url(self, code: str, phase: str = "") -> str:
        named = self._query | {self._by: code, "phase": phase}
        query = urlencode({name: value for name, value in named.items() if value})
        return f"{reverse('sites-page')}?{query}"

    def _said(self, place: Place, total: int, cells: Sequence[Cell]) -> str:
        """The accessible name; it begins with what one sees: "WY 2 Sites, Wyoming: 1 Planned"."""
        told = ", ".join(f"{cell.count} {cell.label}" for cell in cells)
        label = self._labels["site"] if total == 1 else plural(self._labels["site"])
        if place.name == place.code:
            return f"{place.name}, {total} {label}: {told}"
        return f"{place.code} {total} {label}, {place.name}: {told}".strip()


def _tint(counts: Mapping[str, int]) -> str:
    """The phase a whole tile is tinted by: one that wants attention, else the most frequent."""
    for key in NOTABLE:
        if counts.get(key):
            return key
    return max(counts, key=lambda key: counts[key], default="")


def weeks_to_step(programme: Programme, shown: date) -> list[Week]:
    """The programme's weeks; the one that holds the day shown is marked."""
    starts: dict[date, date] = {}
    for on in programme.waves.order_by("-starts_on").values_list("starts_on", flat=True):
        starts[monday_of(on)] = on  # the first of a week wins
    first, last = monday_of(programme.first_week), monday_of(programme.last_week)
    count = min((last - first).days // 7 + 1, MOST_WEEKS)
    mondays = [first + WEEK * number for number in range(count)]
    return [
        Week(starts.get(monday) or first_working_day(programme, monday), number,
             monday <= shown < monday + WEEK)
        for number, monday in enumerate(mondays, start=1)
    ]  # fmt: skip


def neighbours(weeks: Sequence[Week], shown: date) -> tuple[date, date]:
    """The steps before and after a day: weeks of the programme, beyond them seven days."""
    earlier = [week.on for week in weeks if week.on < shown and not week.is_shown]
    later = [week.on for week in weeks if week.on > shown and not week.is_shown]
    seven = timedelta(days=7)
    return (max(earlier, default=shown - seven), min(later, default=shown + seven))


def shown_day(programme: Programme, asked: Asked, now: datetime) -> date:
    """The day the map shows, in the programme's own zone."""
    return asked.day or now.astimezone(ZoneInfo(programme.time_zone)).date()
