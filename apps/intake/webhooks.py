"""POST /hooks/<connection key>/: verify, commit, answer 2xx; everything else happens after.

The answers are the contract's: 2xx only for a committed row (or the vendor's handshake), 400 not
parseable, 401 forged or stale, 404 unknown connection, 413 too large, 429 for callers who keep
failing verification, 503 when the row cannot be written.
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from django.db import DatabaseError, InterfaceError, OperationalError
from django.db import connection as database
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from apps.connections.models import Connection
from apps.connectors.base import Forged, Unreadable
from apps.core import clock
from apps.core.doorbell import ring
from apps.intake.inboxes import Inbox, inbox_for
from apps.intake.models import Arrival
from apps.intake.rules.shape import LARGEST, Misshapen, read_object
from apps.intake.turnstile import turnstile

log = logging.getLogger(__name__)
KNOWN_SECONDS = 2.0  # how long a connection's row is remembered: a new secret counts after that


class _Refused(Exception):
    """Ends the request with a status, words, and perhaps a time to wait."""

    def __init__(self, status: HTTPStatus, words: str, wait: float = 0.0) -> None:
        super().__init__(words)
        self.status, self.words, self.wait = status, words, wait


@csrf_exempt
def hook(request: HttpRequest, key: str) -> HttpResponse:
    """Take in one delivery for the connection `key`."""
    try:
        if request.method != "POST":
            raise _Refused(HTTPStatus.METHOD_NOT_ALLOWED, "send a POST")
        return _take_in(request, key)
    except _Refused as refusal:
        return _answer_refusal(refusal)


def _take_in(request: HttpRequest, key: str) -> HttpResponse:
    connection, inbox = _connection(key)
    body = _body(request)
    _verify(request, connection, inbox, body)
    try:
        envelope = read_object(body)
        challenge = inbox.handshake(envelope)
        delivery_key = inbox.delivery_key(envelope)
    except (Misshapen, Unreadable) as problem:
        raise _Refused(HTTPStatus.BAD_REQUEST, str(problem)) from problem
    if challenge is not None:
        return HttpResponse(challenge, content_type="text/plain; charset=utf-8")
    is_new = _keep(request, connection, inbox, delivery_key, body)
    return JsonResponse({"ok": True, "duplicate": not is_new})


def _body(request: HttpRequest) -> bytes:
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdigit() and int(announced) > LARGEST:
        raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is larger than 1 MiB")
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is larger than 1 MiB")
    return body


def _verify(request: HttpRequest, connection: Connection, inbox: Inbox, body: bytes) -> None:
    try:
        inbox.verify(connection, headers=request.headers, body=body, at=time.time())
    except Forged as problem:
        wait = turnstile.failed(request.META.get("REMOTE_ADDR", ""), time.monotonic())
        if wait:
            words = "too many requests without a valid signature"
            raise _Refused(HTTPStatus.TOO_MANY_REQUESTS, words, wait) from problem
        raise _Refused(HTTPStatus.UNAUTHORIZED, str(problem)) from problem


def _keep(
    request: HttpRequest,
    connection: Connection,
    inbox: Inbox,
    delivery_key: str | None,
    body: bytes,
) -> bool:
    keep = partial(
        Arrival.objects.keep,
        connection_id=connection.pk,
        delivery_key=delivery_key,
        headers=_kept_headers(request, inbox),
        body=body,
        now=clock.now(),
    )
    try:
        is_new = _written(keep)
    except DatabaseError as problem:
        log.error("intake: a delivery could not be written (%s)", type(problem).__name__)  # noqa: TRY400 - the trace could quote the row
        words = "the delivery could not be stored, send it again"
        raise _Refused(HTTPStatus.SERVICE_UNAVAILABLE, words, 5.0) from problem
    if is_new:
        ring("intake")
    return is_new


def _kept_headers(request: HttpRequest, inbox: Inbox) -> dict[str, str]:
    found = {name: request.headers.get(name) for name in inbox.kept_headers}
    return {name: value[:400] for name, value in found.items() if value is not None}


def _written(keep: Callable[[], bool]) -> bool:
    """Write the row; once more on a fresh connection when the old one was dead. Asking a
    connection whether it lives before each delivery would cost every sender a round trip."""
    database.health_check_done = True  # type: ignore[attr-defined]  # not in the stubs
    try:
        return keep()
    except (InterfaceError, OperationalError):
        if database.in_atomic_block:
            raise
        database.close()
        return keep()


def _answer_refusal(refusal: _Refused) -> HttpResponse:
    answer = JsonResponse(
        {
            "type": "about:blank",
            "title": refusal.status.phrase,
            "status": int(refusal.status),
            "detail": refusal.words,
        },
        status=refusal.status,
        content_type="application/problem+json",
    )
    if refusal.wait:
        answer.headers["Retry-After"] = str(math.ceil(refusal.wait))
    if refusal.status == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = "POST"
    return answer


class _Known:
    """Connections by key, remembered for KNOWN_SECONDS; unknown keys are never remembered."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[float, Connection]] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> Connection | None:
        at = time.monotonic()
        remembered = self._rows.get(key)
        if remembered and at - remembered[0] < KNOWN_SECONDS:
            return remembered[1]
        connection = Connection.objects.filter(key=key, is_active=True).first()
        with self._lock:
            if connection is None:
                self._rows.pop(key, None)
            else:
                self._rows[key] = (at, connection)
        return connection

    def clear(self) -> None:
        with self._lock:
            self._rows.clear()


known = _Known()


def _connection(key: str) -> tuple[Connection, Inbox]:
    try:
        connection = known.get(key)
    except DatabaseError as problem:
        words = "the database does not answer, send it again"
        raise _Refused(HTTPStatus.SERVICE_UNAVAILABLE, words, 5.0) from problem
    if connection is None:
        raise _Refused(HTTPStatus.NOT_FOUND, f"there is no connection {key!r}")
    inbox = inbox_for(connection.kind)
    if inbox is None:
        words = f"connections of kind {connection.kind} do not take deliveries in this version"
        raise _Refused(HTTPStatus.NOT_FOUND, words)
    return connection, inbox
