"""Pages of the roll-out: the register, the schedule, its changes, the planner."""

from apps.rollouts.views.handovers import hand_overs, hold
from apps.rollouts.views.planner import accept_plan, planner
from apps.rollouts.views.schedule import announce, change, changes, schedule, undo
from apps.rollouts.views.sites import site, sites, wave, waves

__all__ = [
    "accept_plan", "announce", "change", "changes", "hand_overs", "hold", "planner", "schedule",
    "site", "sites", "undo", "wave", "waves",
]  # fmt: skip
