"""Every write to the inbox."""

from apps.intake.services.arrivals import give_up, replay_dead
from apps.intake.services.channels import save_channel
from apps.intake.services.exits import LogForm, UnableToLog, log_message
from apps.intake.services.messages import record_messages

__all__ = [
    "LogForm",
    "UnableToLog",
    "give_up",
    "log_message",
    "record_messages",
    "replay_dead",
    "save_channel",
]
