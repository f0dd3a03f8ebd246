"""Which go-lives are in their go-live week at an instant."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models.functions import Coalesce

from apps.rollouts.choices import Status
from apps.rollouts.models import GoLive
from apps.rollouts.rules import support_phase

LONGEST_WEEK = timedelta(days=60)


def in_first_week(rows: Any, now: datetime) -> Iterator[tuple[GoLive, datetime | None]]:
    """Those of `rows` (a query set of go-lives) in their go-live week, each with its end; test
    sites are never counted."""
    around = (now.date() - LONGEST_WEEK, now.date() + timedelta(days=2))
    found = rows.with_facts().filter(site__is_test=False)
    found = found.annotate(first_day=Coalesce("actual_on", "planned_on"))
    for row in found.filter(first_day__range=around).exclude(status=Status.CANCELLED):
        phase = support_phase(row.facts(), now)
        if phase.key == "go_live_week":
            yield row, phase.until
