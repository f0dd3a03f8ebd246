"""A workspace the tests of posts talk to, and workers that come by minute after minute."""

from datetime import datetime, timedelta
from typing import Any

from apps.core.models import Heartbeat
from apps.outbox.work import deliver_due
from apps.simulator.fakes.slack import FakeSlack
from tests import slack
from tests.intake.conftest import NOW, World


def written(world: World, workspace: FakeSlack, text: str, **more: Any) -> str:
    """Somebody writes in the workspace, and the inbox hears it; returns the time stamp."""
    ts = str(workspace.add_message(slack.CHANNEL, text, user="U0SITE", **more)["ts"])
    world.hears(slack.event(text, ts=ts, event_id=f"Ev{ts}", **more))
    return ts


def works_on(minutes: int = 6, start: datetime = NOW) -> None:
    """Workers look for what is due, minute by minute."""
    for minute in range(minutes):
        now = start + timedelta(minutes=minute)
        Heartbeat.objects.beat("outbox", now)
        deliver_due(now=now)


def texts(workspace: FakeSlack, ts: str) -> list[str]:
    """What our bot posted in the thread, oldest first."""
    assert workspace.quiet()
    return [post["text"] for post in workspace.posts(slack.CHANNEL, ts)]
