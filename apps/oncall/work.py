"""The pass of on-call: rows for the hand-overs and briefs that come, briefs that are due,
and what is prepared for a holiday.

Schedules are computed once a minute, and for the rotas of which a brief is due, so that it goes to
whoever really comes; a pass with nothing due asks two questions.
"""

import logging
from datetime import datetime, timedelta

from apps.core.models import Heartbeat
from apps.oncall.models import Rota, ShiftBrief
from apps.oncall.services import expect, prepare, tell_brief

LOOKED = "oncall"  # the heartbeat of the last look at all rotas
EVERY = timedelta(minutes=1)
log = logging.getLogger(__name__)


def pass_due(*, now: datetime) -> int:
    """Returns how many people were told of their shift."""
    if is_time_to_look(now):
        for rota in Rota.objects.order_by("pk"):
            _look(rota, now)
    due = set(ShiftBrief.objects.due(now).values_list("rota_id", flat=True))
    for rota in Rota.objects.filter(pk__in=due) if due else ():
        _look(rota, now)
    if not due:
        return 0
    rows = ShiftBrief.objects.due(now).with_people()
    return sum(tell_brief(brief=row, now=now) for row in rows)


def is_time_to_look(now: datetime) -> bool:
    """Whether a minute has passed since the last look; of two workers one is told so."""
    last = Heartbeat.objects.last(LOOKED)
    if last is None:
        return Heartbeat.objects.get_or_create(name=LOOKED, defaults={"at": now})[1]
    if now - last < EVERY:
        return False
    return Heartbeat.objects.filter(name=LOOKED, at=last).update(at=now) == 1


def _look(rota: Rota, now: datetime) -> None:
    for look in (expect, prepare):
        try:
            look(rota=rota, now=now)
        except Exception:  # a defect in one rota must not leave the others without
            log.exception("oncall: rota %s cannot be looked at", rota.pk)
