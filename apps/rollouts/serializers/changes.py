"""Schedule changes over the API."""

from typing import Any

from rest_framework import serializers

from apps.core.api.fields import InstantField
from apps.core.api.forms import StrictForm
from apps.rollouts.choices import ChangeKind
from apps.rollouts.models import ScheduleChange, ScheduleChangeItem
from apps.rollouts.serializers.fields import DayField

MAKEABLE = [(kind.value, kind.label) for kind in ChangeKind if kind is not ChangeKind.PLAN]


SHOWN = 50  # go-lives of a change in a list of changes
MOST = 5000  # go-lives in one change
LARGEST = 2**63 - 1


class ChangedGoLiveForm(StrictForm):
    """A go-live of a change; `to` is needed for a move: a day to come is the new plan, one that has
    come the day it really began. With `version` it is refused when it has changed since."""

    id = serializers.IntegerField(min_value=1, max_value=LARGEST)
    to = DayField(required=False, allow_null=True)
    version = serializers.IntegerField(required=False)


class ScheduleChangeForm(StrictForm):
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
        if len(rows) > MOST:
            raise serializers.ValidationError(f"{len(rows)} are too many; {MOST} at once.")
        if len({row["id"] for row in rows}) < len(rows):
            raise serializers.ValidationError("A go-live stands here twice.")
        return rows

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["kind"] == ChangeKind.REDUCE and not attrs["scope"].strip():
            raise serializers.ValidationError({"scope": "Say what remains, such as two clinics."})
        return attrs


class StepSerializer(serializers.Serializer[Any]):
    """What a change would do to one go-live; `is_actual`: `to_on` is the day it really began."""

    id = serializers.IntegerField(source="go_live.pk")
    site = serializers.CharField(source="go_live.site.number")
    product = serializers.CharField(source="go_live.product.key")
    from_on = serializers.DateField()
    to_on = serializers.DateField(allow_null=True)
    is_actual = serializers.BooleanField()
    from_scope = serializers.CharField()
    to_scope = serializers.CharField()
    from_wave = serializers.IntegerField(source="from_wave.number", allow_null=True, default=None)
    to_wave = serializers.IntegerField(source="to_wave.number", allow_null=True, default=None)


class PreviewSerializer(serializers.Serializer[Any]):
    """What a change would do; `refused` says why, by go-live id; `effects` what it touches."""

    steps = StepSerializer(many=True)
    refused = serializers.DictField(child=serializers.CharField())
    warnings = serializers.ListField(child=serializers.CharField())
    effects = serializers.ListField(child=serializers.CharField())


class ChangeItemSerializer(serializers.ModelSerializer[ScheduleChangeItem]):
    """What a change did to one go-live."""

    id = serializers.IntegerField(source="go_live_id")
    site = serializers.CharField(source="go_live.site.number")
    product = serializers.CharField(source="go_live.product.key")
    from_wave = serializers.IntegerField(source="from_wave.number", allow_null=True, default=None)
    to_wave = serializers.IntegerField(source="to_wave.number", allow_null=True, default=None)

    class Meta:
        model = ScheduleChangeItem
        fields = ["id", "site", "product", "from_on", "to_on", "is_actual", "from_scope",
                  "to_scope", "from_wave", "to_wave"]  # fmt: skip


class ScheduleChangeSerializer(serializers.ModelSerializer[ScheduleChange]):
    """One decision about the schedule: of the go-lives it is about the first fifty, `count` says of
    how many; all of them are at `schedule-changes/{id}/go-lives/`."""

    programme = serializers.CharField(source="programme.key")
    made_at = InstantField()
    announced_at = InstantField(allow_null=True)
    undone_at = InstantField(allow_null=True)
    count = serializers.IntegerField()
    go_lives = ChangeItemSerializer(source="some_items", many=True)

    class Meta:
        model = ScheduleChange
        fields = ["id", "programme", "kind", "reason", "decided_by", "tell", "made_by", "made_at",
                  "announced_at", "undone_at", "undone_by", "version", "count",
                  "go_lives"]  # fmt: skip


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
                  "to_on", "is_actual", "from_scope", "to_scope", "undone_at"]  # fmt: skip
