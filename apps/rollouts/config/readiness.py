"""programme.yaml: readiness, the checklist every go-live passes."""

from typing import Any

from rest_framework import serializers

from apps.core.config import Applying, Section
from apps.rollouts.config.fields import refuse_twice
from apps.rollouts.config.told import note_diff
from apps.rollouts.models import Programme, ReadinessTemplate
from apps.rollouts.models.readiness import OWNERS
from apps.rollouts.services import TemplateDraft, save_checklist

FURTHEST = 366  # days


class ReadinessForm(serializers.Serializer[Any]):
    """One item; `due` counts days from the go-live, `products` limits it to some of them."""

    key = serializers.SlugField(max_length=60)
    name = serializers.CharField(max_length=120)
    owner = serializers.ChoiceField(choices=[role.value for role in OWNERS])
    due = serializers.IntegerField(min_value=-FURTHEST, max_value=FURTHEST)
    blocks = serializers.BooleanField(default=False)
    products = serializers.ListField(child=serializers.CharField(max_length=60), default=list)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["blocks"] and attrs["due"] > 0:
            words = "what is due after the go-live cannot block it"
            raise serializers.ValidationError({"blocks": words})
        return attrs


def apply_readiness(applying: Applying, entries: list[dict[str, Any]]) -> None:
    """The checklist, in the order of the file. What left the file is retired; its ticks stay."""
    refuse_twice(applying, "readiness", [entry["key"] for entry in entries], "key")
    _refuse_products(applying, entries)
    if applying.wrongs:
        return
    drafts = [
        TemplateDraft(
            key=entry["key"], name=entry["name"], owner_role=entry["owner"],
            offset_days=entry["due"], is_blocking=entry["blocks"],
            products=tuple(dict.fromkeys(entry["products"])),
        )
        for entry in entries
    ]  # fmt: skip
    diffs = save_checklist(
        programme=applying.programme, drafts=drafts, actor=applying.actor, origin=applying.origin,
        now=applying.now,
    )  # fmt: skip
    for key, (before, after) in diffs.items():
        if after["is_retired"]:
            applying.note("-", f"readiness {key}", "its ticks are kept")
        else:
            note_diff(applying, f"readiness {key}", before, after)


def _refuse_products(applying: Applying, entries: list[dict[str, Any]]) -> None:
    known = set(applying.programme.products.values_list("key", flat=True))
    for place, entry in enumerate(entries):
        for key in entry["products"]:
            if key not in known:
                applying.refuse(f"no product {key!r}", ("readiness", place, "products"))


def export_readiness(programme: Programme) -> list[dict[str, Any]] | None:
    rows = ReadinessTemplate.objects.filter(programme=programme).current()
    return [_exported(row) for row in rows.prefetch_related("products")] or None


def _exported(row: ReadinessTemplate) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "key": row.key, "name": row.name, "owner": row.owner_role, "due": row.offset_days,
    }  # fmt: skip
    products = sorted(product.key for product in row.products.all())
    more = {"blocks": True} if row.is_blocking else {}
    return entry | more | ({"products": products} if products else {})


READINESS = Section("readiness", ReadinessForm, apply_readiness, export_readiness)
