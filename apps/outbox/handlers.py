"""What a delivery's handler gets, does and returns: the one choke point of everything sent."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from apps.core.models import LeaseLost
from apps.core.work import RunningClock
from apps.outbox.models import Delivery
from apps.outbox.rules import LEASE


def _nothing(now: datetime) -> None:
    """For a delivery that changes nothing on our side."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What came of it: `result` for the log, `settle(now)` our own writes, run in the same
    transaction that marks the promise kept."""

    result: dict[str, Any]
    settle: Callable[[datetime], None] = field(default=_nothing)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One attempt: the delivery, a running clock, and whether it may have happened before."""

    delivery: Delivery
    clock: RunningClock

    @property
    def may_have_happened(self) -> bool:
        """An earlier attempt was counted: ask the other side before doing it again."""
        return self.delivery.attempts > 1

    def guard(self) -> None:
        """Call right before anything that cannot be taken back: renews the lease for the length of
        the call. Raises LeaseLost when another worker has the row (this one slept too long)."""
        if not self.delivery.renew(now=self.clock.now(), term=LEASE):
            raise LeaseLost(str(self.delivery.pk))


class Handler(Protocol):
    def send(self, job: Job) -> Sent:
        """Do it over the network. Raises ConnectorError; anything else is a defect."""

    def gave_up(self, delivery: Delivery, *, words: str, now: datetime) -> None:
        """Our own writes when the promise cannot be kept (for instance a timeline entry)."""


@cache
def handler_for(action: str) -> Handler:
    """The handler settings.OUTBOX_HANDLERS names. Raises KeyError for an unknown action."""
    return cast("Handler", import_string(settings.OUTBOX_HANDLERS[action])())
