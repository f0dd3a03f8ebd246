"""A Slack workspace: its Web API, and its events sent to our hooks."""

from apps.simulator.fakes.slack.sender import Delivered, deliver, send_message
from apps.simulator.fakes.slack.server import FakeSlack

__all__ = ["Delivered", "FakeSlack", "deliver", "send_message"]
