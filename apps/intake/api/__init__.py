"""The inbox over the API: messages, their exits, arrivals and their replay."""

from apps.intake.api.arrivals import Arrivals, ReplayArrival
from apps.intake.api.exits import (
    AskBack,
    AttachMessage,
    DismissMessage,
    LogMessage,
    RestoreMessage,
)
from apps.intake.api.messages import Messages, OneMessage

__all__ = [
    "Arrivals",
    "AskBack",
    "AttachMessage",
    "DismissMessage",
    "LogMessage",
    "Messages",
    "OneMessage",
    "ReplayArrival",
    "RestoreMessage",
]
