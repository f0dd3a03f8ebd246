"""The inbox's task: everything that is due."""

from celery import shared_task

from apps.core import clock
from apps.intake.work import process_due


@shared_task(name="intake.process", ignore_result=True)
def process() -> int:
    return process_due(now=clock.now())
