"""Work items and boards over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.accounts.models import Person
from apps.boards.choices import Board, Kind
from apps.boards.models import WorkItem
from apps.boards.reading import ColumnShown
from apps.core.api.fields import InstantField
from apps.incidents.models import Incident
from apps.rollouts.models import Product, Programme


class WorkItemSerializer(serializers.ModelSerializer[WorkItem]):
    """A card; ranks are text because they are larger than JavaScript's exact numbers."""

    key = serializers.CharField()
    programme = serializers.CharField(source="programme.key")
    product = serializers.CharField(source="product.key", allow_null=True, default=None)
    owner = serializers.CharField(source="owner.username", allow_null=True, default=None)
    product_rank = serializers.CharField()
    delivery_rank = serializers.CharField()
    incidents = serializers.SerializerMethodField()
    made_at = InstantField()
    updated_at = InstantField()
    moved_at = InstantField()

    class Meta:
        model = WorkItem
        fields = ["key", "programme", "kind", "title", "description", "decision", "stage",
                  "product_rank", "delivery_rank", "severity", "product", "owner", "due_on",
                  "estimate", "incidents", "made_by", "made_at", "updated_at", "moved_at",
                  "version"]  # fmt: skip

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_incidents(self, item: WorkItem) -> list[str]:
        """Numbers of its tickets."""
        return sorted((one.number for one in item.incidents.all()), key=lambda name: int(name[3:]))


class NewWorkItemSerializer(serializers.Serializer[Any]):
    """What a new card is about. Needs `context["person"]`."""

    programme = serializers.SlugField(required=False)
    title = serializers.CharField(max_length=200)
    kind = serializers.ChoiceField(choices=Kind.choices, default=Kind.BUG.value)
    description = serializers.CharField(default="", allow_blank=True, max_length=10000)
    severity = serializers.IntegerField(min_value=1, max_value=3, default=3)
    product = serializers.SlugField(required=False, allow_null=True)
    estimate = serializers.CharField(default="", allow_blank=True, max_length=20)
    incidents = serializers.ListField(child=serializers.CharField(max_length=24), default=list)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Names become rows: of what the person may see, and of one programme."""
        person = self.context["person"]
        attrs["incidents"] = [_ticket(person, number) for number in attrs["incidents"]]
        attrs["programme"] = _programme(person, attrs)
        if key := attrs.get("product"):
            row = Product.objects.filter(programme=attrs["programme"], key=key).first()
            if row is None:
                raise serializers.ValidationError({"product": f"There is no product {key!r}."})
            attrs["product"] = row
        return attrs


def _ticket(person: Person, number: str) -> Incident:
    row = Incident.objects.visible_to(person).numbered(number).first()
    if row is None:
        raise serializers.ValidationError({"incidents": f"There is no ticket {number!r}."})
    return row


def _programme(person: Person, attrs: dict[str, Any]) -> Programme:
    """The one named, that of the tickets, or the person's only one."""
    if attrs["incidents"]:
        return Programme.objects.get(pk=attrs["incidents"][0].programme_id)
    rows = Programme.objects.visible_to(person)
    if key := attrs.get("programme"):
        rows = rows.filter(key=key)
    found = list(rows[:2])
    if len(found) != 1:
        raise serializers.ValidationError({"programme": "Say which programme, by its key."})
    return found[0]


class EditWorkItemSerializer(serializers.Serializer[Any]):
    """What may be changed; what is left out stays. Needs `context["item"]`."""

    title = serializers.CharField(max_length=200, required=False)
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    description = serializers.CharField(required=False, allow_blank=True, max_length=10000)
    severity = serializers.IntegerField(min_value=1, max_value=3, required=False)
    product = serializers.SlugField(required=False, allow_null=True)
    owner = serializers.CharField(required=False, allow_null=True)
    due_on = serializers.DateField(required=False, allow_null=True)
    estimate = serializers.CharField(required=False, allow_blank=True, max_length=20)
    version = serializers.IntegerField(required=False)

    def validate_product(self, key: str | None) -> Product | None:
        if key is None:
            return None
        rows = Product.objects.filter(programme=self.context["item"].programme, key=key)
        row: Product | None = rows.first()
        if row is None:
            raise serializers.ValidationError(f"There is no product {key!r}.")
        return row

    def validate_owner(self, username: str | None) -> Person | None:
        if username is None:
            return None
        rows = Person.objects.filter(is_active=True, username=username)
        row = rows.filter(memberships__programme=self.context["item"].programme).first()
        if row is None:
            raise serializers.ValidationError(f"Nobody in this programme is called {username!r}.")
        return row


class MoveSerializer(serializers.Serializer[Any]):
    """Where a card is to go; `after` or `before` name the card beside it, neither is the end."""

    board = serializers.ChoiceField(choices=Board.choices)
    column = serializers.CharField(max_length=20)
    after = serializers.CharField(required=False, allow_null=True, max_length=24)
    before = serializers.CharField(required=False, allow_null=True, max_length=24)
    version = serializers.IntegerField(required=False)


class ColumnSerializer(serializers.Serializer[ColumnShown]):
    """A column with its first cards; `count` stops at 1000."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the name of a column
    count = serializers.IntegerField()
    limit = serializers.IntegerField(allow_null=True)
    cards = WorkItemSerializer(many=True)


class BoardSerializer(serializers.Serializer[Any]):
    """A board."""

    board = serializers.ChoiceField(choices=Board.choices)
    columns = ColumnSerializer(many=True)
