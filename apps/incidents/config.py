"""programme.yaml: queues, categories, severities, sla."""

from typing import Any

from rest_framework import serializers

from apps.core.config import Applying, Section, Wrong
from apps.core.config.diffs import note_change
from apps.core.periods import WeeklyHours
from apps.incidents.models import Category, Queue
from apps.incidents.services import save_category, save_queue


class QueueForm(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    tier = serializers.IntegerField(min_value=1, max_value=5, default=2)
    ours = serializers.BooleanField(default=False)
    email = serializers.EmailField(required=False, allow_blank=True, default="")


class CategoryForm(serializers.Serializer[Any]):
    key = serializers.SlugField(max_length=60)
    label = serializers.CharField(max_length=120)  # type: ignore[assignment]  # the contract's name for the field
    words = serializers.ListField(child=serializers.CharField(max_length=60), default=list)
    queue = serializers.CharField(max_length=120, required=False)


class SeverityForm(serializers.Serializer[Any]):
    level = serializers.IntegerField(min_value=1, max_value=3)
    label = serializers.CharField(max_length=60)  # type: ignore[assignment]  # the contract's name for the field
    meaning = serializers.CharField(max_length=300, default="", allow_blank=True)


class AcknowledgeForm(serializers.Serializer[Any]):
    support_minutes = serializers.IntegerField(min_value=1, max_value=1440, default=15)
    other_minutes = serializers.IntegerField(min_value=1, max_value=10080, default=60)


class SlaForm(serializers.Serializer[Any]):
    acknowledge = AcknowledgeForm(required=False)
    first_response_business_days = serializers.IntegerField(min_value=0, max_value=30, default=1)
    support_hours = serializers.DictField(child=serializers.CharField(), required=False)
    time_zone = serializers.CharField(max_length=60, required=False)

    def validate_support_hours(self, value: dict[str, str]) -> dict[str, str]:
        try:
            WeeklyHours.parse(value)
        except ValueError as problem:
            raise serializers.ValidationError(str(problem)) from problem
        return value


def apply_queues(applying: Applying, entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        before, after = save_queue(
            programme=applying.programme, entry=entry, actor=applying.actor, now=applying.now
        )
        note_change(applying, f"queue {entry['name']}", before, after)


def apply_categories(applying: Applying, entries: list[dict[str, Any]]) -> None:
    queues = {queue.name: queue for queue in Queue.objects.filter(programme=applying.programme)}
    for position, entry in enumerate(entries):
        name = entry.get("queue")
        if name is not None and name not in queues:
            raise Wrong(f"no queue {name!r}", path=("categories", position, "queue"))
        before, after = save_category(
            programme=applying.programme,
            entry=entry,
            queue=queues[name] if name is not None else None,
            position=position,
            actor=applying.actor,
            now=applying.now,
        )
        note_change(applying, f"category {entry['key']}", before, after)


def _apply_to_programme(applying: Applying, name: str, value: Any) -> None:
    programme = applying.programme
    before = getattr(programme, name)
    if before != value:
        setattr(programme, name, value)
        programme.save(update_fields=[name])
    note_change(applying, name, {name: before} if before else None, {name: value})


def apply_severities(applying: Applying, entries: list[dict[str, Any]]) -> None:
    _apply_to_programme(applying, "severities", [dict(entry) for entry in entries])


def apply_sla(applying: Applying, entry: dict[str, Any]) -> None:
    _apply_to_programme(applying, "sla", _plain(entry))


def _plain(value: Any) -> Any:
    return {k: _plain(v) for k, v in value.items()} if isinstance(value, dict) else value


def export_queues(programme: Any) -> list[dict[str, Any]]:
    rows = Queue.objects.filter(programme=programme).order_by("pk")
    return [
        {"name": row.name, "tier": row.tier, "ours": row.ours}
        | ({"email": row.email} if row.email else {})
        for row in rows
    ]


def export_categories(programme: Any) -> list[dict[str, Any]]:
    rows = Category.objects.filter(programme=programme).select_related("queue").order_by("position")
    return [
        {"key": row.key, "label": row.label, "words": row.words}
        | ({"queue": row.queue.name} if row.queue else {})
        for row in rows
    ]


QUEUES = Section("queues", QueueForm, apply_queues, export_queues)
CATEGORIES = Section("categories", CategoryForm, apply_categories, export_categories)
SEVERITIES = Section(
    "severities", SeverityForm, apply_severities, lambda programme: programme.severities
)
SLA = Section("sla", SlaForm, apply_sla, lambda programme: programme.sla, many=False)
