"""The short way in for machines: deliveries to /hooks/ meet no session, cookie or page policy.

Their senders count milliseconds and use none of that; the view verifies each delivery itself. What
is left of the middleware is the request log in front of this one.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from apps.core.api.problems import problem_response

HOOKS = "/hooks/"


class HookDoor:
    """Answers what is sent to /hooks/ right here; everything else goes on."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(HOOKS):
            return self._answer(request)
        response = _answer(request)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Length"] = str(len(response.content))
        return response


def _answer(request: HttpRequest) -> HttpResponse:
    try:
        match = request.resolver_match = resolve(request.path_info)
    except Resolver404:
        return problem_response(404, "There is no such hook.")
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response
