"""Schedule changes over the API."""

from typing import Any

from rest_framework import serializers

from apps.core.api.fields import InstantField
from apps.rollouts.choices import ChangeKind
from apps.rollouts.models import ScheduleChange, ScheduleChangeItem

MAKEABLE = [(kind.value, kind.label) for kind in ChangeKind if kind is not ChangeKind.PLAN]


class ChangedGoLiveForm(serializers.Serializer[Any]):
    """A go-live of a change; `to` is needed for a move."""

    id = serializers.IntegerField(min_value=1)
    to = serializers.DateField(required=False, allow_null=True)


class ScheduleChangeForm(serializers.Serializer[Any]):
    """A decision about the schedule: many go-lives, one reason."""

    kind = serializers.ChoiceField(choices=MAKEABLE)
    go_lives = ChangedGoLiveForm(many=True, allow_empty=False)
    reason = serializers.CharField(max_length=2000)
    decided_by = serializers.CharField(max_length=120)
    tell = serializers.ListField(
        child=serializers.CharField(max_length=120), default=list, max_length=50
    )
    scope = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="What remains; for `reduce`."
    )

    def validate_kind(self, kind: str) -> ChangeKind:
        return ChangeKind(kind)

    def validate_go_lives(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({row["id"] for row in rows}) < len(rows):
            raise serializers.ValidationError("A go-live stands here twice.")
        return rows


class StepSerializer(serializers.Serializer[Any]):
    """What a change would do to one go-live."""

    id = serializers.IntegerField(source="go_live.pk")
    site = serializers.CharField(source="go_live.site.number")
    product = serializers.CharField(source="go_live.product.key")
    from_on = serializers.DateField()
    to_on = serializers.DateField(allow_null=True)
    from_scope = serializers.CharField()
    to_scope = serializers.CharField()


class PreviewSerializer(serializers.Serializer[Any]):
    """What a change would do; `refused` says why, by go-live id."""

    steps = StepSerializer(many=True)
    refused = serializers.DictField(child=serializers.CharField())
    warnings = serializers.ListField(child=serializers.CharField())


class ChangeItemSerializer(serializers.ModelSerializer[ScheduleChangeItem]):
    """What a change did to one go-live."""

    id = serializers.IntegerField(source="go_live_id")
    site = serializers.CharField(source="go_live.site.number")
    product = serializers.CharField(source="go_live.product.key")

    class Meta:
        model = ScheduleChangeItem
        fields = ["id", "site", "product", "from_on", "to_on", "from_scope", "to_scope"]


class ScheduleChangeSerializer(serializers.ModelSerializer[ScheduleChange]):
    """One decision about the schedule."""

    programme = serializers.CharField(source="programme.key")
    made_at = InstantField()
    announced_at = InstantField(allow_null=True)
    undone_at = InstantField(allow_null=True)
    go_lives = ChangeItemSerializer(source="items", many=True)

    class Meta:
        model = ScheduleChange
        fields = ["id", "programme", "kind", "reason", "decided_by", "tell", "made_by", "made_at",
                  "announced_at", "undone_at", "undone_by", "go_lives"]  # fmt: skip


class GoLiveChangeSerializer(serializers.ModelSerializer[ScheduleChangeItem]):
    """A change as the history of one go-live tells it."""

    change = serializers.IntegerField(source="change_id")
    kind = serializers.CharField(source="change.kind")
    reason = serializers.CharField(source="change.reason")
    decided_by = serializers.CharField(source="change.decided_by")
    made_by = serializers.CharField(source="change.made_by")
    effective_at = InstantField()
    undone_at = InstantField(source="change.undone_at", allow_null=True)

    class Meta:
        model = ScheduleChangeItem
        fields = ["change", "kind", "reason", "decided_by", "made_by", "effective_at", "from_on",
                  "to_on", "from_scope", "to_scope", "undone_at"]  # fmt: skip
