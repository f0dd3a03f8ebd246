"""On-call over the API: who is on duty, the final schedule, the coverage proof."""

from apps.oncall.api.coverage import OncallCoverage
from apps.oncall.api.reads import OncallNow, OncallShifts

__all__ = ["OncallCoverage", "OncallNow", "OncallShifts"]
