"""What the tests of imports share: a programme in April 2022, tables, what stands."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from apps.rollouts.choices import Status
from apps.rollouts.models import GoLive, Programme
from apps.rollouts.services import (
    Decision,
    ImportOptions,
    Plan,
    import_schedule,
    plan_go_lives,
    preview_schedule,
)
from tests import build

NOW = datetime(2022, 4, 20, 15, 0, tzinfo=UTC)
FIRST, SECOND = date(2022, 5, 2), date(2022, 5, 9)
DECISION = Decision(reason="New plan", decided_by="Pam", made_by="pam", origin="page")
PLAIN = ImportOptions()
WHOLE = ImportOptions(cancel_missing=True)


def make_programme(**columns: Any) -> Programme:
    """Omaha and Cheyenne go live on 2 May in wave 1; Manila is in the register alone."""
    holidays = [{"on": "2022-05-30", "name": "Memorial Day"}]
    made = build.programme(
        holidays=holidays, site_number_pattern=r"^\d{3,4}[A-Z0-9]{0,3}$", **columns
    )
    product, wave = build.product(made), build.wave(made, 1, FIRST)
    build.wave(made, 2, SECOND)
    rows = [build.site(), build.site("442", "Cheyenne"), build.site("358", "Manila")]
    plans = [Plan(site=site, product=product, wave=wave, planned_on=FIRST) for site in rows[:2]]
    plan_go_lives(programme=made, plans=plans, decision=DECISION, now=NOW - timedelta(days=9))
    return made


def table(*rows: str, head: str = "site,planned_on,wave") -> bytes:
    return "\n".join((head, *rows)).encode()


def bring(
    programme: Programme, content: bytes, options: ImportOptions = PLAIN, now: datetime = NOW,
    **more: str,
) -> Any:  # fmt: skip
    return import_schedule(programme=programme, content=content, options=options,
                           decision=DECISION, now=now, **more)  # fmt: skip


def look_at(
    programme: Programme, content: bytes, options: ImportOptions = PLAIN, now: datetime = NOW
) -> Any:
    return preview_schedule(programme=programme, content=content, options=options, now=now)


def standing() -> dict[str, date]:
    rows = GoLive.objects.exclude(status=Status.CANCELLED)
    return dict(rows.values_list("site__number", "planned_on"))
