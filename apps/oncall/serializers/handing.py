"""Hand-overs between shifts over the API."""

from typing import Any

from rest_framework import serializers

from apps.core.api.fields import InstantField
from apps.oncall.models import HandOver

STATES = ("open", "handed", "acknowledged", "withdrawn")
LONGEST = 8000


class HandOverSerializer(serializers.ModelSerializer[HandOver]):
    """A duty passes from `outgoing`, whose shift ends at `ends_at`, to `incoming`."""

    programme = serializers.CharField(source="rota.programme.key")
    rota = serializers.CharField(source="rota.key")
    outgoing = serializers.CharField(source="outgoing.username")
    incoming = serializers.CharField(source="incoming.username")
    state = serializers.ChoiceField(choices=STATES)
    ends_at = InstantField()
    starts_at = InstantField()
    acknowledge_due_at = InstantField()
    written_at = InstantField(allow_null=True)
    handed_at = InstantField(allow_null=True)
    acknowledged_at = InstantField(allow_null=True)

    class Meta:
        model = HandOver
        fields = ["id", "programme", "rota", "duty", "outgoing", "incoming", "ends_at", "starts_at",
                  "state", "open_items", "watch", "written_by", "written_at", "handed_at",
                  "acknowledge_due_at", "acknowledged_by", "acknowledged_at",
                  "version"]  # fmt: skip
        read_only_fields = fields


class NoteSerializer(serializers.Serializer[Any]):
    """The note, whole or in part; what is left out stays as it is."""

    open_items = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST)
    watch = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST)
    version = serializers.IntegerField(required=False)
