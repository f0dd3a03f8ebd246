"""The support phase of a site, as somebody asks for it who knows its number (product R8)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.accounts.models import Person
from apps.rollouts.choices import ChangeKind, Status
from apps.rollouts.models import GoLive
from apps.rollouts.rules import PhaseAt, support_phase


class Ambiguous(Exception):
    """It has to be said of which `field`; the words name the choices."""

    def __init__(self, field: str, choices: Iterable[str]) -> None:
        super().__init__(f"Say which {field}: {', '.join(sorted(choices))}.")
        self.field = field


@dataclass(frozen=True)
class SitePhase:
    """A phase and of what; `product` is None when all of the site's are in it."""

    site: str
    product: str | None
    programme: str
    phase: str
    since: datetime | None
    until: datetime | None


def phase_of_site(
    person: Person, number: str, at: datetime, *, product: str = "", programme: str = ""
) -> SitePhase | None:
    """The phase at an instant (UTC); None when the person sees nothing that goes live there.

    Raises Ambiguous for several programmes, and for products that are in different phases then.
    """
    rows: Any = GoLive.objects.with_facts().visible_to(person).filter(site__number=number)
    rows = rows.select_related("site", "programme", "product")
    for name, key in (("programme", programme), ("product", product)):
        rows = rows.filter(**{f"{name}__key": key}) if key else rows
    found = _asked_about(_standing(rows, at))
    if not found:
        return None
    programmes = {row.programme.key for row in found}
    if len(programmes) > 1:
        raise Ambiguous("programme", programmes)
    phases = [support_phase(row.facts(), at) for row in found]
    if len({phase.key for phase in phases}) > 1:
        raise Ambiguous("product", (row.product.key for row in found))
    since, until = _shared(phases)
    return SitePhase(
        site=number,
        product=found[0].product.key if len(found) == 1 else None,
        programme=found[0].programme.key,
        phase=phases[0].key,
        since=since,
        until=until,
    )


def _standing(rows: Iterable[GoLive], at: datetime) -> list[GoLive]:
    """For each programme and product the attempt that counted then: the last that was planned by
    that time, else the first. What was cancelled and planned anew has several."""
    by_place: dict[tuple[int, int], list[GoLive]] = {}
    for row in rows:
        by_place.setdefault((row.programme_id, row.product_id), []).append(row)
    return [_attempt(several, at) for several in by_place.values()]


def _attempt(several: Sequence[GoLive], at: datetime) -> GoLive:
    if len(several) == 1:
        return several[0]
    attempts = sorted(several, key=lambda row: row.pk)
    begun = [row for row in attempts if (planned_at := _planned_at(row)) and planned_at <= at]
    return begun[-1] if begun else attempts[0]


def _planned_at(row: GoLive) -> datetime | None:
    plans = (one for one in row.changes.all() if one.change.kind == ChangeKind.PLAN)
    return next((one.effective_at for one in plans), None)


def _asked_about(rows: Sequence[GoLive]) -> Sequence[GoLive]:
    """A product that was cancelled does not make the site ambiguous while another stands."""
    return [row for row in rows if row.status != Status.CANCELLED] or rows


def _shared(phases: Sequence[PhaseAt]) -> tuple[datetime | None, datetime | None]:
    """The time in which all of them hold."""
    since = [phase.since for phase in phases if phase.since is not None]
    until = [phase.until for phase in phases if phase.until is not None]
    return max(since, default=None), min(until, default=None)
