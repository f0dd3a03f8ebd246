"""Pages of on-call: the schedule, one's own shifts, standing in, hand-overs, holidays, the
coverage proof, the fairness ledger."""

from apps.oncall.views.calendars import add as add_calendar
from apps.oncall.views.calendars import look as look_at_calendar
from apps.oncall.views.calendars import newer_file
from apps.oncall.views.calendars import one as calendar
from apps.oncall.views.calendars import read as read_calendar
from apps.oncall.views.calendars import remove as remove_calendar
from apps.oncall.views.coverage import accept, cover_hole, coverage, withdraw
from apps.oncall.views.covers import accept as accept_request
from apps.oncall.views.covers import arrange, ask_cover, ask_swap
from apps.oncall.views.covers import decline as decline_request
from apps.oncall.views.covers import withdraw as withdraw_request
from apps.oncall.views.fairness import download as fairness_csv
from apps.oncall.views.fairness import page as fairness
from apps.oncall.views.handing import acknowledge as acknowledge_hand_over
from apps.oncall.views.handing import brief, hand_over, hand_overs
from apps.oncall.views.holidays import confirm as confirm_holiday
from apps.oncall.views.holidays import every as holidays
from apps.oncall.views.holidays import mute
from apps.oncall.views.holidays import one as holiday
from apps.oncall.views.holidays import reopen as reopen_holiday
from apps.oncall.views.holidays import withdraw as withdraw_holiday
from apps.oncall.views.leave import new_leave
from apps.oncall.views.leave import withdraw as end_leave
from apps.oncall.views.mine import mine
from apps.oncall.views.new_rotas import end_layer, new_layer, new_rota
from apps.oncall.views.overrides import override
from apps.oncall.views.overrides import withdraw as end_override
from apps.oncall.views.rotas import call_off_version, rota
from apps.oncall.views.rotas import edit as edit_rota
from apps.oncall.views.week import week

__all__ = [
    "accept",
    "accept_request",
    "acknowledge_hand_over",
    "add_calendar",
    "arrange",
    "ask_cover",
    "ask_swap",
    "brief",
    "calendar",
    "call_off_version",
    "confirm_holiday",
    "cover_hole",
    "coverage",
    "decline_request",
    "edit_rota",
    "end_layer",
    "end_leave",
    "end_override",
    "fairness",
    "fairness_csv",
    "hand_over",
    "hand_overs",
    "holiday",
    "holidays",
    "look_at_calendar",
    "mine",
    "mute",
    "new_layer",
    "new_leave",
    "new_rota",
    "newer_file",
    "override",
    "read_calendar",
    "remove_calendar",
    "reopen_holiday",
    "rota",
    "week",
    "withdraw",
    "withdraw_holiday",
    "withdraw_request",
]
