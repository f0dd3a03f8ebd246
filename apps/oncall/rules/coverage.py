"""The coverage proof (product O5): who is there whenever a site that needs support is open.

For each site and each instant of its needed time a primary and a different backup must have the
duty, each within their own working hours. What is missing is a hole; a hole may be accepted.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from apps.core.periods import Period, merged
from apps.oncall.choices import BACKUP, PRIMARY
from apps.oncall.rules.facts import LeaveFacts, Shift
from apps.oncall.rules.fixes import Fix, Helpers
from apps.oncall.rules.presence import Lack, Worker, lacks

NO_TIME = timedelta()


class Need(NamedTuple):
    """A site that needs somebody in [start, end) (UTC)."""

    site: str
    start: datetime
    end: datetime


class Accepted(NamedTuple):
    """Somebody accepts holes in [start, end); an empty site or duty means each of them."""

    start: datetime
    end: datetime
    site: str = ""
    duty: str = ""

    def takes(self, hole: "Hole") -> bool:
        return self.site in ("", hole.site) and self.duty in ("", hole.duty)


class Hole(NamedTuple):
    """A site has no `duty` in [start, end): why, and who could take most of it, if anybody."""

    start: datetime
    end: datetime
    site: str
    duty: str
    why: str
    fix: Fix | None = None

    def cut(self, period: Period) -> "Hole":
        return self._replace(start=period.start, end=period.end)

    def for_all(self) -> "Hole":
        """Without its site: equal for all sites that share it."""
        return self._replace(site="")

    def fixed_by(self, helpers: Helpers) -> "Hole":
        return self._replace(fix=helpers.cheapest(self.start, self.end))


@dataclass(frozen=True)
class Coverage:
    """What was checked and what was found. `checked` is time of sites, each duty's alike."""

    checked: timedelta
    sites: int
    holes: list[Hole] = field(default_factory=list)
    accepted: list[Hole] = field(default_factory=list)
    digest: str = ""

    @property
    def is_proved(self) -> bool:
        """Nothing is open; what was accepted is told beside it."""
        return not self.holes


def coverage(
    needs: Iterable[Need],
    shifts: Sequence[Shift],
    workers: Mapping[str, Worker],
    *,
    leaves: Sequence[LeaveFacts] = (),
    accepted: Sequence[Accepted] = (),
) -> Coverage:
    """Check every instant of `needs` against the final schedule `shifts` (of all rotas).

    Exact to the instant, not to a grid; linear in needs, shifts and holes. Whoever may help in a
    hole is in `workers`; `leaves` say when they cannot.
    """
    by_site = _by_site(needs)
    if not by_site:
        return Coverage(NO_TIME, 0, digest=digest_of({}, shifts, workers, accepted))
    window = _window(by_site)
    helpers = Helpers(shifts, workers, leaves, window)
    missing = _by_duty(lacks(shifts, workers, window))
    holes = [
        hole
        for site, periods in by_site.items()
        for duty in (PRIMARY, BACKUP)
        for hole in _holes(site, periods, missing[duty])
    ]
    still_open, taken = _apart(holes, accepted)
    return Coverage(
        checked=sum((end - start for times in by_site.values() for start, end in times), NO_TIME),
        sites=len(by_site),
        holes=[hole.fixed_by(helpers) for hole in still_open],
        accepted=taken,
        digest=digest_of(by_site, shifts, workers, accepted),
    )


def digest_of(
    by_site: Mapping[str, Sequence[Period]],
    shifts: Sequence[Shift],
    workers: Mapping[str, Worker],
    accepted: Sequence[Accepted],
) -> str:
    """SHA-256 of everything the proof rests on: equal inputs, equal digest."""
    told = hashlib.sha256()
    rows: tuple[object, ...] = (
        [*sorted(by_site.items())],
        sorted(shifts),
        [(name, str(one.zone), one.hours) for name, one in sorted(workers.items())],
        sorted(accepted),
    )
    for row in rows:
        told.update(repr(row).encode())
    return told.hexdigest()


def _by_site(needs: Iterable[Need]) -> dict[str, list[Period]]:
    """The needed time of each site; two products that need the same time need it once."""
    found: dict[str, list[Period]] = {}
    for need in needs:
        if need.start < need.end:
            found.setdefault(need.site, []).append(Period(need.start, need.end))
    return {site: merged(periods) for site, periods in found.items()}


def _window(by_site: Mapping[str, Sequence[Period]]) -> Period:
    return Period(
        min(periods[0].start for periods in by_site.values()),
        max(periods[-1].end for periods in by_site.values()),
    )


def _by_duty(found: Iterable[Lack]) -> dict[str, list[Lack]]:
    by_duty: dict[str, list[Lack]] = {PRIMARY: [], BACKUP: []}
    for lack in found:
        by_duty[lack.duty].append(lack)
    return by_duty


def _holes(site: str, needed: Sequence[Period], missing: Sequence[Lack]) -> Iterator[Hole]:
    """Both are sorted and disjoint: one walk over the two."""
    place = 0
    for start, end in needed:
        while place < len(missing) and missing[place].end <= start:
            place += 1
        at = place
        while at < len(missing) and missing[at].start < end:
            lack = missing[at]
            yield Hole(max(start, lack.start), min(end, lack.end), site, lack.duty, lack.why)
            at += 1


def _apart(holes: Iterable[Hole], accepted: Sequence[Accepted]) -> tuple[list[Hole], list[Hole]]:
    """What is still open, and what was accepted; a hole accepted in part is both."""
    still_open: list[Hole] = []
    taken: list[Hole] = []
    for hole in holes:
        spans = merged(
            Period(max(one.start, hole.start), min(one.end, hole.end))
            for one in accepted
            if one.start < hole.end and hole.start < one.end and one.takes(hole)
        )
        taken += [hole.cut(span) for span in spans]
        still_open += [hole.cut(left) for left in _between(hole, spans)]
    return sorted(still_open), sorted(taken)


def _between(hole: Hole, spans: Sequence[Period]) -> Iterator[Period]:
    at = hole.start
    for start, end in spans:
        if at < start:
            yield Period(at, start)
        at = end
    if at < hole.end:
        yield Period(at, hole.end)
