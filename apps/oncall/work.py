"""The pass of on-call: rows for the hand-overs and briefs that come, briefs that are due, requests
for cover that nobody answered in time, what is prepared for a holiday, what the week leaves open.

Schedules are computed once a minute, and for the rotas of which a brief is due, so that it goes to
whoever really comes; a pass with nothing due asks two questions.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from apps.core.models import Heartbeat
from apps.oncall.models import Rota, ShiftBrief
from apps.oncall.services import (
    UnableToSaveRota,
    expect,
    follow_hours,
    look_ahead,
    pass_unanswered,
    prepare,
    tell_brief,
)
from apps.rollouts.models import Programme

LOOKED = "oncall"  # the heartbeat of the last look at all rotas
EVERY = timedelta(minutes=1)
log = logging.getLogger(__name__)


def pass_due(*, now: datetime) -> int:
    """Returns how many people were told of their shift."""
    if is_time_to_look(now):
        for rota in Rota.objects.order_by("pk"):
            _look(rota, now)
        _isolated(lambda: pass_unanswered(now=now), "requests for cover")
        for programme in Programme.objects.exclude(rotas=None):
            if now < programme.over_at:
                _look_ahead(programme, now)
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
    _isolated(lambda: _follow(rota, now), f"working hours of rota {rota.pk}")
    _isolated(lambda: expect(rota=rota, now=now), f"hand-overs of rota {rota.pk}")
    _isolated(lambda: prepare(rota=rota, now=now), f"holidays of rota {rota.pk}")


def _look_ahead(programme: Programme, now: datetime) -> None:
    _isolated(lambda: look_ahead(programme=programme, now=now), f"coverage of {programme.key}")


def _follow(rota: Rota, now: datetime) -> None:
    rows = Rota.objects.following().with_versions().select_related("programme")
    try:
        for row in rows.filter(pk=rota.pk):
            follow_hours(rota=row, now=now)
    except UnableToSaveRota as problem:
        log.info("oncall: rota %s keeps the working hours it knows: %s", rota.pk, problem)


def _isolated(look: Callable[[], object], words: str) -> None:
    """A defect in one thing must not leave the others without."""
    try:
        look()
    except Exception:
        log.exception("oncall: %s cannot be looked at", words)
