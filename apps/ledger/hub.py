"""The hub: one thread per process reads the ledger's new numbers, and every stream reads the hub.

The last changes stay in a ring of fixed size; a reader keeps only its position. One that is
further behind than the ring (it slept, or it resumes) reads the database, so nobody loses a change
and memory stays flat. The thread also seals, so that a change is told at once, without a worker;
with Redis whoever sealed tells the other hubs, and a lost publication costs one poll.
"""

import asyncio
import logging
import os
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connections

from apps.core import clock
from apps.ledger import bell
from apps.ledger.models import Change
from apps.ledger.serializers import ChangeSerializer
from apps.ledger.services import CHANNEL, head_seq, seal

POLL_SECONDS = 0.25
KEPT = 2000  # changes in the ring
BATCH = 500
USUAL_STREAMS = 16  # of one process with threads, when nobody says how many it has
MOST_OF_PERSON = 4  # a browser keeps six connections to a host: two stay free for pages
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """One change as streams tell it."""

    seq: int
    programme_id: int | None
    subject: str
    data: dict[str, Any]


def told(change: Change) -> Told:
    data: dict[str, Any] = ChangeSerializer(change).data
    return Told(change.seq or 0, change.programme_id, change.subject, data)


@dataclass(eq=False)
class Seat:
    """The place of one stream; `is_over` ends it, `is_replaced` when a newer one took it."""

    person_id: int
    tab: str
    is_over: bool = False
    is_replaced: bool = False


class Hub:
    """What streams of this process wait on."""

    def __init__(self) -> None:
        self._renew()
        os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        self._changed = threading.Condition()
        self._ring: deque[Told] = deque(maxlen=KEPT)
        self._latest: int | None = None
        self._thread: threading.Thread | None = None
        self._seats: list[Seat] = []
        self._loops: dict[int, tuple[asyncio.AbstractEventLoop, asyncio.Event]] = {}
        self.is_stopping = False

    # --- readers ----------------------------------------------------------------------------

    def enter(self, person_id: int, tab: str = "", *, most: int | None = None) -> "Seat | None":
        """Take a place for a stream; None when this process already has `most`.

        A tab has one stream and a person a few: an older one gives its place to the newer, because
        the server learns late that a browser went away.
        """
        with self._changed:
            mine = [seat for seat in self._seats if seat.person_id == person_id]
            old = [seat for seat in mine if tab and seat.tab == tab] or mine[: -MOST_OF_PERSON + 1]
            for seat in old:
                seat.is_replaced = True
                self._end(seat)
            if self.is_stopping or (most is not None and len(self._seats) >= most):
                return None
            seat = Seat(person_id, tab)
            self._seats.append(seat)
            return seat

    def leave(self, seat: "Seat") -> None:
        with self._changed:
            self._end(seat)

    def _end(self, seat: "Seat") -> None:
        seat.is_over = True
        if seat in self._seats:
            self._seats.remove(seat)
        self._tell()

    def wait(self, seat: "Seat", position: int, seconds: float) -> None:
        """Until there is something after `position`, the place is lost, or the time is over."""
        with self._changed:
            self._start()
            self._changed.wait_for(lambda: self._is_ahead(seat, position), timeout=seconds)

    async def wait_async(self, seat: "Seat", position: int, seconds: float) -> None:
        """The same on an event loop."""
        event = asyncio.Event()
        key = id(event)
        with self._changed:
            self._start()
            if self._is_ahead(seat, position):
                return
            self._loops[key] = (asyncio.get_running_loop(), event)
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            return
        finally:
            with self._changed:
                self._loops.pop(key, None)

    def _is_ahead(self, seat: "Seat", position: int) -> bool:
        is_over = self.is_stopping or seat.is_over
        return is_over or (self._latest is not None and self._latest > position)

    def after(self, position: int) -> Sequence[Told]:
        """What follows `position`, at most BATCH; from the ring, or the database when the ring does
        not reach back so far. Order and numbers have no gap."""
        with self._changed:
            latest = self._latest
            ring = [one for one in self._ring if one.seq > position][:BATCH]
        if ring and ring[0].seq == position + 1:
            return ring
        if latest is not None and latest <= position:
            return []
        rows = Change.objects.sealed().filter(seq__gt=position)[:BATCH]
        return [told(change) for change in rows]

    def stop(self) -> None:
        """Let every stream end now; the process is about to."""
        with self._changed:
            self.is_stopping = True
            for seat in self._seats:
                seat.is_over = True
            self._tell()
        bell.ring()

    # --- the thread -------------------------------------------------------------------------

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="hub", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        ears = _Ears()
        while not self.is_stopping:
            try:
                self._read()
            except DatabaseError as problem:
                log.warning("hub: the database does not answer (%s)", type(problem).__name__)
                connections.close_all()
            ears.wait()
        connections.close_all()

    def _read(self) -> None:
        seal(now=clock.now())
        latest, head = self._latest, head_seq()
        if latest is None or head < latest:  # new here, or the database is an older one now
            with self._changed:
                self._ring.clear()
                self._latest = head
                self._tell()
            return
        while head > latest and (
            found := list(Change.objects.sealed().filter(seq__gt=latest)[:BATCH])
        ):
            latest = found[-1].seq or latest
            with self._changed:
                self._ring.extend(told(change) for change in found)
                self._latest = latest
                self._tell()

    def _tell(self) -> None:
        self._changed.notify_all()
        for loop, event in self._loops.values():
            loop.call_soon_threadsafe(event.set)


class _Ears:
    """What wakes the thread: a commit of this process, a publication, or the poll."""

    def __init__(self) -> None:
        self._pubsub: Any = None

    def wait(self) -> None:
        if not settings.REDIS_URL:
            bell.rung.wait(POLL_SECONDS)
            bell.rung.clear()
            return
        try:
            self._listen()
        except redis.RedisError:
            self._pubsub = None
            bell.rung.wait(POLL_SECONDS)
            bell.rung.clear()

    def _listen(self) -> None:
        if self._pubsub is None:
            client = redis.Redis.from_url(
                settings.REDIS_URL, socket_connect_timeout=0.2, socket_timeout=5
            )
            self._pubsub = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]  # redis has no types here
            self._pubsub.subscribe(CHANNEL)
        self._pubsub.get_message(timeout=POLL_SECONDS)


def most_streams() -> int:
    """How many streams a process with threads takes: each holds a thread, pages need the others."""
    return USUAL_STREAMS if settings.STREAMS is None else int(settings.STREAMS)


hub = Hub()
