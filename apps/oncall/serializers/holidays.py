"""Downtimes of holidays over the API."""

import json
from typing import Any

from rest_framework import serializers

from apps.core.api.fields import InstantField
from apps.oncall.choices import Preparation
from apps.oncall.models import HolidayDuty
from apps.oncall.rules.breaks import as_bodies, as_text


class HolidaySerializer(serializers.Serializer[Any]):
    """A holiday of the programme."""

    on = serializers.DateField()
    name = serializers.CharField()


class AdjustHolidaySerializer(serializers.Serializer[Any]):
    """Other hours or monitors; what is left out stays as it is."""

    starts_at = InstantField(required=False)
    ends_at = InstantField(required=False)
    mute = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    version = serializers.IntegerField(required=False)


class WithdrawHolidaySerializer(serializers.Serializer[Any]):
    """Why nothing has to be muted."""

    reason = serializers.CharField(max_length=300)
    version = serializers.IntegerField(required=False)


class HolidayDutySerializer(serializers.ModelSerializer[HolidayDuty]):
    """What `person` is asked to mute over holidays, [starts_at, ends_at). Rollcall creates nothing
    in Datadog: `text` is for a person, each of `bodies` for `POST /api/v2/downtime`."""

    programme = serializers.CharField(source="rota.programme.key")
    rota = serializers.CharField(source="rota.key")
    person = serializers.CharField(source="person.username")
    holidays = HolidaySerializer(many=True)
    state = serializers.ChoiceField(choices=Preparation.choices)
    starts_at = InstantField()
    ends_at = InstantField()
    remind_at = InstantField()
    decided_at = InstantField(allow_null=True)
    text = serializers.SerializerMethodField()
    bodies = serializers.SerializerMethodField()

    class Meta:
        model = HolidayDuty
        fields = ["id", "programme", "rota", "prepared_on", "holidays", "person", "starts_at",
                  "ends_at", "mute", "state", "reason", "remind_at", "decided_by", "decided_at",
                  "text", "bodies", "version"]  # fmt: skip
        read_only_fields = fields

    def get_text(self, row: HolidayDuty) -> str:
        return as_text(row.downtime)

    def get_bodies(self, row: HolidayDuty) -> list[dict[str, Any]]:
        return [json.loads(body) for body in as_bodies(row.downtime)]
