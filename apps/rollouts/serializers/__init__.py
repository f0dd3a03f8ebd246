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
from apps.rollouts.serializers.imports import (
    ImportOptionsForm,
    ImportPreviewSerializer,
    preview_data,
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
    "GoLiveChangeSerializer",
    "GoLiveSerializer",
    "ImportOptionsForm",
    "ImportPreviewSerializer",
    "PhaseSerializer",
    "PreviewSerializer",
    "ProductSerializer",
    "ProgrammeSerializer",
    "ScheduleChangeForm",
    "ScheduleChangeSerializer",
    "SiteSerializer",
    "StepSerializer",
    "WaveSerializer",
    "preview_data",
]
