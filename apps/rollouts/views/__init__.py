"""Pages of the roll-out: the register, the schedule, its changes, the planner."""

from apps.rollouts.views.contacts import contact, new_contact, remove, take_back
from apps.rollouts.views.handovers import hand_overs, hold
from apps.rollouts.views.map import sites_map
from apps.rollouts.views.passport import passport
from apps.rollouts.views.planner import accept_plan, planner
from apps.rollouts.views.schedule import announce, change, changes, schedule, undo
from apps.rollouts.views.sites import site, sites, wave, waves

__all__ = [
    "accept_plan", "announce", "change", "changes", "contact", "hand_overs", "hold",
    "new_contact", "passport", "planner", "remove", "schedule", "site", "sites", "sites_map",
    "take_back", "undo", "wave", "waves",
]  # fmt: skip
