"""The tasks of on-call: hand-overs and briefs that come; calendars that are due are read."""

from celery import shared_task

from apps.core import clock
from apps.oncall.reading import read_due
from apps.oncall.work import pass_due


@shared_task(name="oncall.look", ignore_result=True)
def look() -> int:
    return pass_due(now=clock.now())


@shared_task(name="oncall.read_calendars", ignore_result=True)
def read_calendars() -> int:
    return read_due(now=clock.now())
