"""Asking the inbox's pages as a person, and reading the answer."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from tests import build
from tests.intake.conftest import World
from tests.intake.handling import TS, message

PART = {"HX-Request": "true"}


def signed_in(who: str, world: World) -> Client:
    client = Client()
    client.force_login(build.person(who, world.programme))
    return client


def body(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", answer.content.decode())


def act(verb: str, ts: str = TS) -> str:
    return reverse(f"inbox-{verb}", args=[message(ts).pk])


LOG = {"title": "Check-in link gives an error", "site": "636", "severity": "2"}


def log_data(**changes: str) -> dict[str, str]:
    """The form as it is shown, with changes."""
    found = message()
    facts = {
        "version": str(found.version),
        "product": str(found.product_id or ""),
        "category": str(found.category_id or ""),
        "queue": str(found.queue_id or ""),
    }
    return LOG | facts | changes
