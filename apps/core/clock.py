"""The portal's clock: what views, tasks and commands ask. A demonstration may set it apart.

`CLOCK_OFFSET` (seconds) is 0 everywhere but in a demonstration started at night or on a weekend.
Signatures of other systems and sessions keep real time; they never ask here.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The instant the portal lives in, UTC."""
    return timezone.now() + timedelta(seconds=settings.CLOCK_OFFSET)
