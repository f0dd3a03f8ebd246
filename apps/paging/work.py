"""Escalations go on: claim a page that is due, take its step, again until none is due."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from apps.core.models import LeaseLost
from apps.core.work import RunningClock
from apps.paging.models import Page
from apps.paging.rules import LEASE
from apps.paging.services import start_missed, start_unacknowledged, take_step

AFTER_TROUBLE = timedelta(seconds=30)
log = logging.getLogger(__name__)


def take_due(*, now: datetime) -> int:
    """Start pages for missed acknowledgements, of tickets and of hand-overs, and take every step
    that is due; returns how many.

    Pages are claimed one at a time. A page is never given up: one whose step fails is tried again
    half a minute later, and holds up no other; nor does what cannot be started.
    """
    clock = RunningClock(now)
    _start(start_missed, now)
    _start(start_unacknowledged, now)
    taken = 0
    while page := next(iter(Page.objects.claim(now=clock.now(), limit=1, term=LEASE)), None):
        taken += _take(page, clock)
    return taken


def _start(missed: Callable[..., int], now: datetime) -> None:
    try:
        missed(now=now)
    except Exception:  # a defect must not stop the pages that are under way
        log.exception("paging: pages for what was missed could not be started")


def _take(page: Page, clock: RunningClock) -> bool:
    now = clock.now()
    try:
        take_step(page=page, now=now)
    except LeaseLost:
        log.warning("paging: page %s was taken over", page.pk)
        return False
    except Exception as problem:  # a defect must not stop the other pages
        log.exception("paging: the step of page %s failed", page.pk)
        _try_again(page, type(problem).__name__, now)
        return False
    return True


def _try_again(page: Page, words: str, now: datetime) -> None:
    try:
        page.postpone(due_at=now + AFTER_TROUBLE, error=f"unexpected: {words}")
    except LeaseLost:
        log.warning("paging: page %s was taken over", page.pk)
