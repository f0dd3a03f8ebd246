"""Health of the connections: in words, which are being left alone and why."""

from datetime import datetime

from apps.connections.models import Connection
from apps.core.health import Check


def connections(now: datetime) -> Check:
    """Whether every active connection answered when last asked."""
    failing = list(Connection.objects.filter(is_active=True, failures__gt=0).order_by("key"))
    facts = {row.key: {"failures": row.failures, "error": row.last_error} for row in failing}
    if failing:
        words = "; ".join(f"{row.key}: {row.last_error or 'failed'}" for row in failing)
        return Check(name="connections", state="degraded", words=words, facts=facts,
                     fix="See the address and the secrets of these connections.")  # fmt: skip
    count = Connection.objects.filter(is_active=True).count()
    return Check(name="connections", state="ok", words=f"{count} configured, none failing")
