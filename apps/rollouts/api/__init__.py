"""The roll-out over the API: reads, changes of the schedule, readiness, go or no-go."""

from apps.rollouts.api.changes import (
    AnnounceChange,
    GoLiveChanges,
    OneScheduleChange,
    ScheduleChanges,
    UndoChange,
)
from apps.rollouts.api.readiness import (
    OneReadinessItem,
    ReadinessItems,
    ReadinessTemplates,
    TickReadiness,
    UndoReadiness,
)
from apps.rollouts.api.reads import (
    GoLives,
    OneSite,
    Products,
    Programmes,
    SitePhase,
    Sites,
    Waves,
)
from apps.rollouts.api.signing import (
    Deputies,
    EndDeputy,
    GoNoGo,
    SignOffs,
    Waivers,
    WithdrawSignOff,
    WithdrawWaiver,
)

__all__ = [
    "AnnounceChange",
    "Deputies",
    "EndDeputy",
    "GoLiveChanges",
    "GoLives",
    "GoNoGo",
    "OneReadinessItem",
    "OneScheduleChange",
    "OneSite",
    "Products",
    "Programmes",
    "ReadinessItems",
    "ReadinessTemplates",
    "ScheduleChanges",
    "SignOffs",
    "SitePhase",
    "Sites",
    "TickReadiness",
    "UndoChange",
    "UndoReadiness",
    "Waivers",
    "Waves",
    "WithdrawSignOff",
    "WithdrawWaiver",
]
