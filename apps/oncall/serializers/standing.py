"""Overrides, cover requests, swaps and leave over the API."""

from typing import Any

from rest_framework import serializers

from apps.accounts.models import Person
from apps.core.api.fields import InstantField
from apps.oncall.access import workers
from apps.oncall.models import CoverRequest, Leave, Override, Rota
from apps.oncall.rules import instant_near
from apps.oncall.services import Part

SLOT = "The local start of a slot, as `oncall/shifts/` tells it."


class OverrideSerializer(serializers.ModelSerializer[Override]):
    """Somebody has a duty for a period; one that names its slot follows it."""

    programme = serializers.CharField(source="rota.programme.key")
    rota = serializers.CharField(source="rota.key")
    username = serializers.CharField(source="person.username")
    name = serializers.CharField(source="person.name")
    start = InstantField(source="starts_at")
    end = InstantField(source="ends_at")
    slot = serializers.CharField(source="slot_start_local", help_text=SLOT)
    made_at = InstantField()

    class Meta:
        model = Override
        fields = ["id", "programme", "rota", "duty", "username", "name", "start", "end", "slot",
                  "reason", "made_by", "made_at"]  # fmt: skip


class CoverSerializer(serializers.ModelSerializer[CoverRequest]):
    """A request to take a shift; `asked` null is anybody, `in_return` null is for nothing."""

    programme = serializers.CharField(source="rota.programme.key")
    rota = serializers.CharField(source="rota.key")
    start = InstantField(source="starts_at")
    end = InstantField(source="ends_at")
    asked_by = serializers.CharField(source="asked_by.username")
    asked = serializers.CharField(source="asked.username", allow_null=True, default=None)
    in_return = serializers.SerializerMethodField(help_text="{duty, slot, start, end} or null.")
    answered_by = serializers.CharField(
        source="answered_by.username", allow_null=True, default=None
    )
    answered_at = InstantField(allow_null=True)
    made_at = InstantField()

    class Meta:
        model = CoverRequest
        fields = ["id", "programme", "rota", "duty", "slot", "start", "end", "asked_by", "asked",
                  "in_return", "message", "answer", "answered_by", "answered_at",
                  "made_at"]  # fmt: skip

    def get_in_return(self, row: CoverRequest) -> dict[str, Any] | None:
        if not row.is_swap:
            return None
        instant = InstantField()
        times = {"start": row.return_starts_at, "end": row.return_ends_at}
        told = {name: at and instant.to_representation(at) for name, at in times.items()}
        return {"duty": row.return_duty, "slot": row.return_slot} | told


class LeaveSerializer(serializers.ModelSerializer[Leave]):
    """A period in which somebody takes no turns."""

    username = serializers.CharField(source="person.username")
    name = serializers.CharField(source="person.name")
    start = InstantField(source="starts_at")
    end = InstantField(source="ends_at")

    class Meta:
        model = Leave
        fields = ["id", "username", "name", "start", "end", "note", "made_by"]


class PartForm(serializers.Serializer[Any]):
    """A shift by its duty and slot."""

    duty = serializers.SlugField(max_length=40)
    slot = serializers.CharField(max_length=40, help_text=SLOT)

    def validate_slot(self, slot: str) -> str:
        if instant_near(slot) is None:
            raise serializers.ValidationError("Not a slot; write it as 2022-05-02T08:00.")
        return slot

    @staticmethod
    def part(facts: dict[str, Any]) -> Part:
        """The shift, when it was found valid."""
        around = instant_near(facts["slot"])
        assert around is not None  # noqa: S101 - validated above
        return Part(duty=facts["duty"], slot=facts["slot"], around=around)


class InRota(serializers.Serializer[Any]):
    """Needs `context["person"]`. The rota becomes the row, people become people who work in it."""

    rota = serializers.SlugField(max_length=60)
    programme = serializers.SlugField(
        required=False, help_text="Where several of yours have a rota of that key."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        rows = Rota.objects.visible_to(self.context["person"]).filter(key=attrs["rota"])
        if key := attrs.pop("programme", None):
            rows = rows.filter(programme__key=key)
        found = list(rows.with_facts().select_related("programme")[:2])
        if not found:
            raise serializers.ValidationError({"rota": "There is no such rota that you may see."})
        if len(found) > 1:
            raise serializers.ValidationError({"programme": "Say which programme, by its key."})
        people = {name: self._person(found[0], name, attrs[name]) for name in self.people()
                  if attrs.get(name)}  # fmt: skip
        return attrs | {"rota": found[0]} | people

    def people(self) -> tuple[str, ...]:
        return ()

    def _person(self, rota: Rota, field: str, username: str) -> Person:
        person: Person | None = workers(rota.programme).filter(username=username).first()
        if person is None:
            words = f"Nobody called {username!r} works in this programme."
            raise serializers.ValidationError({field: words})
        return person


class OverrideForm(InRota):
    """Somebody is to have a duty: from `start` to `end`, or all of a `slot`."""

    duty = serializers.SlugField(max_length=40)
    person = serializers.CharField(max_length=60)
    start = InstantField(required=False)
    end = InstantField(required=False)
    slot = serializers.CharField(required=False, max_length=40, help_text=SLOT)
    reason = serializers.CharField(default="", allow_blank=True, max_length=300)

    def people(self) -> tuple[str, ...]:
        return ("person",)

    def validate_slot(self, slot: str) -> str:
        return PartForm().validate_slot(slot)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = {name for name in ("start", "end", "slot") if name in attrs}
        if given not in ({"slot"}, {"start", "end"}):
            words = "Say start and end, or the slot alone."
            raise serializers.ValidationError({"start": words})
        return super().validate(attrs)


class CoverForm(InRota, PartForm):
    """Somebody (left out: anybody) is asked to take a shift of the caller's."""

    asked = serializers.CharField(required=False, allow_null=True, max_length=60)
    in_return = PartForm(required=False, allow_null=True)
    message = serializers.CharField(default="", allow_blank=True, max_length=300)

    def people(self) -> tuple[str, ...]:
        return ("asked",)


class SwapForm(InRota):
    """Two shifts of a rota that change hands."""

    shifts = serializers.ListField(child=PartForm(), min_length=2, max_length=2)
    reason = serializers.CharField(max_length=300)


class LeaveForm(serializers.Serializer[Any]):
    """Somebody (left out: the caller) takes no turns in [start, end)."""

    person = serializers.CharField(required=False, max_length=60)
    start = InstantField()
    end = InstantField()
    note = serializers.CharField(default="", allow_blank=True, max_length=200)
