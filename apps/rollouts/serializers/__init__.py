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
from apps.rollouts.serializers.register import (
    GoLiveSerializer,
    PhaseSerializer,
    ProductSerializer,
    ProgrammeSerializer,
    SiteSerializer,
    WaveSerializer,
)
from apps.rollouts.serializers.writes import (
    EditGoLiveForm,
    EditProductForm,
    EditProgrammeForm,
    EditSiteForm,
    EditWaveForm,
    NewGoLiveForm,
    NewProductForm,
    NewProgrammeForm,
    NewSiteForm,
    NewWaveForm,
)

__all__ = [
    "ChangeItemSerializer",
    "ChangedGoLiveForm",
    "EditGoLiveForm",
    "EditProductForm",
    "EditProgrammeForm",
    "EditSiteForm",
    "EditWaveForm",
    "GoLiveChangeSerializer",
    "GoLiveSerializer",
    "NewGoLiveForm",
    "NewProductForm",
    "NewProgrammeForm",
    "NewSiteForm",
    "NewWaveForm",
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
