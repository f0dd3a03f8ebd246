"""One log line per request: route name, never the path (paths may hold tokens)."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

log = logging.getLogger("rollcall.request")
_OURS = re.compile(r"[A-Za-z0-9._-]{8,64}")
_KEY = "rollcall.request_id"
REFUSALS = (Http404, PermissionDenied, SuspiciousOperation, BadRequest)
_QUIET = ("/hooks/", "/static/", "/healthz", "/readyz", "/metrics")


class RequestLog:
    """Gives each request an id (its own `X-Request-Id` when that is a sane one) and a log line."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request_id = request.META[_KEY] = _request_id(request)
        response = self._answer(request)
        response["X-Request-Id"] = request_id
        level = logging.DEBUG if request.path_info.startswith(_QUIET) else logging.INFO
        if response.status_code >= 500:
            level = logging.ERROR
        if log.isEnabledFor(level):
            milliseconds = (time.perf_counter() - started) * 1000
            log.log(level, "request", extra=_fields(request, response, request_id, milliseconds))
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Say what a view failed with; Django then answers 500. What it refuses is no failure."""
        if isinstance(error, REFUSALS):
            return
        log.error(
            "request failed", exc_info=error, extra={"request_id": request.META.get(_KEY, "")}
        )


def _request_id(request: HttpRequest) -> str:
    given = str(request.META.get("HTTP_X_REQUEST_ID", ""))
    return given if _OURS.fullmatch(given) else uuid.uuid4().hex


def _fields(
    request: HttpRequest, response: HttpResponseBase, request_id: str, milliseconds: float
) -> dict[str, object]:
    match = request.resolver_match
    return {
        "request_id": request_id,
        "route": match.view_name if match else "none",
        "method": request.method,
        "status": response.status_code,
        "ms": round(milliseconds, 1),
    }
