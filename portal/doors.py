"""The short way in for machines: what goes to /hooks/ and comes from /feeds/ meets no session,
cookie or page policy.

Senders of deliveries count milliseconds and use none of that; readers of calendars must not touch a
session even when a browser sends one along. The views verify signature and token themselves. What
is left of the middleware is the request log in front of this one.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from apps.core.api.problems import problem_response

DOORS = ("/hooks/", "/feeds/")


class Doors:
    """Answers what belongs to a door right here; everything else goes on."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(DOORS):
            return self._answer(request)
        response = _answer(request)
        response.headers["X-Content-Type-Options"] = "nosniff"
        if response.status_code != 304:  # whose length would be that of what is not sent
            response.headers["Content-Length"] = str(len(response.content))
        return response


def _answer(request: HttpRequest) -> HttpResponse:
    try:
        match = request.resolver_match = resolve(request.path_info)
    except Resolver404:
        what = "hook" if request.path_info.startswith("/hooks/") else "calendar"
        return problem_response(404, f"There is no such {what}.")
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response
