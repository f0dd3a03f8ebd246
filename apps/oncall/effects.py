"""What a change of the schedule means for the rotas, said before it is made."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from apps.core.periods import Period
from apps.oncall.coverage import earliest, prove_for
from apps.oncall.models import Rota
from apps.rollouts.go_no_go import named
from apps.rollouts.models import Programme, Site
from apps.rollouts.needs import needs_from
from apps.rollouts.services import Step

MOST = 300  # sites; more are a plan, whose coverage has a page of its own
DAY = timedelta(days=1)


def coverage(programme: Programme, steps: Sequence[Step], now: datetime) -> list[str]:
    """Sites whose first week would have opening hours without a primary or backup."""
    starts = _starts(steps, now)
    if not starts or not Rota.objects.for_programme(programme).exists():
        return []
    if len(starts) > MOST:
        return [f"More than {MOST} sites move: the coverage page says who is there for them."]
    needs = needs_from(programme, starts)
    spans = [period for rows in needs.periods.values() for period in rows]
    if not spans:
        return []
    window = Period(min(one.start for one in spans), max(one.end for one in spans))
    proof = prove_for(programme, window, needs)
    if proof.found.is_proved:
        return []
    site, there = earliest(proof, proof.found.holes)
    words = (
        "Opening hours of the first week without primary or backup:"
        f" {named(sorted({hole.site for hole in proof.found.holes}))};"
        f" the first at {site} on {there:%a %-d %b %H:%M} there."
    )
    return [words]


def _starts(steps: Sequence[Step], now: datetime) -> dict[Site, set[date]]:
    """The first days that would be, of those that are still to come anywhere."""
    found: dict[Site, set[date]] = {}
    for step in steps:
        if step.to_on is not None and step.to_on > now.date() - DAY and not step.is_actual:
            found.setdefault(step.go_live.site, set()).add(step.to_on)
    return found
