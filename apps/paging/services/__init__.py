"""Every write to policies and pages."""

from apps.paging.services.answering import acknowledge, settle
from apps.paging.services.policies import (
    PolicyDraft,
    UnableToSavePolicy,
    columns_of,
    ensure_policy,
    policy_for,
    save_policy,
)
from apps.paging.services.starting import (
    About,
    UnableToPage,
    about_ticket,
    page_me,
    pause_page,
    reopen_page,
    start_missed,
    start_page,
    start_unacknowledged,
)
from apps.paging.services.stepping import hurry, take_step

__all__ = [
    "About",
    "PolicyDraft",
    "UnableToPage",
    "UnableToSavePolicy",
    "about_ticket",
    "acknowledge",
    "columns_of",
    "ensure_policy",
    "hurry",
    "page_me",
    "pause_page",
    "policy_for",
    "reopen_page",
    "save_policy",
    "settle",
    "start_missed",
    "start_page",
    "start_unacknowledged",
    "take_step",
]
