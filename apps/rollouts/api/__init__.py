"""The roll-out over the API: reads, changes of the schedule, contacts."""

from apps.rollouts.api.changes import (
    AnnounceChange,
    GoLiveChanges,
    OneScheduleChange,
    ScheduleChanges,
    UndoChange,
)
from apps.rollouts.api.contacts import Contacts, OneContact
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
    "Contacts",
    "GoLiveChanges",
    "GoLives",
    "OneContact",
    "OneScheduleChange",
    "OneSite",
    "Products",
    "Programmes",
    "ScheduleChanges",
    "SitePhase",
    "Sites",
    "UndoChange",
    "Waves",
]
