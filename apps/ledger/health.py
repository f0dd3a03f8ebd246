"""Health of the ledger."""

from datetime import datetime

from apps.core.health import Check
from apps.ledger.models import Change, Head


def ledger(now: datetime) -> Check:
    """How far the chain is sealed."""
    waiting = Change.objects.unsealed().count()
    head = Head.objects.filter(pk=1).first()
    words = f"sealed to {head.seq if head else 0}, {waiting} waiting"
    if waiting > 1000:
        return Check(name="ledger", state="degraded", words=words, fix="Is a worker running?")
    return Check(name="ledger", state="ok", words=words)
