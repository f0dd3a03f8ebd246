"""Every write to the roll-out: programmes, sites, schedule."""

from apps.rollouts.services.changing import (
    Preview,
    Step,
    Wish,
    announce_change,
    change_schedule,
    preview_change,
    undo_change,
)
from apps.rollouts.services.contacts import (
    ContactChanged,
    UnableToSaveContact,
    add_contact,
    change_contact,
    forget_contacts,
    remove_contact,
    set_contacts,
    take_back_contact,
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
from apps.rollouts.services.schedule import (
    Decision,
    Plan,
    Planned,
    UnableToChangeSchedule,
    move_go_lives,
    plan_go_lives,
)
from apps.rollouts.services.sites import SITE_COLUMNS, UnableToSaveSites, save_sites

__all__ = [
    "SITE_COLUMNS",
    "ContactChanged",
    "Decision",
    "Plan",
    "Planned",
    "Preview",
    "Proposal",
    "Step",
    "UnableToChangeSchedule",
    "UnableToSaveContact",
    "UnableToSaveSites",
    "Wish",
    "add_contact",
    "announce_change",
    "change_contact",
    "change_schedule",
    "forget_contacts",
    "hold_hand_over",
    "move_go_lives",
    "plan_go_lives",
    "preview_change",
    "propose",
    "release_hand_over",
    "remove_contact",
    "save_member",
    "save_product",
    "save_programme",
    "save_sites",
    "save_wave",
    "set_contacts",
    "set_programme",
    "take_back_contact",
    "take_over",
    "undo_change",
]
