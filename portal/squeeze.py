"""Compresses pages, parts and assets on their way out; never streams of events, never fonts."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

SQUEEZED = ("text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml",
            "application/json", "application/problem+json", "text/csv")  # fmt: skip


class Squeeze(GZipMiddleware):
    """gzip with random padding, so that lengths tell nothing of secrets beside one's own text."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponse | HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith(SQUEEZED):
            return response
        return super().process_response(request, response)
