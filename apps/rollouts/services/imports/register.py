"""The register of sites as a table: what it changes, and the change itself."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from rapidfuzz import fuzz, process

from apps.accounts.models import Person
from apps.core.periods import WeeklyHours
from apps.rollouts.models import Programme, Site
from apps.rollouts.rules.ancestry import is_its_own
from apps.rollouts.rules.cells import BadCell, Cell, flag_of, is_blank, text_of
from apps.rollouts.rules.columns import NEEDED, headers_of
from apps.rollouts.rules.site_numbers import SiteNumbers
from apps.rollouts.services.entries import Columns
from apps.rollouts.services.imports.previews import ImportPreview, Row, SiteChange, few, refuse
from apps.rollouts.services.schedule import UnableToChangeSchedule
from apps.rollouts.services.sites import UnableToSaveSites, save_sites
from apps.rollouts.sheets import Table, read_table

LONGEST = {"name": 160, "region": 60, "state": 40}
NEAR = 60.0  # of 100: how alike a zone is that is worth asking about
NO_PLACE = "is no time zone of a place: write it like America/New_York"


def preview_sites(*, programme: Programme, content: bytes, by: Person) -> ImportPreview:
    """What a file of sites would change, in a constant number of queries; writes nothing. A row
    that changes a site which is not `by`'s to change is an error.

    Raises BadFile, and NoColumn when somebody has to say what the headers mean.
    """
    headers = headers_of("sites", programme.labels)
    table = read_table(content, headers, NEEDED["sites"], programme.import_columns.get("sites", {}))
    preview = ImportPreview.of("sites", table)
    reading = _Reading(programme, table, preview)
    wanted = reading.sites()
    reading.refuse_parents(wanted)
    preview.sites = [
        SiteChange(number, reading.known.get(number), columns, line)
        for number, (line, columns) in wanted.items()
        if reading.known.get(number) != columns
    ]
    _refuse_foreign(preview, by)
    preview.names = {number: columns["name"] for number, (_, columns) in wanted.items()}
    preview.warnings = _warnings(preview, reading.numbers)
    preview.sign()
    return preview


class _Reading:
    """The rows of one table, as sites."""

    def __init__(self, programme: Programme, table: Table, preview: ImportPreview) -> None:
        self._table, self._preview = table, preview
        self.known = {row.number: _columns(row) for row in Site.objects.select_related("parent")}
        self.numbers = SiteNumbers(self.known, programme.site_numbers())

    def sites(self) -> dict[str, tuple[int, Columns]]:
        """Line and columns of each site, by number."""
        found: dict[str, tuple[int, Columns]] = {}
        folded: dict[str, str] = {}
        for line, cells in self._table.rows:
            if self._preview.is_full:
                break
            row = Row(line, cells, self._preview)
            number = row.take("number", self.numbers.of)
            if number is None:
                continue
            columns = {"number": number, **self._facts(row, self.known.get(number, {}))}
            if folded.setdefault(number.casefold(), number) != number:
                row.fail("number", f"differs from {folded[number.casefold()]} in case alone")
            elif number in found and found[number][1] != columns:
                words = f"stands in line {found[number][0]} too, and differs: keep one of them"
                row.fail("number", words)
            elif not row.has_failed:
                found.setdefault(number, (line, columns))
        return found

    def _parent(self, cell: Cell) -> str:
        return "" if is_blank(cell) else self.numbers.of(cell)

    def _facts(self, row: Row, standing: Mapping[str, Any]) -> Columns:
        """The columns of a site; one the file does not have stays as it is."""
        facts: Columns = {"parent": "", "region": "", "state": "", "opening_hours": {},
                          "is_test": False, **standing}  # fmt: skip
        for name, (column, read) in (READS | {"parent": ("parent", self._parent)}).items():
            if column in self._table.headers or name not in facts:
                facts[name] = row.take(column, _as_it_stands(read, standing.get(name)))
        return facts

    def refuse_parents(self, wanted: Mapping[str, tuple[int, Columns]]) -> None:
        """A parent that is not there, and one that is its own through others."""
        parents = {number: columns["parent"] for number, columns in self.known.items()}
        parents |= {number: columns["parent"] for number, (_, columns) in wanted.items()}
        header = self._preview.headers.get("parent", "parent")
        for number, (line, columns) in wanted.items():
            parent = columns["parent"]
            if parent and parent not in parents:
                words = f"is no site of the register{self.numbers.near(parent)}"
                self._preview.fail(line, header, parent, words)
            elif is_its_own(number, parents):
                words = f"would make {number} its own parent"
                self._preview.fail(line, header, parent, words)


def _as_it_stands(read: Callable[[Cell], Any], standing: Any) -> Callable[[Cell], Any]:
    """What a cell says, or what stands where both come to the same: an export is no change."""

    def take(cell: Cell) -> Any:
        if isinstance(standing, str) and isinstance(cell, str) and cell.strip() == standing.strip():
            return standing
        value = read(cell)
        if isinstance(standing, dict) and _same_hours(value, standing):
            return standing
        return value

    return take


def _same_hours(one: dict[str, str], other: dict[str, str]) -> bool:
    try:
        return bool(other) == bool(one) and WeeklyHours.parse(one) == WeeklyHours.parse(other)
    except ValueError:
        return False  # what stands cannot be read: then it is no reason to keep it


def _needed_name(cell: Cell) -> str:
    text = text_of(cell, most=LONGEST["name"])
    if not text:
        raise BadCell("the name is missing")
    return text


def _region(cell: Cell) -> str:
    return text_of(cell, most=LONGEST["region"])


def _state(cell: Cell) -> str:
    return text_of(cell, most=LONGEST["state"])


def _zone(cell: Cell) -> str:
    """The IANA zone of a place; EST and the like stand still all summer. Raises BadCell."""
    text = text_of(cell)
    if not text:
        raise BadCell("the time zone is missing: write it like America/New_York")
    places = _places()
    if text == "UTC" or places.get(text.casefold()) == text:
        return text
    found = _near(text.replace(" ", "_").casefold(), places)
    raise BadCell(f"is no time zone of a place; did you mean {found}?" if found else NO_PLACE)


@lru_cache(maxsize=1)
def _places() -> dict[str, str]:
    """Zones that are named for a place, by their names in small letters."""
    zones = sorted(zone for zone in available_timezones() if "/" in zone)
    return {zone.casefold(): zone for zone in zones if not zone.startswith("Etc/")}


def _near(text: str, places: Mapping[str, str]) -> str | None:
    """The zone that was meant: in other letters, by its city alone, or misspelt."""
    by_city = next((zone for low, zone in places.items() if low.endswith(f"/{text}")), None)
    if found := places.get(text) or by_city:
        return found
    near = process.extractOne(text, list(places), scorer=fuzz.ratio, score_cutoff=NEAR)
    return places[near[0]] if near else None


def _hours(cell: Cell) -> dict[str, str]:
    """ "mon-fri 08:00-16:30; sat 09:00-12:00" as weekly hours. Raises BadCell."""
    hours: dict[str, str] = {}
    for part in filter(None, map(str.strip, text_of(cell).split(";"))):
        days, _, spans = part.replace(": ", " ").partition(" ")
        hours[days] = spans.strip()
    try:
        WeeklyHours.parse(hours)
    except ValueError as problem:
        raise BadCell(f"cannot be read as hours: {problem}") from problem
    return hours


READS: dict[str, tuple[str, Callable[[Cell], Any]]] = {  # column of the row: header, reader
    "name": ("name", _needed_name),
    "region": ("region", _region),
    "state": ("state", _state),
    "time_zone": ("time_zone", _zone),
    "opening_hours": ("opening_hours", _hours),
    "is_test": ("test", flag_of),
}


def _columns(row: Site) -> Columns:
    return {
        "number": row.number, "name": row.name, "parent": row.parent.number if row.parent else "",
        "region": row.region, "state": row.state, "time_zone": row.time_zone,
        "opening_hours": row.opening_hours, "is_test": row.is_test,
    }  # fmt: skip


def _warnings(preview: ImportPreview, numbers: SiteNumbers) -> list[str]:
    """What one should mind: new numbers a spreadsheet may have made, clocks that change."""
    warnings = [
        f"line {one.line}: {one.number} is new; a spreadsheet shows {' and '.join(twins)} so too"
        for one in preview.sites
        if one.before is None and (twins := numbers.twins(one.number))
    ]
    clocks = [one.number for one in preview.sites
              if one.before and one.before["time_zone"] != one.after["time_zone"]]  # fmt: skip
    if clocks:
        warnings.append(f"the clock changes of {few(clocks)}: their phases begin and end by it")
    counted = [one.number for one in preview.sites
               if one.before and one.before["is_test"] != one.after["is_test"]]  # fmt: skip
    if counted:
        warnings.append(f"counted from now on, or no longer: {few(counted)}")
    return warnings


def _refuse_foreign(preview: ImportPreview, by: Person) -> None:
    """The register is everybody's: one programme does not change the sites of others alone."""
    changed = [one for one in preview.sites if one.before is not None]
    foreign = set(Site.objects.kept_from(by).values_list("number", flat=True)) if changed else ()
    header = preview.headers.get("number", "number")
    for one in changed:
        if one.number in foreign:
            words = "is a site only of programmes in which you do not decide: it stays as it is"
            preview.fail(one.line, header, one.number, words)


@transaction.atomic
def import_sites(
    *, programme: Programme, content: bytes, by: Person, origin: str, now: datetime,
    digest: str = "",
) -> ImportPreview:  # fmt: skip
    """Make and change the sites of a file: all of them, or none; none is ever taken away.

    Raises BadFile; BadRows; UnableToChangeSchedule for another `digest`, and when somebody makes
    one of the sites in this very moment.
    """
    list(Site.objects.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    preview = preview_sites(programme=programme, content=content, by=by)
    refuse(preview, digest)
    if preview.sites:
        wanted = [one.after for one in preview.sites]
        try:
            save_sites(sites=wanted, actor=by.username, origin=origin, now=now)
        except UnableToSaveSites as problem:
            raise UnableToChangeSchedule(f"{problem}: look again") from problem
    return preview
