"""A change as the feed shows it."""

from rest_framework import serializers

from apps.core.api.fields import InstantField
from apps.ledger.models import Change


class ChangeSerializer(serializers.ModelSerializer[Change]):
    """One change; `id` is its number in the chain and the cursor of the feed."""

    id = serializers.IntegerField(source="seq")
    at = InstantField()
    type = serializers.CharField(help_text="Event type, e.g. `incident.opened`.")

    class Meta:
        model = Change
        fields = ["id", "at", "type", "subject", "subject_key", "verb", "actor", "origin",
                  "fields", "link"]  # fmt: skip
