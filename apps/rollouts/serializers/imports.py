"""Imported tables over the API."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from apps.rollouts.models import ScheduleChange
from apps.rollouts.rules import Slot
from apps.rollouts.services import ImportPreview


class ImportOptionsForm(serializers.Serializer[Any]):
    """How an imported table is meant. A change of the schedule needs `reason` and `decided_by`."""

    programme = serializers.CharField(max_length=60)
    kind = serializers.ChoiceField(choices=["schedule", "sites"], default="schedule")
    order = serializers.ChoiceField(
        choices=["mdy", "dmy"], default="", allow_blank=True,
        help_text="How 3/4/2022 is meant; without it such a day is refused.",
    )  # fmt: skip
    cancel_missing = serializers.BooleanField(
        default=False, help_text="Cancel go-lives that the table does not name."
    )
    dry_run = serializers.BooleanField(
        default=False, help_text="1: say what it would do, write nothing."
    )
    reason = serializers.CharField(max_length=2000, default="", allow_blank=True)
    decided_by = serializers.CharField(max_length=120, default="", allow_blank=True)
    digest = serializers.CharField(
        max_length=64, default="", allow_blank=True,
        help_text="Of a dry run: refused with 409 when something else would be done by now.",
    )  # fmt: skip

    def validate(self, facts: dict[str, Any]) -> dict[str, Any]:
        if facts["kind"] == "schedule" and not facts["dry_run"]:
            missing = [name for name in ("reason", "decided_by") if not facts[name]]
            if missing:
                raise serializers.ValidationError(dict.fromkeys(missing, "Say it."))
        return facts


class ImportErrorSerializer(serializers.Serializer[Any]):
    """A cell that cannot be taken; without a column it is about the whole line."""

    line = serializers.IntegerField()
    column = serializers.CharField()
    value = serializers.CharField()
    words = serializers.CharField()


class ImportedGoLiveSerializer(serializers.Serializer[Any]):
    """What a table does to one go-live."""

    site = serializers.CharField()
    product = serializers.CharField()
    from_on = serializers.DateField(allow_null=True)
    to_on = serializers.DateField(allow_null=True)
    from_wave = serializers.IntegerField(allow_null=True)
    to_wave = serializers.IntegerField(allow_null=True)
    from_scope = serializers.CharField()
    to_scope = serializers.CharField()


class ImportedSiteSerializer(serializers.Serializer[Any]):
    """What a table does to one site: `added` or `changed`, and which columns."""

    number = serializers.CharField()
    verb = serializers.ChoiceField(choices=["added", "changed"])
    columns = serializers.ListField(child=serializers.CharField())


class ImportChangeSerializer(serializers.Serializer[Any]):
    """A schedule change the table came to."""

    id = serializers.IntegerField()
    kind = serializers.CharField()


class ImportPreviewSerializer(serializers.Serializer[Any]):
    """What a table would do, or did. With `errors` nothing is done."""

    rows = serializers.IntegerField()
    digest = serializers.CharField()
    errors = ImportErrorSerializer(many=True)  # type: ignore[assignment]  # the API's name for it
    ignored = serializers.ListField(child=serializers.CharField(), help_text="Headers left out.")
    notes = serializers.ListField(child=serializers.CharField())
    warnings = serializers.ListField(child=serializers.CharField())
    effects = serializers.ListField(child=serializers.CharField(), help_text="Of a dry run.")
    added = ImportedGoLiveSerializer(many=True)
    moved = ImportedGoLiveSerializer(many=True)
    changed = ImportedGoLiveSerializer(many=True)
    removed = ImportedGoLiveSerializer(many=True)
    sites = ImportedSiteSerializer(many=True)
    changes = ImportChangeSerializer(many=True, help_text="Empty for a dry run.")


def preview_data(
    preview: ImportPreview, effects: Sequence[str], changes: Sequence[ScheduleChange] = ()
) -> dict[str, Any]:
    """A preview as the API tells it."""
    diff = preview.diff
    facts = {
        "rows": preview.rows, "digest": preview.digest, "errors": preview.errors,
        "ignored": preview.ignored, "notes": preview.notes, "warnings": preview.warnings,
        "effects": list(effects), "changes": list(changes),
        "added": [_slots(key, None, to) for key, to in diff.added.items()],
        "moved": [_slots(key, one.before, one.after) for key, one in diff.moved.items()],
        "changed": [_slots(key, one.before, one.after) for key, one in diff.changed.items()],
        "removed": [_slots(key, gone, None) for key, gone in diff.removed.items()],
        "sites": [
            {"number": one.number, "verb": "changed" if one.before else "added",
             "columns": [name for name, _, _ in one.differing()]}
            for one in preview.sites
        ],
    }  # fmt: skip
    data: dict[str, Any] = ImportPreviewSerializer(facts).data
    return data


def _slots(key: tuple[str, str], before: Slot | None, after: Slot | None) -> dict[str, Any]:
    return {
        "site": key[0], "product": key[1],
        "from_on": before and before.planned_on, "to_on": after and after.planned_on,
        "from_wave": before and before.wave, "to_wave": after and after.wave,
        "from_scope": before.scope if before else "", "to_scope": after.scope if after else "",
    }  # fmt: skip
