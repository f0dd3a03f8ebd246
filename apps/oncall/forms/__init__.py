"""Forms of on-call."""

from apps.oncall.forms.covers import AskCoverForm, AskSwapForm, SwapForm
from apps.oncall.forms.fairness import RangeForm
from apps.oncall.forms.holes import AcceptForm, CoverForm, HoleForm
from apps.oncall.forms.leave import LeaveForm
from apps.oncall.forms.overrides import OverrideForm

__all__ = [
    "AcceptForm",
    "AskCoverForm",
    "AskSwapForm",
    "CoverForm",
    "HoleForm",
    "LeaveForm",
    "OverrideForm",
    "RangeForm",
    "SwapForm",
]
