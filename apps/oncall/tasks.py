"""The task of on-call: every calendar that is due is read."""

from celery import shared_task

from apps.core import clock
from apps.oncall.work import read_due


@shared_task(name="oncall.read_calendars", ignore_result=True)
def read_calendars() -> int:
    return read_due(now=clock.now())
