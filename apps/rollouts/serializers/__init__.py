"""The roll-out over the API."""

from apps.rollouts.serializers.changes import (
    ChangedGoLiveForm,
    ChangeItemSerializer,
    GoLiveChangeSerializer,
    PreviewSerializer,
    ScheduleChangeForm,
    ScheduleChangeSerializer,
    StepSerializer,
)
from apps.rollouts.serializers.contacts import (
    ContactSerializer,
    EditContactForm,
    NewContactForm,
)
from apps.rollouts.serializers.register import (
    GoLiveSerializer,
    PhaseSerializer,
    ProductSerializer,
    ProgrammeSerializer,
    SiteSerializer,
    WaveSerializer,
)

__all__ = [
    "ChangeItemSerializer",
    "ChangedGoLiveForm",
    "ContactSerializer",
    "EditContactForm",
    "GoLiveChangeSerializer",
    "GoLiveSerializer",
    "NewContactForm",
    "PhaseSerializer",
    "PreviewSerializer",
    "ProductSerializer",
    "ProgrammeSerializer",
    "ScheduleChangeForm",
    "ScheduleChangeSerializer",
    "SiteSerializer",
    "StepSerializer",
    "WaveSerializer",
]
