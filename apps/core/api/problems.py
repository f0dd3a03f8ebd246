"""Errors of the API: `application/problem+json` (RFC 9457), also outside Django REST framework."""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

CONTENT_TYPE = "application/problem+json"


class Problem(exceptions.APIException):
    """Ends a request: Problem(409, "this message was logged as RC-12", incident="RC-12").

    `errors` are words by field; everything else given becomes a member of the answer.
    """

    def __init__(
        self,
        status: int,
        words: str,
        *,
        errors: Mapping[str, list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(words)
        self.status_code = status
        self.words = words
        self.errors, self.headers, self.members = errors, dict(headers or {}), members


def problem_body(status: int, words: str, *, errors: Any = None, **members: Any) -> dict[str, Any]:
    """The JSON object of a problem."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": words,
    }
    return body | ({"errors": errors} if errors else {}) | members


def answer_problem(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. None (an error of ours) goes on to Django's 500."""
    problem = _known(exc)
    if problem is None:
        return None
    body = problem_body(
        problem.status_code, problem.words, errors=problem.errors, **problem.members
    )
    return Response(
        body, status=problem.status_code, headers=problem.headers, content_type=CONTENT_TYPE
    )


def _known(exc: Exception) -> Problem | None:
    match exc:
        case Problem():
            return exc
        case Http404():
            return Problem(404, "There is nothing here, or nothing you may see.")
        case PermissionDenied():
            return Problem(403, str(exc) or "You may not do this.")
        case RequestDataTooBig():
            return Problem(413, "The body is larger than 1 MiB.")
        case exceptions.ValidationError():
            return _invalid(exc)
        case exceptions.APIException():
            return Problem(exc.status_code, _words(exc.detail), headers=_headers(exc))
        case _:
            return None


def _invalid(exc: exceptions.ValidationError) -> Problem:
    detail: Any = exc.detail
    if isinstance(detail, dict):
        return Problem(400, "Some fields need another value.", errors=detail)
    return Problem(400, _words(detail), errors={"non_field_errors": detail})


def _words(detail: Any) -> str:
    if isinstance(detail, list):
        return " ".join(_words(item) for item in detail)
    return str(detail)


def _headers(exc: exceptions.APIException) -> dict[str, str]:
    headers: dict[str, str] = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = str(challenge)
    if (wait := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, math.ceil(wait)))
    return headers


# --- outside DRF: for handler404 and its like ------------------------------------------------


def is_api(request: HttpRequest) -> bool:
    """Whether the caller is a program that expects problems as JSON."""
    return request.path_info.startswith("/api/")


def problem_response(
    status: int, words: str, *, headers: Mapping[str, str] | None = None, **members: Any
) -> JsonResponse:
    """A problem as a plain Django answer; for paths that never reach a view."""
    return JsonResponse(
        problem_body(status, words, **members),
        status=status,
        content_type=CONTENT_TYPE,
        headers=dict(headers or {}),
    )
