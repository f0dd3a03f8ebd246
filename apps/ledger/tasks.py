"""The sealer's task."""

from celery import shared_task

from apps.core import clock
from apps.ledger import services


@shared_task(name="ledger.seal", ignore_result=True)
def seal() -> int:
    return services.seal(now=clock.now())
