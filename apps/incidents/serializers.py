"""Incidents and their timeline over the API, in the contract's shape."""

from rest_framework import serializers

from apps.core.api.fields import InstantField
from apps.incidents.models import Entry, Incident


class ServiceNowSerializer(serializers.Serializer[Incident]):
    """The ServiceNow record of an incident."""

    number = serializers.CharField()
    sys_id = serializers.CharField()
    state = serializers.CharField()


class IncidentSerializer(serializers.ModelSerializer[Incident]):
    """One ticket; text is masked."""

    number = serializers.CharField()
    programme = serializers.CharField(source="programme.key")
    site = serializers.CharField(source="site.number", allow_null=True, default=None)
    product = serializers.CharField(source="product.key", allow_null=True, default=None)
    category = serializers.CharField(source="category.key", allow_null=True, default=None)
    queue = serializers.CharField(source="queue.name", allow_null=True, default=None)
    assignee = serializers.CharField(source="assignee.username", allow_null=True, default=None)
    servicenow = ServiceNowSerializer(
        source="servicenow_link.record", allow_null=True, default=None
    )
    opened_at = InstantField()
    acknowledge_due_at = InstantField()
    acknowledged_at = InstantField(allow_null=True)
    response_due_at = InstantField()
    first_response_at = InstantField(allow_null=True)
    resolved_at = InstantField(allow_null=True)
    due_at = InstantField(allow_null=True)
    updated_at = InstantField()

    class Meta:
        model = Incident
        fields = [
            "number", "key", "title", "description", "programme", "site", "product", "phase",
            "category", "state", "severity", "impact", "urgency", "priority", "queue", "assignee",
            "reporter", "source", "servicenow", "opened_at", "acknowledge_due_at",
            "acknowledged_at", "response_due_at", "first_response_at", "resolved_at", "due_at",
            "updated_at", "version",
        ]  # fmt: skip


class EntrySerializer(serializers.ModelSerializer[Entry]):
    """A line of the timeline."""

    at = InstantField()
    source_at = InstantField()

    class Meta:
        model = Entry
        fields = ["id", "at", "source_at", "kind", "actor", "text", "data"]
