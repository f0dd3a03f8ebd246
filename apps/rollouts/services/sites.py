"""Writes to the register of sites, in bulk."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Upper

from apps.ledger.services import record_many
from apps.rollouts.models import Site
from apps.rollouts.rules import hours_problem, zone_problem
from apps.rollouts.rules.ancestry import is_its_own
from apps.rollouts.services.entries import Columns, Diff, entry_of
from apps.rollouts.services.portions import portions

SITE_COLUMNS = ("name", "region", "state", "time_zone", "opening_hours", "is_test", "latitude",
                "longitude")  # fmt: skip
OPTIONAL = frozenset({"latitude", "longitude"})  # left out: as it was
BATCH = 500
Wanted = Mapping[str, Any]


class UnableToSaveSites(Exception):
    """Why not, in words; nothing was written."""


@transaction.atomic
def save_sites(
    *, sites: Sequence[Wanted], actor: str, now: datetime, origin: str = "command"
) -> dict[str, Diff]:
    """Make or change sites in bulk, in a constant number of queries for each 500.

    Each mapping has `number`, SITE_COLUMNS (OPTIONAL ones may be left out) and `parent` (a number,
    or ""). Returns, by number, the columns before (None: new) and after. Raises UnableToSaveSites
    for a parent that is neither known nor among them, or that is below its child, a number that is
    known in another case, and a value that does not do.
    """
    known = _known(sites)
    sites = [_complete(site, known.get(site["number"])) for site in sites]
    own = {site["number"] for site in sites}
    diffs: dict[str, Diff] = {
        site["number"]: (_shown(known.get(site["number"])), _wanted(site)) for site in sites
    }
    changed = [site for site in sites if diffs[site["number"]][0] != diffs[site["number"]][1]]
    for site in changed:
        if site["parent"] and site["parent"] not in own | known.keys():
            raise UnableToSaveSites(f"site {site['number']}: no site {site['parent']!r}")
    _check(changed, known)
    _refuse_circles(changed)
    try:
        with transaction.atomic():
            _write(changed, known)
    except IntegrityError as problem:  # somebody made it in this very moment, in another case
        raise UnableToSaveSites("somebody else has just made one of these sites") from problem
    entries = (
        entry_of(
            diffs[site["number"]], subject="site", key=site["number"], programme_id=None,
            actor=actor, origin=origin,
        )
        for site in changed
    )  # fmt: skip
    record_many([entry for entry in entries if entry], now=now)
    return diffs


def _check(sites: Sequence[Wanted], known: Mapping[str, Site]) -> None:
    """What the columns of one row refuse, said for all; a zone or hours are read once each."""
    zones = {site["time_zone"]: site["number"] for site in sites}
    hours = {repr(site["opening_hours"]): site for site in sites}
    problems = [(number, zone_problem(zone)) for zone, number in zones.items()]
    problems += [(site["number"], hours_problem(site["opening_hours"])) for site in hours.values()]
    new = {site["number"].upper(): site["number"] for site in sites if site["number"] not in known}
    same = Site.objects.annotate(upper=Upper("number")).values_list("number", "upper")
    problems += [
        (new[upper], f"there is a site {number} already")
        for some in portions(new)
        for number, upper in same.filter(upper__in=some)
    ]
    for number, words in problems:
        if words:
            raise UnableToSaveSites(f"site {number}: {words}")


def _refuse_circles(sites: Sequence[Wanted]) -> None:
    if not any(site["parent"] for site in sites):
        return
    parents = dict(Site.objects.exclude(parent=None).values_list("number", "parent__number"))
    parents |= {site["number"]: site["parent"] for site in sites}
    for site in sites:
        if is_its_own(site["number"], parents):
            words = f"site {site['number']}: {site['parent']} would stand above itself"
            raise UnableToSaveSites(words)


def _write(sites: Sequence[Wanted], known: Mapping[str, Site]) -> None:
    """The rows that differ; those that are there get a new version."""
    versions = {number: row.version + 1 for number, row in known.items()}
    Site.objects.bulk_create(
        [
            Site(number=site["number"], version=versions.get(site["number"], 1), **_plain(site))
            for site in sites
        ],
        update_conflicts=True,
        update_fields=[*SITE_COLUMNS, "version"],
        unique_fields=["number"],
        batch_size=BATCH,
    )
    # Parents come second: one may stand after its child in the file.
    rows, moved = _known(sites), []
    for site in sites:
        row, parent = rows[site["number"]], rows.get(site["parent"])
        if row.parent != parent:
            row.parent = parent
            moved.append(row)
    Site.objects.bulk_update(moved, ["parent"], batch_size=BATCH)


def _known(sites: Sequence[Wanted]) -> dict[str, Site]:
    """The sites and their parents that are in the register, by number."""
    numbers = {site["number"] for site in sites} | {site["parent"] for site in sites}
    rows = Site.objects.select_related("parent").select_for_update(of=("self",)).order_by("pk")
    return {row.number: row for some in portions(numbers) for row in rows.filter(number__in=some)}


def _complete(site: Wanted, row: Site | None) -> Wanted:
    return {**{name: getattr(row, name, None) for name in OPTIONAL}, **site}


def _plain(site: Wanted) -> Columns:
    return {name: site[name] for name in SITE_COLUMNS}


def _wanted(site: Wanted) -> Columns:
    return _plain(site) | {"parent": site["parent"]}


def _shown(site: Site | None) -> Columns | None:
    if site is None:
        return None
    columns = {name: getattr(site, name) for name in SITE_COLUMNS}
    return columns | {"parent": site.parent.number if site.parent else ""}
