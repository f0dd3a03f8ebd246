"""The checklist and the go/no-go of waves over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.api.fields import InstantField
from apps.rollouts.choices import Call, Part, Readiness
from apps.rollouts.models import Deputy, ReadinessItem, ReadinessTemplate, SignOff, Waiver
from apps.rollouts.rules.readiness import item_standing

MOST = 2000  # items of one request


class ReadinessTemplateSerializer(serializers.ModelSerializer[ReadinessTemplate]):
    """An item of a programme's checklist; `due` counts days from the go-live."""

    programme = serializers.CharField(source="programme.key")
    owner = serializers.CharField(source="owner_role")
    due = serializers.IntegerField(source="offset_days")
    blocks = serializers.BooleanField(source="is_blocking")
    products = serializers.SlugRelatedField("key", many=True, read_only=True)  # type: ignore[var-annotated]  # keys

    class Meta:
        model = ReadinessTemplate
        fields = ["programme", "key", "name", "owner", "due", "blocks", "products"]


class ReadinessSerializer(serializers.ModelSerializer[ReadinessItem]):
    """An item for one go-live. `standing` (at the context's `now`) is ok, due, overdue, or red:
    overdue, and it blocks."""

    programme = serializers.CharField(source="go_live.programme.key")
    wave = serializers.IntegerField(source="go_live.wave.number", allow_null=True, default=None)
    site = serializers.CharField(source="go_live.site.number")
    product = serializers.CharField(source="go_live.product.key")
    go_live = serializers.IntegerField(source="go_live_id")
    item = serializers.CharField(source="template.key")
    name = serializers.CharField(source="template.name")
    blocks = serializers.BooleanField(source="template.is_blocking")
    owner_role = serializers.CharField(source="template.owner_role")
    owner = serializers.CharField(source="owner.username", allow_null=True, default=None)
    due_on = serializers.DateField()
    standing = serializers.SerializerMethodField()
    changed_at = InstantField(allow_null=True)

    class Meta:
        model = ReadinessItem
        fields = ["id", "programme", "wave", "site", "product", "go_live", "item", "name", "state",
                  "standing", "due_on", "blocks", "owner_role", "owner", "evidence", "changed_by",
                  "changed_at", "version"]  # fmt: skip

    @extend_schema_field(serializers.ChoiceField(choices=["ok", "due", "overdue", "red"]))
    def get_standing(self, row: ReadinessItem) -> str:
        return item_standing(row.facts(), self.context["now"])


class TickSerializer(serializers.Serializer[Any]):
    """Which items, and how they are to stand: `ids`, or `programme`, `item` and `sites` (with
    `product` only those of one product)."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, allow_empty=False,
        max_length=MOST,
    )  # fmt: skip
    programme = serializers.CharField(max_length=60, required=False)
    item = serializers.CharField(max_length=60, required=False)
    sites = serializers.ListField(
        child=serializers.CharField(max_length=12), required=False, allow_empty=False,
        max_length=MOST,
    )  # fmt: skip
    product = serializers.CharField(max_length=60, required=False)
    state = serializers.ChoiceField(choices=Readiness.choices)
    evidence = serializers.CharField(
        max_length=2000, default="", allow_blank=True,
        help_text="What shows it; for not_applicable the reason, which is needed.",
    )  # fmt: skip

    versions = serializers.DictField(
        child=serializers.IntegerField(), required=False,
        help_text="By id, in which version an item was seen; a newer one refuses all.",
    )  # fmt: skip

    def validate_versions(self, said: dict[str, int]) -> dict[int, int]:
        if not all(key.isascii() and key.isdecimal() and len(key) < 19 for key in said):
            raise serializers.ValidationError("Ids of items, with their versions.")
        return {int(key): version for key, version in said.items()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = {"programme", "item", "sites"} & attrs.keys()
        if ("ids" in attrs) == bool(named) or (named and len(named) < 3):
            words = "Give ids; or programme, item and sites."
            raise serializers.ValidationError({"ids": [words]})
        if attrs["state"] == Readiness.NOT_APPLICABLE and not attrs["evidence"].strip():
            raise serializers.ValidationError({"evidence": ["Say why it is not needed."]})
        return attrs


class TickedSerializer(serializers.Serializer[Any]):
    """What an act came to; `batch` undoes it, and is null when all stood so already."""

    batch = serializers.IntegerField(allow_null=True)
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class UndoneSerializer(serializers.Serializer[Any]):
    """How many items were restored, and how many others have changed since."""

    restored = serializers.IntegerField()
    kept = serializers.IntegerField()


class FindingSerializer(serializers.Serializer[Any]):
    """What a check says of a wave. A red finding that is not waived keeps it from going."""

    key = serializers.CharField(source="finding.key")
    words = serializers.CharField(source="finding.words")
    level = serializers.ChoiceField(source="finding.level", choices=["red", "amber", "green"])
    link = serializers.CharField(source="finding.link")
    is_waived = serializers.BooleanField()


class WaiverSerializer(serializers.ModelSerializer[Waiver]):
    """A red finding that was accepted, for what it was about (`facts`) and nothing more."""

    programme = serializers.CharField(source="wave.programme.key")
    wave = serializers.IntegerField(source="wave.number")
    given_at = InstantField()
    withdrawn_at = InstantField(allow_null=True)

    class Meta:
        model = Waiver
        fields = ["id", "programme", "wave", "finding", "words", "facts", "reason", "given_by",
                  "given_at", "withdrawn_at", "withdrawn_by", "version"]  # fmt: skip


class WaiverForm(serializers.Serializer[Any]):
    """A waiver to give: the key of a red finding, and why."""

    programme = serializers.CharField(max_length=60)
    wave = serializers.IntegerField(min_value=0)
    finding = serializers.CharField(max_length=120)
    reason = serializers.CharField(max_length=2000)


class SignOffSerializer(serializers.ModelSerializer[SignOff]):
    """One part of a go/no-go, and the findings it was signed on."""

    programme = serializers.CharField(source="wave.programme.key")
    wave = serializers.IntegerField(source="wave.number")
    person = serializers.CharField(source="person.username")
    deputy_of = serializers.CharField(source="deputy_of.username", allow_null=True, default=None)
    signed_at = InstantField()
    withdrawn_at = InstantField(allow_null=True)

    class Meta:
        model = SignOff
        fields = ["id", "programme", "wave", "part", "call", "person", "deputy_of", "comment",
                  "signed_at", "digest", "findings", "withdrawn_at", "withdrawn_by",
                  "version"]  # fmt: skip


class SignOffForm(serializers.Serializer[Any]):
    """A signature to give. `digest`, from `go-no-go/`, refuses it when the findings have changed
    since they were read."""

    programme = serializers.CharField(max_length=60)
    wave = serializers.IntegerField(min_value=0)
    part = serializers.ChoiceField(choices=Part.choices)
    call = serializers.ChoiceField(choices=Call.choices)
    comment = serializers.CharField(
        max_length=2000, default="", allow_blank=True, help_text="Needed for a no-go."
    )
    digest = serializers.CharField(max_length=32, default="", allow_blank=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["call"] == Call.NO_GO and not attrs["comment"].strip():
            raise serializers.ValidationError({"comment": ["Say why it does not go."]})
        return attrs


class GoNoGoSerializer(serializers.Serializer[Any]):
    """Where a wave stands; once it has begun no check is asked any more."""

    verdict = serializers.ChoiceField(source="verdict.word", choices=["open", "go", "no-go"])
    missing = serializers.ListField(source="verdict.missing", child=serializers.CharField())
    blocking = serializers.ListField(source="verdict.blocking", child=serializers.CharField())
    begins_at = InstantField()
    has_begun = serializers.BooleanField()
    digest = serializers.CharField()
    findings = FindingSerializer(many=True)
    sign_offs = SignOffSerializer(many=True)


class DeputySerializer(serializers.ModelSerializer[Deputy]):
    """Somebody who may sign for another up to and including a day."""

    programme = serializers.CharField(source="programme.key")
    person = serializers.CharField(source="person.username")
    named_by = serializers.CharField(source="named_by.username")
    named_at = InstantField()
    ended_at = InstantField(allow_null=True)

    class Meta:
        model = Deputy
        fields = ["id", "programme", "role", "person", "named_by", "until", "named_at", "ended_at",
                  "version"]  # fmt: skip


class DeputyForm(serializers.Serializer[Any]):
    """A deputy to name; only administrators name one for somebody else (`named_by`)."""

    programme = serializers.CharField(max_length=60)
    role = serializers.ChoiceField(choices=Part.choices)
    person = serializers.CharField(max_length=60)
    named_by = serializers.CharField(max_length=60, required=False)
    until = serializers.DateField()
