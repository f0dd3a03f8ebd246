"""Idempotency-Key on POST: the same request twice has one effect and one answer, for 24 hours.

The answer is kept in the transaction of the effect, so either both are there or neither. What was
refused (4xx) or failed is not kept: nothing happened, the caller may try again with the same key.
"""

import functools
import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.base import ApiView
from apps.core.api.problems import Problem
from apps.core.models import KeptAnswer
from apps.core.services import KEPT

SHAPE = re.compile(r"[\x21-\x7e]{1,200}\Z")
HEADERS = ("ETag", "Location")
Answer = Callable[..., Response]


class KeyedPost(ApiView):
    """Write `post` as usual: it runs in one transaction, once for each Idempotency-Key."""

    is_keyed = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "post" in cls.__dict__:
            cls.post = keyed(cls.__dict__["post"])  # type: ignore[attr-defined]  # defined just now


def keyed(act: Answer) -> Callable[..., Response | HttpResponse]:
    """A `post` that is done once for each key; without a key it is simply one transaction."""

    @functools.wraps(act)
    def post(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response | HttpResponse:
        key = request.headers.get("Idempotency-Key")
        with transaction.atomic():
            if key is None:
                return act(view, request, *args, **kwargs)
            kept = _start(_checked(key), request, clock.now())
            if kept.status is None:
                return _keep(kept, act(view, request, *args, **kwargs))
            return _answer(kept, is_repeat=True)

    return post


def _checked(key: str) -> str:
    if SHAPE.match(key):
        return key
    words = "Idempotency-Key is 1 to 200 visible ASCII characters."
    raise Problem(400, words, errors={"Idempotency-Key": [words]})


def _start(key: str, request: Request, now: datetime) -> KeptAnswer:
    """The row of this key, ours until the transaction ends; `status` is None when it is new."""
    owner, fingerprint = f"person:{request.user.pk}", _fingerprint(request)
    _hold(f"{owner} {key}")
    KeptAnswer.objects.filter(owner=owner, key=key, created_at__lt=now - KEPT).delete()
    row, _ = KeptAnswer.objects.get_or_create(
        owner=owner, key=key, defaults={"fingerprint": fingerprint, "created_at": now}
    )
    if row.fingerprint != fingerprint:
        raise Problem(422, "This Idempotency-Key was used for another request; take a new one.")
    return row


def _hold(name: str) -> None:
    """Raise Problem 409 while another request with this key runs.

    On SQLite writers come one after the other: the second finds the answer of the first.
    """
    if connection.vendor != "postgresql":
        return
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        row = cursor.fetchone()
    if not (row and row[0]):
        words = "A request with this Idempotency-Key is still running; ask again."
        raise Problem(409, words, headers={"Retry-After": "1"})


def _fingerprint(request: Request) -> str:
    head = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(head + request.body).hexdigest()


def _keep(kept: KeptAnswer, response: Response) -> HttpResponse | Response:
    if response.status_code >= 400:  # said with a Response instead of a Problem: undo it all
        transaction.set_rollback(True)
        return response
    kept.status = response.status_code
    # The text itself, not the value: a repeat is answered with the very same bytes.
    text = "" if response.data is None else JSONRenderer().render(response.data).decode()
    headers = {name: response[name] for name in HEADERS if name in response}
    kept.body = {"text": text, "headers": headers}
    kept.save(update_fields=["status", "body"])
    return _answer(kept, is_repeat=False)


def _answer(kept: KeptAnswer, *, is_repeat: bool) -> HttpResponse:
    body: Any = kept.body
    headers = dict(body["headers"]) | ({"Idempotency-Replayed": "true"} if is_repeat else {})
    return HttpResponse(
        body["text"], status=kept.status, content_type="application/json", headers=headers
    )
