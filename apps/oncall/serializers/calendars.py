"""Calendars of rotas over the API."""

from typing import Any

from rest_framework import serializers

from apps.core.api.fields import InstantField
from apps.oncall.models import CalendarSource
from apps.oncall.serializers.standing import InRota


class TroubleSerializer(serializers.Serializer[Any]):
    """Why an event, by its masked title, makes no shift; first at `start`, so many times."""

    name = serializers.CharField()
    why = serializers.CharField()
    start = InstantField(allow_null=True)
    times = serializers.IntegerField()


class CalendarSerializer(serializers.ModelSerializer[CalendarSource]):
    """A calendar whose events become overrides of a duty; its address is never told."""

    programme = serializers.CharField(source="rota.programme.key")
    rota = serializers.CharField(source="rota.key")
    is_file = serializers.BooleanField()
    shifts = serializers.IntegerField(source="shift_count", help_text="Overrides it has made.")
    troubles = TroubleSerializer(source="troubles_told", many=True)
    read_at = InstantField(allow_null=True)
    next_at = InstantField(source="due_at")
    error = serializers.CharField(source="last_error", help_text="Empty while it can be read.")
    made_at = InstantField()

    class Meta:
        model = CalendarSource
        fields = ["id", "programme", "rota", "duty", "name", "is_file", "shifts", "troubles",
                  "read_at", "next_at", "failures", "error", "made_by", "made_at"]  # fmt: skip


class CalendarForm(InRota):
    """A calendar by its address; files are looked at on the page first."""

    duty = serializers.SlugField(max_length=40)
    url = serializers.CharField(
        max_length=2000, write_only=True, help_text="https:// or webcal://, a public address."
    )
