"""The task of paging: every step that is due."""

from celery import shared_task

from apps.core import clock
from apps.paging.work import take_due


@shared_task(name="paging.take", ignore_result=True)
def take() -> int:
    return take_due(now=clock.now())
