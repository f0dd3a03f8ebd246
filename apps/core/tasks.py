"""The tick's task, and the thread that stands in for it."""

from celery import shared_task
from celery.signals import worker_init, worker_shutting_down

from apps.core import clock
from apps.core.services import purge
from apps.core.ticker import Ticker

ticker = Ticker(clock.now)


@worker_init.connect
def start_ticker(**_: object) -> None:
    """Before the broker is asked for anything: the passes must not depend on it."""
    ticker.start()


@worker_shutting_down.connect
def stop_ticker(**_: object) -> None:
    ticker.stop()


@shared_task(name="core.purge", ignore_result=True)
def forget() -> int:
    """Forget what is kept for a day only; hourly is enough, and a missed hour does no harm."""
    return purge(now=clock.now())


@shared_task(name="core.tick", ignore_result=True)
def tick(queue: str) -> int:
    return ticker.hear(queue)
