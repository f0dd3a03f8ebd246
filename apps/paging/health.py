"""Health of paging: steps that are late, pages nobody answers."""

from datetime import datetime

from django.db.models import Min

from apps.core.health import Check
from apps.paging.choices import Cause
from apps.paging.models import Page

LATE = 60.0  # seconds


def paging(now: datetime) -> Check:
    """How many pages are open, whether a step is late, how many stand unanswered."""
    waiting = Page.objects.waiting()
    due = waiting.filter(due_at__lte=now).aggregate(first=Min("due_at"))["first"]
    lag = max(0.0, (now - due).total_seconds()) if due else 0.0
    over = Page.objects.open().exclude(dead_at=None)
    unanswered = over.exclude(cause=Cause.TEST).count()  # whoever tests has yet to look
    failing = waiting.exclude(last_error="").count()
    facts = {"open": waiting.count(), "unanswered": unanswered, "failing": failing,
             "lag_seconds": round(lag, 1)}  # fmt: skip
    words = f"{facts['open']} open, {unanswered} unanswered"
    if failing:
        return Check(name="paging", state="degraded", words=f"{words}, {failing} cannot go on",
                     facts=facts, fix="See the log for what fails in their step.")  # fmt: skip
    if lag > LATE:
        return Check(name="paging", state="degraded", words=f"{words}, a step is late",
                     facts=facts, fix="Start a worker: `manage.py up --worker-only`.")  # fmt: skip
    if unanswered:
        return Check(name="paging", state="degraded", words=words, facts=facts,
                     fix="Acknowledge them on the page “Paging”.")  # fmt: skip
    return Check(name="paging", state="ok", words=words, facts=facts)
