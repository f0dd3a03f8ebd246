"""Decisions of the roll-out: support phase, which site a text names, by how much to shift."""

from apps.rollouts.rules.changes import ChangeFacts, Folded, fold_changes
from apps.rollouts.rules.phases import Fact, Facts, PhaseAt, phases_of, support_phase
from apps.rollouts.rules.recognition import (
    SiteGuess,
    SiteIndex,
    SiteName,
    recognise_product,
    recognise_site,
)
from apps.rollouts.rules.shift import shift_weeks

__all__ = [
    "ChangeFacts",
    "Fact",
    "Facts",
    "Folded",
    "PhaseAt",
    "SiteGuess",
    "SiteIndex",
    "SiteName",
    "fold_changes",
    "phases_of",
    "recognise_product",
    "recognise_site",
    "shift_weeks",
    "support_phase",
]
