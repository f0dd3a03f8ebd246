"""Around every page: the person's own time zone, and the lock of a session nobody uses."""

import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone

from apps.accounts.apps import SEEN
from apps.core.api.problems import is_api, problem_response
from apps.core.pages import is_background, is_page_form, is_part, page_to_come_back_to

Answer = Callable[[HttpRequest], HttpResponse]
LOCKED = "locked"  # in a session: it waits for the password
WRITE_EVERY = 60  # seconds: activity is noted at most this often
WHILE_LOCKED = frozenset({"unlock", "lock", "sign-out", "duty-counts", "healthz", "readyz"})


class OwnTimeZone:
    """Pages show times in the zone of who reads them."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.session.session_key or not request.user.is_authenticated:
            return self._answer(request)
        with timezone.override(ZoneInfo(request.user.time_zone)):
            return self._answer(request)


class IdleLock:
    """A session that no person used for IDLE_MINUTES is locked until the password is given again.

    Refreshing parts and streams carry a header and are no activity. Real time counts here: a
    demonstration's clock may stand elsewhere.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """None lets the request through."""
        if not request.session.session_key or not request.user.is_authenticated:
            return None
        _lock_when_idle(request)
        if not request.session.get(LOCKED):
            return None
        match = request.resolver_match
        if match and match.view_name in WHILE_LOCKED:
            return None
        return _refused(request)


def _lock_when_idle(request: HttpRequest) -> None:
    now, session = int(time.time()), request.session
    seen = session.get(SEEN, now)
    if now - seen > settings.IDLE_MINUTES * 60:
        session[LOCKED] = True
    elif now - seen >= WRITE_EVERY and not is_background(request):
        session[SEEN] = now


def _refused(request: HttpRequest) -> HttpResponse:
    """A page goes to the lock and comes back, the page of a sent form too; all else is told."""
    is_page = request.method == "GET" and not is_part(request)
    if is_api(request) or not (is_page or is_page_form(request)):
        return problem_response(423, "This session is locked: unlock it with your password.")
    query = QueryDict(mutable=True)
    if back := page_to_come_back_to(request):
        query["next"] = back
    answer = HttpResponseRedirect(f"{reverse('unlock')}?{query.urlencode(safe='/')}")
    answer.status_code = 302 if is_page else 303
    return answer
