"""The roll-out over the API: the register, phases, changes of the schedule, go or no-go."""

from apps.rollouts.api.changes import (
    AnnounceChange,
    ChangedGoLives,
    GoLiveChanges,
    OneScheduleChange,
    ScheduleChanges,
    UndoChange,
)
from apps.rollouts.api.contacts import Contacts, OneContact
from apps.rollouts.api.go_lives import GoLives, OneGoLive
from apps.rollouts.api.imports import ScheduleImports
from apps.rollouts.api.programmes import (
    OneProduct,
    OneProgramme,
    OneWave,
    Products,
    Programmes,
    Waves,
)
from apps.rollouts.api.readiness import (
    OneReadinessItem,
    ReadinessItems,
    ReadinessTemplates,
    TickReadiness,
    UndoReadiness,
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
from apps.rollouts.api.sites import OneSite, SitePhase, Sites

__all__ = [
    "AnnounceChange",
    "ChangedGoLives",
    "Contacts",
    "Deputies",
    "EndDeputy",
    "GoLiveChanges",
    "GoLives",
    "GoNoGo",
    "OneContact",
    "OneGoLive",
    "OneProduct",
    "OneProgramme",
    "OneReadinessItem",
    "OneScheduleChange",
    "OneSite",
    "OneWave",
    "Products",
    "Programmes",
    "ReadinessItems",
    "ReadinessTemplates",
    "ScheduleChanges",
    "ScheduleImports",
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
