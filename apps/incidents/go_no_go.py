"""What tickets say of the go/no-go of a wave: nobody goes live while all is down."""

from datetime import datetime

from django.urls import reverse

from apps.incidents.models import Incident
from apps.rollouts.go_no_go import named
from apps.rollouts.models import Wave
from apps.rollouts.rules.readiness import Finding

KEY = "severity-1"


def severity_one(wave: Wave, now: datetime) -> list[Finding]:
    """Red while a ticket of severity 1 is open in the programme; each needs its own waiver."""
    rows = Incident.objects.filter(programme=wave.programme, severity=1).open().order_by("id")
    numbers = [row.number for row in rows.only("id")]
    if not numbers:
        return [Finding(KEY, "No ticket of severity 1 is open.", "green")]
    are = "1 ticket of severity 1 is" if len(numbers) == 1 else (
        f"{len(numbers)} tickets of severity 1 are"
    )  # fmt: skip
    link = f"{reverse('tickets')}?state=open&severity=1"
    words = f"{are} open ({named(numbers)})."
    return [Finding(KEY, words, "red", link, frozenset(numbers))]
