"""Checks of columns that every form of a model makes: time zones, weekly hours."""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError

from apps.core.periods import WeeklyHours


def validate_zone(name: str) -> None:
    """Raise ValidationError unless it is an IANA time zone, such as America/Denver."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise ValidationError(f"{name!r} is not a time zone, like America/Denver.") from problem


def validate_hours(hours: Any) -> None:
    """Raise ValidationError unless they are weekly hours, such as {"mon-fri": "08:00-16:30"}."""
    if not isinstance(hours, dict):
        raise ValidationError('Write hours like {"mon-fri": "08:00-16:30"}.')
    try:
        WeeklyHours.parse({str(days): str(spans) for days, spans in hours.items()})
    except ValueError as problem:
        raise ValidationError(str(problem)) from problem
