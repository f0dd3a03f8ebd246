"""A delivery as the API shows it."""

from rest_framework import serializers

from apps.core.api.fields import InstantField
from apps.outbox.models import Delivery


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """A promise to another system and how it went."""

    connection = serializers.CharField(source="connection.key")
    state = serializers.CharField()
    due_at = InstantField()
    sent_at = InstantField(source="done_at", allow_null=True)
    dead_at = InstantField(allow_null=True)
    held_at = InstantField(allow_null=True)

    class Meta:
        model = Delivery
        fields = ["id", "key", "action", "connection", "subject", "subject_key", "state", "due_at",
                  "sent_at", "dead_at", "held_at", "attempts", "last_error", "result"]  # fmt: skip
