"""Every write to the inbox."""

from apps.intake.services.arrivals import give_up, replay_dead
from apps.intake.services.attaching import attach_message
from apps.intake.services.channels import bind_channel, save_channel
from apps.intake.services.dismissing import dismiss_message, restore_message
from apps.intake.services.exits import LogForm, log_message
from apps.intake.services.messages import record_messages
from apps.intake.services.reactions import take_reactions
from apps.intake.services.refusals import (
    Stale,
    UnableToAsk,
    UnableToAttach,
    UnableToBind,
    UnableToDismiss,
    UnableToHandle,
    UnableToLog,
    UnableToReply,
    UnableToRestore,
    UnableToReveal,
)
from apps.intake.services.revealing import reveal_original
from apps.intake.services.talking import ask_back, reply_to_thread, tell_reporters, threads_of

__all__ = [
    "LogForm",
    "Stale",
    "UnableToAsk",
    "UnableToAttach",
    "UnableToBind",
    "UnableToDismiss",
    "UnableToHandle",
    "UnableToLog",
    "UnableToReply",
    "UnableToRestore",
    "UnableToReveal",
    "ask_back",
    "attach_message",
    "bind_channel",
    "dismiss_message",
    "give_up",
    "log_message",
    "record_messages",
    "replay_dead",
    "reply_to_thread",
    "restore_message",
    "reveal_original",
    "save_channel",
    "take_reactions",
    "tell_reporters",
    "threads_of",
]
