"""What is forgotten by itself."""

from celery import shared_task

from apps.core import clock
from apps.rollouts.services import purge_drafts


@shared_task(name="rollouts.purge_imports", ignore_result=True)
def purge_imports() -> int:
    """Forget files somebody looked at more than a day ago; a missed hour does no harm."""
    return purge_drafts(now=clock.now())
