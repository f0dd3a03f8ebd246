"""A database that takes no writes for a while (a standby, a full disk) is told as just that."""

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from apps.core.refusals import refuse

SIGNS = (
    "read-only transaction",  # PostgreSQL: a standby, or default_transaction_read_only
    "readonly database",  # SQLite: no right to write the file
    "database or disk is full",
    "no space left",
)


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


def is_read_only(error: Exception) -> bool:
    """Whether the database says that it takes no writes now."""
    words = str(error).casefold()
    return any(sign in words for sign in SIGNS)
