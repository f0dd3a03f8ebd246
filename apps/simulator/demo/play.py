"""Playing somebody at a site: a signed event over real HTTP, as Slack sends it."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from apps.connections.models import Connection
from apps.incidents.models import Incident
from apps.rollouts.models import GoLive
from apps.simulator.demo.seed import CHANNEL, site_names
from apps.simulator.demo.words import PLAYS
from apps.simulator.fakes.slack import send_message

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PATIENCE = 5.0  # seconds


class UnableToPlay(Exception):
    """Why not, in words."""


def play(what: str, *, now: datetime) -> str:
    """Write one of PLAYS into the fake Slack and send its event to our hook; returns the text.

    Raises UnableToPlay when the fake or the hook does not answer.
    """
    connection = _connection()
    text = _text(what, now)
    hook = f"{settings.BASE_URL}/hooks/{connection.key}/"
    secret = connection.secrets.get("signing_secret", "")
    try:
        sent = send_message(hook, secret, CHANNEL, text, "U0SITE1", fake_url=connection.base_url,
                            timeout=PATIENCE)  # fmt: skip
    except (OSError, ValueError) as problem:
        raise UnableToPlay(f"The fake Slack does not answer ({problem}).") from problem
    if sent.status != 200:
        raise UnableToPlay(f"The portal's own hook answered {sent.status}.")
    return text


def _connection() -> Connection:
    found = Connection.objects.of_kind("slack").order_by("key").first()
    if found is None or urlsplit(found.base_url).hostname not in LOOPBACK:
        raise UnableToPlay("There is no fake Slack here.")
    return found


def _text(what: str, now: datetime) -> str:
    rows = GoLive.objects.with_facts().filter(planned_on__lte=now.date())
    names = site_names(list(rows), now)
    latest = Incident.objects.open().order_by("-id").values_list("title", flat=True).first()
    return PLAYS[what][1].format(**names, open=latest or "kiosk shows an error")
