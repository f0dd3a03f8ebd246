"""A database that takes no writes for a while (a standby, a full disk) is told as just that."""

import logging
from collections.abc import Callable, Iterator

from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from apps.core.refusals import refuse

SIGNS = (
    "read-only transaction",  # PostgreSQL: a standby, or default_transaction_read_only
    "readonly database",  # SQLite: no right to write the file
    "database or disk is full",
    "no space left",
)

log = logging.getLogger(__name__)


class ReadOnlyPortal:
    """Answers 503 and words instead of "something broke" when nothing can be written."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """None leaves the error to others."""
        if not isinstance(error, DatabaseError) or not is_read_only(error):
            return None
        return refuse(request, 503, **{"Retry-After": "30"})


class LenientSessions(SessionMiddleware):
    """Keeps sessions; while nothing can be written, who only reads goes on reading.

    A session is written after the view is done: when somebody was last active, a toast that was
    shown. That is no reason to refuse the page; what was meant to change something is refused.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except (DatabaseError, SessionInterrupted) as error:
            if not any(is_read_only(one) for one in _causes(error)):
                raise
            log.warning("a session was not kept: the database takes no writes")
            if request.method in {"GET", "HEAD"} or response.status_code >= 400:
                return response
            return refuse(request, 503, **{"Retry-After": "30"})


def is_read_only(error: Exception) -> bool:
    """Whether the database says that it takes no writes now."""
    words = str(error).casefold()
    return any(sign in words for sign in SIGNS)


def _causes(error: BaseException | None) -> Iterator[Exception]:
    """The error and what it was raised for: sessions wrap what the database said."""
    while isinstance(error, Exception):
        yield error
        error = error.__context__
