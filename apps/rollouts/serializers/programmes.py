"""What a programme holds beside its columns: phases, holidays, blackouts."""

from typing import Any

from rest_framework import serializers

from apps.rollouts.rules import PHASE_KEYS
from apps.rollouts.serializers.fields import DayField


class PhaseForm(serializers.Serializer[Any]):
    """A phase, what it is called, where people of a site in it are told to ask."""

    key = serializers.ChoiceField(choices=PHASE_KEYS)
    label = serializers.CharField(max_length=60)  # type: ignore[assignment]  # the contract's name for the field
    days = serializers.IntegerField(min_value=1, max_value=366, required=False)
    where_to_ask = serializers.CharField(max_length=300, required=False, allow_blank=True)


class HolidayForm(serializers.Serializer[Any]):
    """A day on which nothing is proposed."""

    on = DayField()
    name = serializers.CharField(max_length=120, default="", allow_blank=True)


class BlackoutForm(serializers.Serializer[Any]):
    """Days on which nothing is proposed, the last one included."""

    start = DayField()
    end = DayField()
    reason = serializers.CharField(max_length=200, default="", allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["end"] < attrs["start"]:
            raise serializers.ValidationError("end is before start")
        return attrs
