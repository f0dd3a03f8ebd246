"""Refuses texts that no database takes, before any view looks for them."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from apps.core.api.problems import is_api
from apps.core.refusals import refuse

NUL = "\x00"


class PlainText:
    """Answers 400 to a NUL in an address or a form: nobody types one, and PostgreSQL has none.

    Bodies of the API are read, and refused, by its own parser and serializers.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """None lets the request through."""
        is_plain = NUL not in request.path_info and "%00" not in request.META["QUERY_STRING"]
        if is_plain and (is_api(request) or not _has_nul(request.POST)):
            return None
        return refuse(request, 400, "It holds a NUL, a sign that is no text.")


def _has_nul(form: Any) -> bool:
    return any(NUL in text for values in form.lists() for text in (values[0], *values[1]))
