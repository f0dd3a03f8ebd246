"""Telling the apps above of a change to a ticket, in its transaction (portal/tables.py)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from apps.incidents.models import Incident


@dataclass(frozen=True, kw_only=True)
class Happened:
    """A ticket as it is now, the ledger's verb for what was done and the columns it changed."""

    incident: Incident
    verb: str
    changed: frozenset[str]
    actor: str
    origin: str
    now: datetime


Follower = Callable[[Happened], None]


def tell_followers(happened: Happened) -> None:
    """Call everyone of settings.INCIDENT_FOLLOWERS; what they write is there with the change, or
    neither is."""
    table = cast("tuple[str, ...]", import_string(settings.INCIDENT_FOLLOWERS))
    followers: list[Follower] = [import_string(path) for path in table]
    for follow in followers:
        follow(happened)
