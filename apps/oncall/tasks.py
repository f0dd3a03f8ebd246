"""The task of on-call: hand-overs and briefs that come."""

from celery import shared_task

from apps.core import clock
from apps.oncall.work import pass_due


@shared_task(name="oncall.look", ignore_result=True)
def look() -> int:
    return pass_due(now=clock.now())
