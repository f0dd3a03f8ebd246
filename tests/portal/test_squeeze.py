"""What is compressed on its way out, and what is not."""

import gzip
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from portal.squeeze import Squeeze

LONG = "a long enough text " * 100


def squeezed(response: HttpResponseBase) -> HttpResponseBase:
    request = RequestFactory().get("/", headers={"Accept-Encoding": "gzip"})

    def answer(_: HttpRequest) -> HttpResponse:
        return response  # type: ignore[return-value]  # streams as well

    squeeze: Any = Squeeze(answer)
    squeezed: HttpResponseBase = squeeze(request)
    return squeezed


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "text/css", "application/json"])
def test_it_compresses_text(kind: str) -> None:
    answer = squeezed(HttpResponse(LONG, content_type=kind))
    assert isinstance(answer, HttpResponse)
    assert answer["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.content).decode() == LONG


@pytest.mark.parametrize("kind", ["font/woff2", "application/octet-stream", "text/calendar"])
def test_it_leaves_the_rest_alone(kind: str) -> None:
    assert "Content-Encoding" not in squeezed(HttpResponse(LONG, content_type=kind)).headers


def test_it_never_holds_back_a_stream_of_events() -> None:
    stream = StreamingHttpResponse(iter([LONG]), content_type="text/event-stream")
    assert "Content-Encoding" not in squeezed(stream).headers
