"""Every write to the roll-out: programmes, sites, schedule."""

from apps.rollouts.services.changing import (
    Preview,
    Wish,
    announce_change,
    change_schedule,
    preview_change,
    undo_change,
)
from apps.rollouts.services.decisions import (
    Decision,
    StaleSchedule,
    Step,
    UnableToChangeSchedule,
)
from apps.rollouts.services.holding import hold_hand_over, release_hand_over
from apps.rollouts.services.planner import Proposal, propose, take_over
from apps.rollouts.services.programmes import (
    save_member,
    save_product,
    save_programme,
    save_wave,
    set_programme,
)
from apps.rollouts.services.register import (
    Asked,
    UnableToSave,
    add_row,
    edit_row,
    put_in_wave,
    remove_row,
    what_uses,
)
from apps.rollouts.services.schedule import Plan, Planned, plan_go_live, plan_go_lives
from apps.rollouts.services.sites import SITE_COLUMNS, UnableToSaveSites, save_sites

__all__ = [
    "SITE_COLUMNS",
    "Asked",
    "Decision",
    "Plan",
    "Planned",
    "Preview",
    "Proposal",
    "StaleSchedule",
    "Step",
    "UnableToChangeSchedule",
    "UnableToSave",
    "UnableToSaveSites",
    "Wish",
    "add_row",
    "announce_change",
    "change_schedule",
    "edit_row",
    "hold_hand_over",
    "plan_go_live",
    "plan_go_lives",
    "preview_change",
    "propose",
    "put_in_wave",
    "release_hand_over",
    "remove_row",
    "save_member",
    "save_product",
    "save_programme",
    "save_sites",
    "save_wave",
    "set_programme",
    "take_over",
    "undo_change",
    "what_uses",
]
