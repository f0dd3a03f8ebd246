"""Form fields and checks that several sections share."""

from collections.abc import Hashable, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from rest_framework import serializers

from apps.core.config import Applying
from apps.core.config.words import suggestion
from apps.core.periods import WeeklyHours

FIRST_YEAR, LAST_YEAR = 1990, 2190  # beyond, a shift by weeks could leave the calendar


class ZoneField(serializers.CharField):
    """An IANA time zone, e.g. America/Denver."""

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
            near = suggestion(name, available_timezones()) or "; write it like America/Denver"
            words = f"{name!r} is not a time zone{near}"
            raise serializers.ValidationError(words) from problem
        return name


class DayField(serializers.DateField):
    """A date of a roll-out, 2022-05-02."""

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.fail("invalid", format="2022-05-02")
        return day


class HoursField(serializers.Field[dict[str, str], Any, dict[str, str], Any]):
    """Weekly hours: `{mon-fri: "08:00-16:30"}`, or text: "mon-fri 08:00-16:30; sat 09:00-12:00"."""

    def to_internal_value(self, data: Any) -> dict[str, str]:
        hours = _from_text(data) if isinstance(data, str) else data
        if not isinstance(hours, dict):
            raise serializers.ValidationError('write hours like {mon-fri: "08:00-16:30"}')
        plain = {str(days): str(spans) for days, spans in hours.items()}
        try:
            WeeklyHours.parse(plain)
        except ValueError as problem:
            raise serializers.ValidationError(str(problem)) from problem
        return plain

    def to_representation(self, value: dict[str, str]) -> dict[str, str]:
        return value


def _from_text(text: str) -> dict[str, str]:
    parts = (
        part.strip().replace(": ", " ").split(" ", 1) for part in text.split(";") if part.strip()
    )
    return {part[0]: part[1].strip() if len(part) == 2 else "" for part in parts}


def refuse_twice(applying: Applying, section: str, keys: Sequence[Hashable], name: str) -> None:
    """Refuse every entry whose key stood in an earlier one; `name` is the column to point at."""
    first: dict[Hashable, int] = {}
    for place, key in enumerate(keys):
        if first.setdefault(key, place) != place:
            shown = " ".join(map(str, key)) if isinstance(key, tuple) else key
            words = f"{shown} stands here a second time (first as entry {first[key] + 1})"
            applying.refuse(words, (section, place, name))
