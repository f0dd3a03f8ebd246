"""The roll-out over the API: reads, and changes of the schedule."""

from apps.rollouts.api.changes import (
    AnnounceChange,
    GoLiveChanges,
    OneScheduleChange,
    ScheduleChanges,
    UndoChange,
)
from apps.rollouts.api.imports import ScheduleImports
from apps.rollouts.api.reads import (
    GoLives,
    OneSite,
    Products,
    Programmes,
    SitePhase,
    Sites,
    Waves,
)

__all__ = [
    "AnnounceChange",
    "GoLiveChanges",
    "GoLives",
    "OneScheduleChange",
    "OneSite",
    "Products",
    "Programmes",
    "ScheduleChanges",
    "ScheduleImports",
    "SitePhase",
    "Sites",
    "UndoChange",
    "Waves",
]
