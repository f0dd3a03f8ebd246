"""Every write to policies and pages."""

from apps.paging.services.answering import acknowledge, may_take, settle
from apps.paging.services.choosing import (
    UnableToSaveWays,
    add_way,
    remove_way,
    save_own_ways,
)
from apps.paging.services.policies import (
    PolicyDraft,
    UnableToSavePolicy,
    columns_of,
    ensure_policy,
    policy_for,
    save_policy,
)
from apps.paging.services.reacting import PostUnderWay, acknowledge_by_reaction
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
    "PostUnderWay",
    "UnableToPage",
    "UnableToSavePolicy",
    "UnableToSaveWays",
    "about_ticket",
    "acknowledge",
    "acknowledge_by_reaction",
    "add_way",
    "columns_of",
    "ensure_policy",
    "hurry",
    "may_take",
    "page_me",
    "pause_page",
    "policy_for",
    "remove_way",
    "reopen_page",
    "save_own_ways",
    "save_policy",
    "settle",
    "start_missed",
    "start_page",
    "start_unacknowledged",
    "take_step",
]
