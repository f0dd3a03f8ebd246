"""On-call over the API: who is on duty, the final schedule, who stands in, the coverage proof."""

from apps.oncall.api.calendars import Calendars, OneCalendar
from apps.oncall.api.coverage import OncallCoverage
from apps.oncall.api.covers import AcceptCover, Covers, DeclineCover, OneCover, WithdrawCover
from apps.oncall.api.fairness import OncallFairness
from apps.oncall.api.handing import AcknowledgeHandOver, GiveHandOver, HandOvers, OneHandOver
from apps.oncall.api.holidays import (
    ConfirmHolidayDuty,
    HolidayDuties,
    OneHolidayDuty,
    ReopenHolidayDuty,
    WithdrawHolidayDuty,
)
from apps.oncall.api.reads import OncallNow, OncallShifts
from apps.oncall.api.standing import Leaves, OneLeave, OneOverride, Overrides, Swaps

__all__ = [
    "AcceptCover",
    "AcknowledgeHandOver",
    "Calendars",
    "ConfirmHolidayDuty",
    "Covers",
    "DeclineCover",
    "GiveHandOver",
    "HandOvers",
    "HolidayDuties",
    "Leaves",
    "OncallCoverage",
    "OncallFairness",
    "OncallNow",
    "OncallShifts",
    "OneCalendar",
    "OneCover",
    "OneHandOver",
    "OneHolidayDuty",
    "OneLeave",
    "OneOverride",
    "Overrides",
    "ReopenHolidayDuty",
    "Swaps",
    "WithdrawCover",
    "WithdrawHolidayDuty",
]
