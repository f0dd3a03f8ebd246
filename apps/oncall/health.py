"""Health of the calendars shifts come from."""

from datetime import datetime, timedelta

from apps.core.health import Check
from apps.oncall.models import CalendarSource

LATE = timedelta(minutes=30)


def calendars(now: datetime) -> Check:
    """Whether each calendar was read when last tried, and whether anybody tries."""
    rows = CalendarSource.objects.waiting()
    failing = list(rows.failing().select_related("rota").only("name", "last_error", "rota__name"))
    late = rows.filter(due_at__lt=now - LATE).count()
    facts = {"calendars": rows.count(), "failing": len(failing), "late": late}
    if failing:
        words = "; ".join(f"{one.rota}: {one.last_error}" for one in failing)
        return Check(name="calendars", state="degraded", words=words, facts=facts,
                     fix="See the rota's page, section “Calendars”.")  # fmt: skip
    if late:
        return Check(name="calendars", state="degraded", words=f"{late} not read in time",
                     facts=facts, fix="Start a worker: `manage.py up --worker-only`.")  # fmt: skip
    return Check(name="calendars", state="ok", words=f"{facts['calendars']} read", facts=facts)
