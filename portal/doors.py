"""The short way in for machines: deliveries to /hooks/ meet no session, cookie or page policy.

Their senders count milliseconds and use none of that; the view verifies each delivery itself. What
is left of the middleware is the request log in front of this one.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import resolve

HOOKS = "/hooks/"


class HookDoor:
    """Answers what is sent to /hooks/ right here; everything else goes on."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(HOOKS):
            return self._answer(request)
        match = request.resolver_match = resolve(request.path_info)
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Length"] = str(len(response.content))
        return response
