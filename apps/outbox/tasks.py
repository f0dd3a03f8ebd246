"""The outbox's task: everything that is due."""

from celery import shared_task

from apps.core import clock
from apps.outbox.work import deliver_due


@shared_task(name="outbox.deliver", ignore_result=True)
def deliver() -> int:
    return deliver_due(now=clock.now())
