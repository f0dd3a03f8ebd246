"""The roll-out over the API: the register, changes of the schedule, phases."""

from apps.rollouts.api.changes import (
    AnnounceChange,
    GoLiveChanges,
    OneScheduleChange,
    ScheduleChanges,
    UndoChange,
)
from apps.rollouts.api.go_lives import GoLives, OneGoLive
from apps.rollouts.api.programmes import (
    OneProduct,
    OneProgramme,
    OneWave,
    Products,
    Programmes,
    Waves,
)
from apps.rollouts.api.sites import OneSite, SitePhase, Sites

__all__ = [
    "AnnounceChange",
    "GoLiveChanges",
    "GoLives",
    "OneGoLive",
    "OneProduct",
    "OneProgramme",
    "OneScheduleChange",
    "OneSite",
    "OneWave",
    "Products",
    "Programmes",
    "ScheduleChanges",
    "SitePhase",
    "Sites",
    "UndoChange",
    "Waves",
]
