"""Pages of on-call: the schedule, one's own shifts, standing in, hand-overs, the coverage
proof."""

from apps.oncall.views.coverage import accept, cover_hole, coverage, withdraw
from apps.oncall.views.covers import accept as accept_request
from apps.oncall.views.covers import arrange, ask_cover, ask_swap
from apps.oncall.views.covers import decline as decline_request
from apps.oncall.views.covers import withdraw as withdraw_request
from apps.oncall.views.handing import acknowledge as acknowledge_hand_over
from apps.oncall.views.handing import brief, hand_over, hand_overs
from apps.oncall.views.leave import new_leave
from apps.oncall.views.leave import withdraw as end_leave
from apps.oncall.views.mine import mine
from apps.oncall.views.overrides import override
from apps.oncall.views.overrides import withdraw as end_override
from apps.oncall.views.rotas import edit as edit_rota
from apps.oncall.views.rotas import rota
from apps.oncall.views.week import week

__all__ = [
    "accept",
    "accept_request",
    "acknowledge_hand_over",
    "arrange",
    "ask_cover",
    "ask_swap",
    "brief",
    "cover_hole",
    "coverage",
    "decline_request",
    "edit_rota",
    "end_leave",
    "end_override",
    "hand_over",
    "hand_overs",
    "mine",
    "new_leave",
    "override",
    "rota",
    "week",
    "withdraw",
    "withdraw_request",
]
