"""Pages of the roll-out: the register, the schedule, its changes, the planner."""

from apps.rollouts.views.exporting import export
from apps.rollouts.views.handovers import hand_overs, hold
from apps.rollouts.views.importing import errors, look, read_as, undo_whole, upload
from apps.rollouts.views.planner import accept_plan, planner
from apps.rollouts.views.schedule import announce, change, changes, schedule, undo
from apps.rollouts.views.sites import site, sites, wave, waves

__all__ = [
    "accept_plan", "announce", "change", "changes", "errors", "export", "hand_overs", "hold",
    "look", "planner", "read_as", "schedule", "site", "sites", "undo", "undo_whole", "upload",
    "wave", "waves",
]  # fmt: skip
