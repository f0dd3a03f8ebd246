"""The JSON of on-call: what the schema shows, what is answered, what is read."""

from apps.oncall.serializers.calendars import CalendarForm, CalendarSerializer
from apps.oncall.serializers.fairness import FairnessSerializer, fairness_data
from apps.oncall.serializers.reads import (
    CoverageSerializer,
    NowSerializer,
    ShiftSerializer,
    hole_row,
    rota_now,
    shift_row,
)
from apps.oncall.serializers.standing import (
    CoverForm,
    CoverSerializer,
    LeaveForm,
    LeaveSerializer,
    OverrideForm,
    OverrideSerializer,
    SwapForm,
)

__all__ = [
    "CalendarForm",
    "CalendarSerializer",
    "CoverForm",
    "CoverSerializer",
    "CoverageSerializer",
    "FairnessSerializer",
    "LeaveForm",
    "LeaveSerializer",
    "NowSerializer",
    "OverrideForm",
    "OverrideSerializer",
    "ShiftSerializer",
    "SwapForm",
    "fairness_data",
    "hole_row",
    "rota_now",
    "shift_row",
]
