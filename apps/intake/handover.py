"""What a site's hand-over will do to its channels, said before it happens."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from apps.intake.choices import Purpose
from apps.intake.models import Channel, Message
from apps.rollouts.models import Programme


def effects(
    programme: Programme, waves: Mapping[int, set[int]], now: datetime
) -> dict[int, list[str]]:
    """Sentences by site id: messages that have no exit yet, and the channels that close."""
    rows = Message.objects.inbox().filter(programme=programme, site__in=waves)
    waiting = Counter(rows.order_by().values_list("site_id", flat=True))
    channels = list(Channel.objects.filter(programme=programme, purpose=Purpose.GO_LIVE))
    told = {}
    for site, own in waves.items():
        closing = [one for one in channels if one.site_id == site or one.wave_id in own]
        number = waiting[site]
        late = "1 message is" if number == 1 else f"{number} messages are"
        words = [f"{late} not logged yet."] if number else []
        told[site] = words + [f"Closes the channel {one}." for one in closing]
    return told
