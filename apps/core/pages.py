"""Answers of pages: the page or the part htmx asks for, toasts, redirects, refusals."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme

from apps.core import clock

TOASTS = "components/_toasts.html"
SHELL_FIELDS = frozenset({"csrfmiddlewaretoken", "next"})  # of every form
LONGEST_PATH = 4000  # characters of an address to come back to


def is_part(request: HttpRequest) -> bool:
    """htmx asks: it wants a part, not a page."""
    return request.headers.get("HX-Request") == "true"


def is_background(request: HttpRequest) -> bool:
    """Nobody did this: a page refreshes itself. It must not keep a session awake."""
    return request.headers.get("X-Rollcall-Background") == "1"


def is_page_form(request: HttpRequest) -> bool:
    """A browser sent a form and goes to what is answered; a script would not go anywhere."""
    goes_there = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    wants_page = goes_there and "text/html" in request.headers.get("Accept", "")
    return request.method == "POST" and wants_page and not is_part(request)


def page_to_come_back_to(request: HttpRequest) -> str:
    """The path somebody wants to see after the lock or the sign-in: the page asked for, or the one
    whose form was sent. Empty when it is none of ours."""
    if request.method in {"GET", "HEAD"}:
        asked = request.get_full_path()
    else:
        there = urlsplit(request.headers.get("Referer", ""))
        asked = urlunsplit(("", "", there.path, there.query, ""))
        if there.netloc != request.get_host():
            return ""
    return asked if is_own_path(request, asked) else ""


def show(
    request: HttpRequest,
    page: str,
    context: Mapping[str, Any] | None = None,
    *,
    part: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page; when htmx asks and the view has one, only its `part`, and the waiting toasts.

    `now` is in the context unless the view gave its own.
    """
    facts = {"now": clock.now(), **(context or {})}
    if part and is_part(request):
        response = render(request, part, facts, status=status)
        if not is_background(request):
            response.write(render_to_string(TOASTS, {"is_extra": True}, request=request))
    else:
        response = render(request, page, facts, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def said(request: HttpRequest, words: str, *, undo: str = "") -> None:
    """Tell the person on the next answer; `undo` is the address a POST to which takes it back."""
    messages.success(request, words, extra_tags=undo)


def leading_to(words: str, label: str, url: str) -> str:
    """A sentence for `said` that ends with a link; the key o follows it."""
    link = '{} <a href="{}" data-key="o" aria-keyshortcuts="o">{}</a>.'
    return format_html(link + ' <kbd aria-hidden="true">o</kbd>', words, url, label)


def sent(request: HttpRequest) -> QueryDict:
    """What a form sent. The address of an undo carries its facts itself: its form has none."""
    return request.POST if request.POST.keys() - SHELL_FIELDS else request.GET


def warned(request: HttpRequest, words: str) -> None:
    """Tell the person what did not work and what to do."""
    messages.error(request, words)


def back_to(request: HttpRequest, url: str) -> HttpResponse:
    """303 to `url`, or to the page the form names in `next` when that is one of ours."""
    asked = request.POST.get("next", "")
    response = HttpResponseRedirect(asked if is_own_path(request, asked) else url)
    response.status_code = 303
    return response


def is_own_path(request: HttpRequest, asked: str) -> bool:
    """Whether an address that came with a request is a path of this portal, fit to be sent to."""
    is_path = asked.startswith("/") and len(asked) <= LONGEST_PATH
    return is_path and url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()})
