"""Rotas with their versions and people, leave, overrides, and who is on duty."""

from apps.oncall.models.absences import AcceptedHole, Leave, Override
from apps.oncall.models.calendars import CalendarShift, CalendarSource
from apps.oncall.models.covers import CoverRequest
from apps.oncall.models.duties import Duties, OnDuty, duties_at
from apps.oncall.models.handing import HandOver, HandOverQuerySet, ShiftBrief
from apps.oncall.models.holidays import HolidayDuty, HolidayDutyQuerySet
from apps.oncall.models.outlook import Outlook
from apps.oncall.models.rotas import Rota, RotaQuerySet
from apps.oncall.models.versions import Participant, RotaVersion

__all__ = [
    "AcceptedHole",
    "CalendarShift",
    "CalendarSource",
    "CoverRequest",
    "Duties",
    "HandOver",
    "HandOverQuerySet",
    "HolidayDuty",
    "HolidayDutyQuerySet",
    "Leave",
    "OnDuty",
    "Outlook",
    "Override",
    "Participant",
    "Rota",
    "RotaQuerySet",
    "RotaVersion",
    "ShiftBrief",
    "duties_at",
]
