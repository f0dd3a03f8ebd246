"""The inbox's task: everything that is due."""

from celery import shared_task
from django.utils import timezone

from apps.intake.work import process_due


@shared_task(name="intake.process", ignore_result=True)
def process() -> int:
    return process_due(now=timezone.now())
