"""The inbox's pages and what is done on them."""

from apps.intake.views.exits import (
    ask_page,
    attach_page,
    bind_page,
    dismiss_page,
    log_page,
    restore_page,
    reveal_page,
)
from apps.intake.views.inbox import done, inbox
from apps.intake.views.reply import reply_page

__all__ = [
    "ask_page",
    "attach_page",
    "bind_page",
    "dismiss_page",
    "done",
    "inbox",
    "log_page",
    "reply_page",
    "restore_page",
    "reveal_page",
]
