"""GET /api/v1/stream/: changes as they are sealed, as server-sent events, resumed without a gap."""

import json
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.base import SessionBase
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpRequest, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from apps.core.api.base import ApiView
from apps.core.api.problems import Problem
from apps.core.numbers import whole_number
from apps.ledger.hub import Seat, Told, hub, most_streams
from apps.ledger.services import head_seq

if TYPE_CHECKING:
    from apps.ledger.models import Reader

BEAT_SECONDS = 15.0  # a comment, and a look whether the caller may still listen
REPLACED = "event: replaced\ndata: {}\n\n"  # a newer stream took this place: ask for a while
LOCKED = "locked"  # of a session, apps.accounts.middleware


class EventStream(BaseRenderer):
    """So that `Accept: text/event-stream` is understood; refusals are JSON all the same."""

    media_type = "text/event-stream"
    format = "sse"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        return JSONRenderer().render(data)


@dataclass
class Listener:
    """Who listens, from where on, to what."""

    person: Any
    auth: Any
    session: SessionBase | None
    position: int
    subjects: frozenset[str]
    programmes: frozenset[int] | None = frozenset()  # None: all
    looked_at: float = field(default=0.0)

    def may_go_on(self) -> bool:
        """Whether session or token still hold; reads the programmes again. Closes its connection:
        an idle stream holds none."""
        if time.monotonic() - self.looked_at < BEAT_SECONDS:
            return True
        self.looked_at = time.monotonic()
        try:
            return self._look()
        finally:
            connections.close_all()

    def _look(self) -> bool:
        people = get_user_model().objects
        person = people.filter(pk=self.person.pk, is_active=True).first()
        if person is None or not self._is_signed_in():
            return False
        reader = cast("Reader", person)
        if reader.is_administrator:
            self.programmes = None
        else:
            ids = reader.programme_ids().values_list("programme_id", flat=True)
            self.programmes = frozenset(ids)
        return True

    def _is_signed_in(self) -> bool:
        if self.auth is not None:
            return bool(type(self.auth).objects.filter(pk=self.auth.pk).exists())
        if self.session is None:
            return False
        kept = type(self.session)(self.session.session_key).load()
        return bool(kept) and not kept.get(LOCKED)

    def take(self, changes: Iterable[Told]) -> str:
        """The events this listener may see, as text; moves its position past all of them."""
        lines = []
        for one in changes:
            self.position = one.seq
            if self._hears(one):
                data = json.dumps(one.data, separators=(",", ":"), default=str)
                lines.append(f"id: {one.seq}\nevent: change\ndata: {data}\n\n")
        return "".join(lines)

    def _hears(self, one: Told) -> bool:
        if self.subjects and one.subject not in self.subjects:
            return False
        return self.programmes is None or one.programme_id in self.programmes


def events(listener: Listener, seat: Seat) -> Iterator[str]:
    """Lines of the stream, on a thread; ends when the portal stops or the caller may not go on."""
    yield "retry: 2000\n\n"
    while not seat.is_over and listener.may_go_on():
        text = _next(listener)
        if text:
            yield text
            continue
        hub.wait(seat, listener.position, BEAT_SECONDS)
        yield _next(listener) or ": still here\n\n"
    if seat.is_replaced:
        yield REPLACED


def _next(listener: Listener) -> str:
    try:
        return listener.take(hub.after(listener.position))
    finally:
        connections.close_all()


async def events_async(listener: Listener, seat: Seat) -> AsyncIterator[str]:
    """The same on an event loop: hundreds of streams, no thread each."""
    yield "retry: 2000\n\n"
    while not seat.is_over and await sync_to_async(listener.may_go_on)():
        text = await sync_to_async(_next)(listener)
        if text:
            yield text
            continue
        await hub.wait_async(seat, listener.position, BEAT_SECONDS)
        yield await sync_to_async(_next)(listener) or ": still here\n\n"
    if seat.is_replaced:
        yield REPLACED


class _Endless(StreamingHttpResponse):
    """Gives its place back when it is closed, whether or not anything was read of it."""

    seat: Seat | None = None

    def close(self) -> None:
        super().close()
        if self.seat is not None:
            hub.leave(self.seat)
            self.seat = None


class Stream(ApiView):
    """Changes as they happen. `Last-Event-ID` or `after` resumes behind a change; without either it
    begins now. Each event's id is its number in the chain, as in `changes/`.

    A person has four streams of a process, a tab one: the oldest ends with the event `replaced`."""

    renderer_classes = [EventStream, JSONRenderer]

    @extend_schema(
        parameters=[
            OpenApiParameter("after", int, description="The last id you have."),
            OpenApiParameter("subject", str, description="Only these kinds, joined by commas."),
            OpenApiParameter("tab", str, description="Its newest stream ends the older ones."),
        ],
        responses={(200, "text/event-stream"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """An endless answer; 503 with Retry-After when this process has streams enough: poll."""
        listener = _listener(request)
        plain: HttpRequest = request._request  # noqa: SLF001 - which kind of server asks
        is_async = isinstance(plain, ASGIRequest)
        person_id = cast("int", request.user.pk)
        tab = request.query_params.get("tab", "")[:40]
        seat = hub.enter(person_id, tab, most=None if is_async else most_streams())
        if seat is None:
            words = "There are streams enough here; ask `changes/` every five seconds instead."
            raise Problem(503, words, headers={"Retry-After": "5"})
        lines: Any = events_async(listener, seat) if is_async else events(listener, seat)
        response = _Endless(lines, content_type="text/event-stream; charset=utf-8")
        response.seat = seat
        response["Cache-Control"] = "no-store"
        response["X-Accel-Buffering"] = "no"
        return response


def _listener(request: Request) -> Listener:
    asked = request.headers.get("Last-Event-ID") or request.query_params.get("after", "")
    head = head_seq()
    subjects = request.query_params.get("subject", "").split(",")
    return Listener(
        person=request.user,
        auth=request.auth,
        session=getattr(request, "session", None),
        position=head if not asked else min(_number(asked), head),
        subjects=frozenset(filter(None, (one.strip() for one in subjects))),
    )


def _number(text: str) -> int:
    number = whole_number(text)
    if number is None:
        raise Problem(400, "after is the number of a change, from 0 on")
    return number
