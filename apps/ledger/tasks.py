"""The sealer's task."""

from celery import shared_task
from django.utils import timezone

from apps.ledger import services


@shared_task(name="ledger.seal", ignore_result=True)
def seal() -> int:
    return services.seal(now=timezone.now())
