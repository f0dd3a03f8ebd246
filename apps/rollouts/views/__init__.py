"""Pages of the roll-out: the register, the schedule, its changes, the planner, readiness."""

from apps.rollouts.views.changes import changed_go_lives
from apps.rollouts.views.contacts import contact, new_contact, remove, take_back
from apps.rollouts.views.deputies import deputies
from apps.rollouts.views.deputies import end as end_deputy
from apps.rollouts.views.exporting import export
from apps.rollouts.views.handovers import hand_overs, hold
from apps.rollouts.views.importing import errors, look, read_as, undo_whole, upload
from apps.rollouts.views.map import sites_map
from apps.rollouts.views.passport import passport
from apps.rollouts.views.planner import accept_plan, planner
from apps.rollouts.views.readiness import column, item, tick_cells, undo_tick
from apps.rollouts.views.schedule import announce, change, changes, schedule, undo
from apps.rollouts.views.sites import site, sites, waves
from apps.rollouts.views.waves import (
    sign_wave,
    waive_finding,
    wave,
    withdraw_signature,
    withdraw_waiver_of,
)

__all__ = [
    "accept_plan",
    "announce",
    "change",
    "changed_go_lives",
    "changes",
    "column",
    "contact",
    "deputies",
    "end_deputy",
    "errors",
    "export",
    "hand_overs",
    "hold",
    "item",
    "look",
    "new_contact",
    "passport",
    "planner",
    "read_as",
    "remove",
    "schedule",
    "sign_wave",
    "site",
    "sites",
    "sites_map",
    "take_back",
    "tick_cells",
    "undo",
    "undo_tick",
    "undo_whole",
    "upload",
    "waive_finding",
    "wave",
    "waves",
    "withdraw_signature",
    "withdraw_waiver_of",
]
