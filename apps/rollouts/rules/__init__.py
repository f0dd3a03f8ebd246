"""Decisions of the roll-out: support phase, which site a text names, by how much to shift."""

from apps.rollouts.rules.calendars import (
    calendar_problem,
    federal_holidays,
    public_holidays,
)
from apps.rollouts.rules.changes import (
    ChangeFacts,
    Folded,
    fold_changes,
    has_begun,
    is_beginning,
    was_handed_over,
    why_not,
    why_not_move,
)
from apps.rollouts.rules.clocks import clock_difference, offset_words
from apps.rollouts.rules.diffs import Moved, ScheduleDiff, Slot, apply_diff, schedule_diff
from apps.rollouts.rules.handover import HandOver, handover_due
from apps.rollouts.rules.phases import Fact, Facts, PhaseAt, phases_of, support_phase
from apps.rollouts.rules.planning import (
    NoSuchWeek,
    PlanSite,
    ProposedWave,
    clashes,
    propose_waves,
    wave_starts,
)
from apps.rollouts.rules.recognition import (
    SiteGuess,
    SiteIndex,
    SiteName,
    recognise_product,
    recognise_site,
)
from apps.rollouts.rules.shapes import (
    PHASE_KEYS,
    blackouts_problem,
    holidays_problem,
    hours_problem,
    labels_problem,
    phases_problem,
    zone_problem,
)
from apps.rollouts.rules.shift import shift_weeks
from apps.rollouts.rules.tiles import Layout, Place, Segment, bar, fitting, grid_of, natural

__all__ = [
    "PHASE_KEYS",
    "ChangeFacts",
    "Fact",
    "Facts",
    "Folded",
    "HandOver",
    "Layout",
    "Moved",
    "NoSuchWeek",
    "PhaseAt",
    "Place",
    "PlanSite",
    "ProposedWave",
    "ScheduleDiff",
    "Segment",
    "SiteGuess",
    "SiteIndex",
    "SiteName",
    "Slot",
    "apply_diff",
    "bar",
    "blackouts_problem",
    "calendar_problem",
    "clashes",
    "clock_difference",
    "federal_holidays",
    "fitting",
    "fold_changes",
    "grid_of",
    "handover_due",
    "has_begun",
    "holidays_problem",
    "hours_problem",
    "is_beginning",
    "labels_problem",
    "natural",
    "offset_words",
    "phases_of",
    "phases_problem",
    "propose_waves",
    "public_holidays",
    "recognise_product",
    "recognise_site",
    "schedule_diff",
    "shift_weeks",
    "support_phase",
    "was_handed_over",
    "wave_starts",
    "why_not",
    "why_not_move",
    "zone_problem",
]
