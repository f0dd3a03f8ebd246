"""GET /feeds/<token>.ics: a calendar for whoever has its address. No session, no cookie.

The token is the key: it stands in the address, so neither path nor token is ever logged or told
back. Guessing is slowed down by address, reading by feed.
"""

import hashlib
import logging
import math
import time

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from apps.accounts.feed_tokens import calendar_of, feed_of, note_read
from apps.accounts.models import Feed
from apps.core import clock
from apps.core.api.limits import counters
from apps.core.calendars import ical

READS, GUESSES = 30, 60  # in a minute: of one feed, from one address
log = logging.getLogger(__name__)


@require_safe
def feed_file(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar, 304 when the caller has it already, 404 for what never was or is no more."""
    feed = feed_of(token)
    caller = f"feed:{feed.pk}" if feed else f"feeds:{request.META.get('REMOTE_ADDR', '')}"
    counted = counters.count(caller, limit=READS if feed else GUESSES, at=time.monotonic())
    if counted.is_over:
        wait = {"Retry-After": str(math.ceil(counted.resets))}
        return _words(429, "Too many requests: calendars change rarely, ask once an hour.", wait)
    calendar = calendar_of(feed) if feed else None
    if feed is None or calendar is None:
        return _words(404, "There is no such calendar, or it was revoked.")
    _note(feed)
    return _file(request, ical(calendar))


def _file(request: HttpRequest, body: bytes) -> HttpResponse:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if {etag, "*"} & {one.removeprefix("W/") for one in _known(request)}:
        return _guarded(HttpResponse(status=304, headers={"ETag": etag}))
    headers = {"ETag": etag, "Content-Disposition": 'inline; filename="rollcall.ics"'}
    kind = "text/calendar; charset=utf-8"
    return _guarded(HttpResponse(body, content_type=kind, headers=headers))


def _known(request: HttpRequest) -> list[str]:
    return parse_etags(request.headers.get("If-None-Match", ""))


def _words(status: int, words: str, headers: dict[str, str] | None = None) -> HttpResponse:
    kind = "text/plain; charset=utf-8"
    return _guarded(HttpResponse(words, status=status, content_type=kind, headers=headers or {}))


def _guarded(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-cache"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _note(feed: Feed) -> None:
    """A calendar is read also while nothing can be written."""
    try:
        note_read(feed=feed, now=clock.now())
    except DatabaseError as problem:
        log.warning("feeds: a reading was not noted (%s)", type(problem).__name__)
