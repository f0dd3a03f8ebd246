"""Fields of the roll-out that files, forms and the API share."""

import math
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.config.words import suggestion
from apps.rollouts.rules import hours_problem, zone_problem
from apps.rollouts.rules.calendars import YEARS
from apps.rollouts.rules.site_numbers import is_made_by_spreadsheet


class ZoneField(serializers.CharField):
    """An IANA time zone, e.g. America/Denver."""

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if zone_problem(name):
            near = suggestion(name, available_timezones()) or "; write it like America/Denver"
            raise serializers.ValidationError(f"{name!r} is not a time zone{near}")
        return name


class DayField(serializers.DateField):
    """A date of a roll-out, 2022-05-02."""

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if day.year not in YEARS:
            self.fail("invalid", format="2022-05-02")
        return day


@extend_schema_field(serializers.DictField(child=serializers.CharField()))
class HoursField(serializers.Field[dict[str, str], Any, dict[str, str], Any]):
    """Weekly hours: `{mon-fri: "08:00-16:30"}`, or text: "mon-fri 08:00-16:30; sat 09:00-12:00"."""

    def to_internal_value(self, data: Any) -> dict[str, str]:
        hours = _from_text(data) if isinstance(data, str) else data
        if words := hours_problem(hours):
            raise serializers.ValidationError(words)
        return {str(days): str(spans) for days, spans in hours.items()}

    def to_representation(self, value: dict[str, str]) -> dict[str, str]:
        return value


def _from_text(text: str) -> dict[str, str]:
    parts = (
        part.strip().replace(": ", " ").split(" ", 1) for part in text.split(";") if part.strip()
    )
    return {part[0]: part[1].strip() if len(part) == 2 else "" for part in parts}


class NumberField(serializers.CharField):
    """The number of a site: text, its case kept. What it looks like is the programme's to say, who
    uses this field asks it."""

    def to_internal_value(self, data: Any) -> str:
        number = super().to_internal_value(data)
        if isinstance(data, float):  # 442E1 read as a number is 4420.0
            raise serializers.ValidationError(f'{data} is not text; write it like "442"')
        if is_made_by_spreadsheet(number):
            words = f"{number!r} is a number that a spreadsheet made, not a site number"
            raise serializers.ValidationError(words)
        return number


class DegreesField(serializers.FloatField):
    """Latitude or longitude; `nan` is a float too, but no place."""

    def to_internal_value(self, data: Any) -> float:
        value: float = super().to_internal_value(data)
        if not math.isfinite(value):
            self.fail("invalid")
        return value
