"""Instants in forms: wall times of the reader's zone, also in the hours a clock jumps."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.periods import Edge, instant_of

WALL = "%Y-%m-%dT%H:%M"


class WallTime(forms.DateTimeField):
    """A wall time of the reader's zone; a doubled or absent one as a start or an end is read."""

    def __init__(self, *, edge: Edge, **kwargs: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format=WALL)
        super().__init__(widget=widget, **kwargs)
        self._edge: Edge = edge

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            wall = datetime.fromisoformat(str(value).strip())
            zone = ZoneInfo(timezone.get_current_timezone_name())
            return instant_of(wall.date(), wall.time(), zone, edge=self._edge)
        except (ValueError, OverflowError) as problem:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from problem
