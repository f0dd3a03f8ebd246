"""The heat map of a coverage proof: a week of days by hours, and how many sites lack somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from apps.core.periods import Period, local_midnight
from apps.oncall.coverage import Proof

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour: how many sites are open in it, and how many of them lack a duty at some instant."""

    start: datetime
    needing: int
    lacking: int

    @property
    def level(self) -> int:
        """0 nobody needs anybody, 1 all are covered, 2 to 4 the more lack it."""
        if not self.needing:
            return 0
        return 1 if not self.lacking else min(4, 2 + 2 * self.lacking // self.needing)


@dataclass(frozen=True, slots=True)
class DayRow:
    """A local day of the reader, hour by hour."""

    on: date
    cells: list[Cell]


def heat(proof: Proof, monday: date, zone: ZoneInfo) -> list[DayRow]:
    """Seven days from `monday` in the reader's zone; a day of 23 or 25 hours has so many cells."""
    needs = [(site, span) for site, spans in proof.needs.periods.items() for span in spans]
    holes = [(hole.site, Period(hole.start, hole.end)) for hole in proof.found.holes]
    rows = []
    for on in (monday + DAY * offset for offset in range(7)):
        start, end = local_midnight(on, zone), local_midnight(on + DAY, zone)
        hours = int((end - start) / HOUR)
        near = Period(start, end)
        rows.append(
            DayRow(
                on,
                [
                    Cell(start + HOUR * hour, needing, lacking)
                    for hour, (needing, lacking) in enumerate(
                        zip(
                            _counts(needs, near, hours),
                            _counts(holes, near, hours),
                            strict=True,
                        )
                    )
                ],
            )
        )
    return rows


def _counts(spans: Sequence[tuple[str, Period]], day: Period, hours: int) -> list[int]:
    """How many different sites have a span in each hour of a day."""
    found: list[set[str]] = [set() for _ in range(hours)]
    for site, span in spans:
        within = span.overlap(day)
        if within is None:
            continue
        first = int((within.start - day.start) / HOUR)
        last = -int((day.start - within.end) // HOUR)  # rounded up
        for hour in range(first, min(last, hours)):
            found[hour].add(site)
    return [len(sites) for sites in found]
