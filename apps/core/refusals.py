"""What is answered when there is nothing, when it is not allowed, when it broke: as a page to
people, as a problem to programs."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.core.api.problems import is_api, problem_response
from apps.core.pages import is_part


@dataclass(frozen=True)
class Words:
    """A refusal: its heading, what is wrong, what to do now."""

    title: str
    why: str
    icon: str = "alert-triangle"


WORDS = {
    400: Words("That request cannot be read", "Go back, reload the page and try again."),
    403: Words("You may not see this", "Ask an administrator for the role you need.", "lock"),
    404: Words("There is nothing here", "It was moved, or the address has a typing error.",
               "map-off"),
    405: Words("That cannot be done here", "This address does not take that kind of request."),
    409: Words("Somebody was faster", "Reload to see how it is now; what you typed is kept.",
               "arrows-exchange"),
    500: Words("Something broke on our side", "It has been logged. Try again in a moment."),
    503: Words("The portal is read-only for a moment",
               "Nothing can be changed right now; what you typed is kept. Try again soon.",
               "lock-square"),
}  # fmt: skip


def refuse(request: HttpRequest, status: int, words: str = "", **headers: str) -> HttpResponse:
    """Say no: `words` are the particulars, if there are any."""
    usual = WORDS[status]
    if is_api(request):
        return problem_response(status, words or f"{usual.title}. {usual.why}", headers=headers)
    facts = {"status": status, "usual": usual, "words": words}
    response = render(request, _template(request), facts, status=status)
    for name, value in headers.items():
        response[name] = value
    return response


def _template(request: HttpRequest) -> str:
    if not hasattr(request, "user"):  # refused before it was asked who they are: no shell
        return "errors/broken.html"
    return "errors/_refusal.html" if is_part(request) else "errors/refusal.html"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """For handler400: a request Django itself does not take."""
    return refuse(request, 400, "This request cannot be read.")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """For handler403."""
    return refuse(request, 403, str(exception or ""))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """For handler404: no such path, or no such object for this person."""
    return refuse(request, 404, f"There is nothing at {request.path_info[:200]}.")


def server_error(request: HttpRequest) -> HttpResponse:
    """For handler500: an error of ours; the log has the cause. Asks no database."""
    if is_api(request):
        return problem_response(500, "Something went wrong on our side; it has been logged.")
    facts = {"status": 500, "usual": WORDS[500], "words": ""}
    return render(request, "errors/broken.html", facts, status=500, using=None)


def no_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """For CSRF_FAILURE_VIEW."""
    return refuse(request, 403, "The form was too old, or did not come from here. Reload the page.")
