"""Incidents and their timeline over the API, in the contract's shape."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework import serializers

from apps.accounts.models import Person
from apps.core.api.fields import InstantField
from apps.incidents.choices import Told
from apps.incidents.models import Category, Entry, Incident, Queue, assignable
from apps.rollouts.models import Product, Programme, Site

M = TypeVar("M", bound=Model)


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
    reporter_told_at = InstantField(allow_null=True)
    duplicate_of = serializers.SerializerMethodField(help_text="Number of the ticket it joined.")
    due_at = InstantField(allow_null=True)
    updated_at = InstantField()

    class Meta:
        model = Incident
        fields = [
            "number", "key", "title", "description", "programme", "site", "product", "phase",
            "category", "state", "severity", "impact", "urgency", "priority", "queue", "assignee",
            "reporter", "source", "servicenow", "opened_at", "acknowledge_due_at",
            "acknowledged_at", "response_due_at", "first_response_at", "resolved_at", "resolution",
            "told", "reporter_told_at", "duplicate_of", "due_at", "updated_at", "version",
        ]  # fmt: skip

    def get_duplicate_of(self, incident: Incident) -> str | None:
        return f"RC-{incident.duplicate_of_id}" if incident.duplicate_of_id else None


class EntrySerializer(serializers.ModelSerializer[Entry]):
    """A line of the timeline."""

    at = InstantField()
    source_at = InstantField()

    class Meta:
        model = Entry
        fields = ["id", "at", "source_at", "kind", "actor", "text", "data"]


def _named(rows: "QuerySet[M]", what: str, **name: str) -> M:
    """The one row of that name. Raises ValidationError."""
    row = rows.filter(**name).first()
    if row is None:
        raise serializers.ValidationError(f"There is no {what} {next(iter(name.values()))!r}.")
    return row


class _Names(serializers.Serializer[Any]):
    """Names of rows that become rows of the ticket's programme."""

    site = serializers.CharField(required=False, allow_null=True, max_length=12)
    product = serializers.CharField(required=False, allow_null=True, max_length=60)
    category = serializers.CharField(required=False, allow_null=True, max_length=60)

    def rows_of(self, attrs: dict[str, Any], programme: Programme) -> dict[str, Any]:
        found: dict[str, Any] = {}
        tables: dict[str, tuple[QuerySet[Any], str]] = {
            "site": (Site.objects.all(), "number__iexact"),
            "product": (Product.objects.filter(programme=programme), "key"),
            "category": (Category.objects.filter(programme=programme), "key"),
            "queue": (Queue.objects.filter(programme=programme), "name"),
            "assignee": (assignable(programme), "username"),
        }
        for name, (rows, column) in tables.items():
            if name not in attrs:
                continue
            try:
                value = attrs[name]
                found[name] = None if value is None else _named(rows, name, **{column: value})
            except serializers.ValidationError as problem:
                raise serializers.ValidationError({name: problem.detail}) from problem
        return attrs | found


class NewSerializer(_Names):
    """A new ticket. Needs `context["person"]`. Impact and urgency follow from the severity unless
    they are given."""

    programme = serializers.SlugField(required=False)
    title = serializers.CharField(max_length=200)
    description = serializers.CharField(default="", allow_blank=True, max_length=20000)
    severity = serializers.IntegerField(min_value=1, max_value=3, default=3)
    impact = serializers.IntegerField(min_value=1, max_value=3, required=False)
    urgency = serializers.IntegerField(min_value=1, max_value=3, required=False)
    reporter = serializers.CharField(default="", allow_blank=True, max_length=120)
    queue = serializers.CharField(required=False, allow_null=True, max_length=120)
    assignee = serializers.CharField(required=False, allow_null=True, max_length=60)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        person: Person = self.context["person"]
        rows = Programme.objects.visible_to(person)
        if key := attrs.get("programme"):
            rows = rows.filter(key=key)
        programmes = list(rows[:2])
        if len(programmes) != 1:
            raise serializers.ValidationError({"programme": "Say which programme, by its key."})
        return self.rows_of(attrs, programmes[0]) | {"programme": programmes[0]}


class EditSerializer(_Names):
    """What may be changed; what is left out stays. Needs `context["incident"]`."""

    title = serializers.CharField(max_length=200, required=False)
    severity = serializers.IntegerField(min_value=1, max_value=3, required=False)
    impact = serializers.IntegerField(min_value=1, max_value=3, required=False)
    urgency = serializers.IntegerField(min_value=1, max_value=3, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return self.rows_of(attrs, self.context["incident"].programme)


class AssignSerializer(serializers.Serializer[Any]):
    """Who gets it: a username, or null. Needs `context["incident"]`."""

    assignee = serializers.CharField(allow_null=True, max_length=60)

    def validate_assignee(self, username: str | None) -> Person | None:
        if username is None:
            return None
        rows = assignable(self.context["incident"].programme)
        person: Person = _named(rows, "person who takes tickets here called", username=username)
        return person


class RouteSerializer(serializers.Serializer[Any]):
    """Another queue, by its name, and why."""

    queue = serializers.CharField(max_length=120)
    reason = serializers.CharField(max_length=2000)

    def validate_queue(self, name: str) -> Queue:
        rows = Queue.objects.filter(programme=self.context["incident"].programme)
        return _named(rows, "queue", name=name)


class CommentSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=10000)


class ResolveSerializer(serializers.Serializer[Any]):
    resolution = serializers.CharField(max_length=4000)
    told = serializers.ChoiceField(choices=Told.choices)


class ReopenSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)


class DuplicateSerializer(serializers.Serializer[Any]):
    """The ticket it is a duplicate of. Needs `context["person"]`."""

    of = serializers.CharField(max_length=24)

    def validate_of(self, number: str) -> Incident:
        found = Incident.objects.visible_to(self.context["person"]).numbered(number).first()
        if found is None:
            raise serializers.ValidationError(f"There is no ticket {number!r}.")
        return found
