"""Looking ahead: the holes of the next seven days, kept for the consoles of who decides."""

from datetime import datetime, timedelta
from typing import Any

from apps.core.periods import Period
from apps.oncall.coverage import Proof, prove
from apps.oncall.models import Outlook
from apps.rollouts.models import Programme

AHEAD = timedelta(days=7)


def look_ahead(*, programme: Programme, now: datetime) -> Outlook:
    """Prove the next seven days and keep what is open; never about what is past."""
    columns = _columns(prove(programme, Period(now, now + AHEAD)))
    last = Outlook.objects.filter(programme=programme).first()
    if columns["holes"]:
        columns["since"] = (last and last.since) or now
    row, _ = Outlook.objects.update_or_create(
        programme=programme, defaults={"looked_at": now, **columns}
    )
    return row


def _columns(proof: Proof) -> dict[str, Any]:
    holes = proof.found.holes
    if not holes:
        return {"holes": 0, "sites": 0, "duty": "", "site": "", "time_zone": "", "since": None,
                "first_starts_at": None, "first_ends_at": None}  # fmt: skip
    first = min(holes, key=lambda hole: (hole.start, hole.site))
    return {
        "holes": len({hole.for_all() for hole in holes}),
        "sites": len({hole.site for hole in holes}),
        "duty": first.duty,
        "site": first.site,
        "time_zone": proof.needs.zones[first.site],
        "first_starts_at": first.start,
        "first_ends_at": first.end,
    }
