"""Sections for tests of the configuration itself: a programme, and rows that are heartbeats."""

from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers

from apps.core.config import Applying, FromEnvironment, Section, Wrong
from apps.core.models import Heartbeat

AT = datetime(2022, 5, 2, tzinfo=UTC)


class ProgrammeForm(serializers.Serializer[Any]):
    key = serializers.SlugField(max_length=60)
    name = serializers.CharField(max_length=120, required=False)
    first_week = serializers.DateField(required=False)


class HoursForm(serializers.Serializer[Any]):
    opens = serializers.CharField(max_length=5)


class ProductForm(serializers.Serializer[Any]):
    key = serializers.SlugField(max_length=60)
    name = serializers.CharField(max_length=120, required=False)
    tier = serializers.IntegerField(min_value=1, max_value=3, default=1)
    kind = serializers.ChoiceField(choices=["web", "mobile"], default="web")
    hours = HoursForm(required=False)
    words = serializers.ListField(child=serializers.CharField(max_length=5), required=False)
    password = serializers.CharField(max_length=8, required=False, write_only=True)
    latitude = serializers.FloatField(required=False)


class SiteForm(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=12)
    name = serializers.CharField(max_length=60)
    test = serializers.BooleanField(default=False)


def apply_programme(applying: Applying, values: dict[str, Any]) -> None:
    applying.programme = values
    if applying.shift_to_today:
        applying.shift_weeks = 3
    first_week = values.get("first_week")
    moved = applying.shifted(first_week).isoformat() if first_week else ""
    applying.note("=", f"programme {values['key']}", moved)


def apply_products(applying: Applying, values: list[dict[str, Any]]) -> None:
    for place, value in enumerate(values):
        if value["key"] == "later-wrong":
            raise Wrong("there is no queue 'x'", ("products", place, "key"))
        if value["key"].startswith("refused"):
            applying.refuse("is taken", ("products", place, "key"))
        made = Heartbeat.objects.get_or_create(name=value["key"], defaults={"at": AT})[1]
        applying.note("+" if made else "=", f"product {value['key']}", value.get("name", ""))


def apply_sites(applying: Applying, values: list[dict[str, Any]]) -> None:
    for value in values:
        applying.note("+", f"site {value['number']} {value['name']}")


def apply_boards(applying: Applying, values: Any) -> None:
    who_when_why = f"{applying.actor} {applying.reason} {applying.today}"
    applying.note("~", "boards", f"{values!r} {who_when_why}")


def export_products(programme: Any) -> list[dict[str, Any]]:
    return [
        {"key": "442", "name": "a ${b}", "password": FromEnvironment("A_PASSWORD")},
        {"key": "true", "name": "yes: it's #1"},
    ]


PROGRAMME = Section(
    "programme", ProgrammeForm, apply_programme, lambda one: {"key": str(one)}, many=False
)
PRODUCTS = Section("products", ProductForm, apply_products, export_products)
SITES = Section("sites", SiteForm, apply_sites, csv=True, columns=(("Station", "number"),))
BOARDS = Section("boards", None, apply_boards, lambda _: None)

SECTIONS = tuple(
    f"tests.core.config_sections.{name}" for name in ("PROGRAMME", "PRODUCTS", "SITES", "BOARDS")
)
