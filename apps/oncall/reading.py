"""Calendars are read: claim one that is due, fetch it, make its shifts, until none is due."""

import logging
from datetime import datetime, timedelta

from apps.core.models import LeaseLost
from apps.core.work import RunningClock
from apps.oncall.fetching import UnableToFetch, fetch
from apps.oncall.models import CalendarSource
from apps.oncall.rules.calendars import UnableToRead
from apps.oncall.services import take_reading

LEASE = timedelta(minutes=2)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=6)
log = logging.getLogger(__name__)


def read_due(*, now: datetime) -> int:
    """Read every calendar that is due, one after the other; returns how many were read."""
    clock = RunningClock(now)
    read = 0
    while source := next(iter(_claim(clock)), None):
        try:
            read += _read(source, clock)
        except LeaseLost:
            log.warning("calendars: %s was taken over", source.pk)
    return read


def _claim(clock: RunningClock) -> list[CalendarSource]:
    rows = CalendarSource.objects.select_related("rota__programme")
    return rows.claim(now=clock.now(), limit=1, term=LEASE)


def _read(source: CalendarSource, clock: RunningClock) -> bool:
    """One attempt at a claimed calendar; a failure is noted in words and tried again later."""
    source.begin(now=clock.now(), term=LEASE)
    if source.why_stop:  # it has ended worker after worker
        return _fail(source, source.why_stop, LONGEST_WAIT, clock)
    try:
        if not source.is_file:
            _fetch(source)
        take_reading(source=source, now=clock.now())
    except UnableToFetch as problem:
        return _fail(source, str(problem), problem.retry_after, clock)
    except UnableToRead as problem:
        return _fail(source, str(problem), timedelta(), clock)
    except LeaseLost:
        raise
    except Exception as problem:  # a defect must not stop the other calendars
        log.exception("calendars: %s failed unexpectedly", source.pk)
        return _fail(source, f"unexpected: {type(problem).__name__}", timedelta(), clock)
    return True


def _fetch(source: CalendarSource) -> None:
    known = bool(source.content)
    fetched = fetch(
        source.url, host=source.host, etag=source.etag if known else "",
        last_modified=source.last_modified if known else "",
    )  # fmt: skip
    if fetched.content is not None:
        source.content, source.etag = fetched.content, fetched.etag
        source.last_modified = fetched.last_modified


def _fail(source: CalendarSource, words: str, asked: timedelta, clock: RunningClock) -> bool:
    log.warning("calendars: %s could not be read", source.pk)
    wait = min(FIRST_WAIT * 2 ** min(source.failures, 10), LONGEST_WAIT)
    source.note_failure(words, wait=max(wait, asked), now=clock.now())
    return False
