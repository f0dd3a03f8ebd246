"""Bodies of writes to programmes, products, sites, waves and go-lives.

A form for a new object asks for what it needs; one for an edit takes what is to change. Names
become rows of what the caller may see: forms need `context["person"]`.
"""

from typing import Any

from rest_framework import serializers

from apps.core.api.forms import StrictForm
from apps.rollouts.models import Product, Programme, Site, Wave, site_numbers_of
from apps.rollouts.models.checks import valid_calendar
from apps.rollouts.serializers.fields import (
    DayField,
    DegreesField,
    HoursField,
    NumberField,
    ZoneField,
)
from apps.rollouts.serializers.programmes import BlackoutForm, HolidayForm, PhaseForm

BY_CHANGE = (
    "This changes only by a decision: POST schedule-changes/ with kind {kind},"
    " reason and decided_by."
)


class EditProgrammeForm(StrictForm):
    """What may change of a programme; its key stays."""

    name = serializers.CharField(max_length=120)
    first_week = DayField()
    last_week = DayField()
    pace = serializers.IntegerField(min_value=1, max_value=1000)
    go_live_days = serializers.IntegerField(min_value=1, max_value=366)
    time_zone = ZoneField(max_length=60)
    closes_on = DayField(allow_null=True, required=False)
    phases = PhaseForm(many=True, required=False)
    labels = serializers.DictField(child=serializers.CharField(max_length=60), required=False)
    holiday_calendar = serializers.CharField(
        max_length=12, required=False, allow_blank=True, validators=[valid_calendar]
    )
    holidays = HolidayForm(many=True, required=False)
    blackouts = BlackoutForm(many=True, required=False)
    version = serializers.IntegerField(required=False)

    def validate_holidays(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return _written(rows)

    def validate_blackouts(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return _written(rows)

    def validate_phases(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return _written(rows)


def _written(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As the column has them: days as text."""
    return [
        {name: value if isinstance(value, str | int) else value.isoformat()
         for name, value in row.items()}
        for row in rows
    ]  # fmt: skip


class NewProgrammeForm(EditProgrammeForm):
    """A new programme."""

    key = serializers.SlugField(max_length=60)
    pace = serializers.IntegerField(min_value=1, max_value=1000, default=7)
    go_live_days = serializers.IntegerField(min_value=1, max_value=366, default=7)
    version = None  # type: ignore[assignment]  # a new one has none


class OfProgrammeForm(StrictForm):
    """Something of a programme, named by its key; the caller's only one may be left out."""

    programme = serializers.SlugField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        rows = Programme.objects.visible_to(self.context["person"])
        if key := attrs.get("programme"):
            rows = rows.filter(key=key)
        found = list(rows[:2])
        if len(found) != 1:
            raise serializers.ValidationError({"programme": ["Say which programme, by its key."]})
        return attrs | {"programme": found[0]}


class NewProductForm(OfProgrammeForm):
    """A new product."""

    key = serializers.SlugField(max_length=60)
    name = serializers.CharField(max_length=120)
    queue = serializers.CharField(
        max_length=120, source="queue_name", required=False, allow_blank=True
    )


class EditProductForm(StrictForm):
    """What may change of a product; its key stays."""

    name = serializers.CharField(max_length=120)
    queue = serializers.CharField(max_length=120, source="queue_name", allow_blank=True)
    version = serializers.IntegerField(required=False)


class NewWaveForm(OfProgrammeForm):
    """A new wave."""

    number = serializers.IntegerField(min_value=1, max_value=9999)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    starts_on = DayField()


class EditWaveForm(StrictForm):
    """What may change of a wave; its number stays, and so do the dates of its go-lives."""

    name = serializers.CharField(max_length=120, allow_blank=True)
    starts_on = DayField()
    version = serializers.IntegerField(required=False)


class EditSiteForm(StrictForm):
    """What may change of a site; its number stays."""

    name = serializers.CharField(max_length=160)
    parent = serializers.CharField(max_length=12, allow_null=True, required=False)  # type: ignore[assignment]  # the contract's name for the field
    region = serializers.CharField(max_length=60, required=False, allow_blank=True)
    state = serializers.CharField(max_length=40, required=False, allow_blank=True)
    time_zone = ZoneField(max_length=60)
    opening_hours = HoursField(required=False)
    latitude = DegreesField(min_value=-90, max_value=90, allow_null=True, required=False)
    longitude = DegreesField(min_value=-180, max_value=180, allow_null=True, required=False)
    test = serializers.BooleanField(source="is_test", required=False)
    version = serializers.IntegerField(required=False)

    def validate_parent(self, number: str | None) -> Site | None:
        if number is None:
            return None
        found: Site = _named(Site.objects.all(), "site", number=number)
        return found


class NewSiteForm(EditSiteForm):
    """A new site; its number looks as one of the programmes in which the caller decides says."""

    number = NumberField(max_length=12)
    version = None  # type: ignore[assignment]  # a new one has none

    def validate_number(self, number: str) -> str:
        patterns = site_numbers_of(self.context["person"])
        if not any(pattern.fullmatch(number) for pattern in patterns):
            looks = " or ".join(pattern.pattern for pattern in patterns)
            words = f"{number!r} is no site number here: it has to look like {looks}"
            raise serializers.ValidationError(words)
        return number


class NewGoLiveForm(OfProgrammeForm):
    """A new go-live is a decision too: who made it, and why."""

    site = serializers.CharField(max_length=12)
    product = serializers.CharField(max_length=60)
    wave = serializers.IntegerField(min_value=1, max_value=9999, required=False, allow_null=True)
    planned_on = DayField()
    scope = serializers.CharField(max_length=200, default="", allow_blank=True)
    reason = serializers.CharField(max_length=2000)
    decided_by = serializers.CharField(max_length=120)
    elsewhere = {
        "actual_on": BY_CHANGE.format(kind="move, to the day it really began"),
        "status": BY_CHANGE.format(kind="pause, resume, cancel or roll-back"),
    }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        programme = attrs["programme"]
        products = Product.objects.filter(programme=programme)
        return attrs | {
            "site": _row("site", Site.objects.all(), number=attrs["site"]),
            "product": _row("product", products, key=attrs["product"]),
            "wave": _wave(programme, attrs.get("wave")),
        }


class EditGoLiveForm(StrictForm):
    """What may change of a go-live here: its wave, which is a decision too. Needs
    `context["go_live"]`."""

    wave = serializers.IntegerField(min_value=1, max_value=9999, allow_null=True)
    reason = serializers.CharField(max_length=2000, help_text="Needed with `wave`.")
    decided_by = serializers.CharField(max_length=120, help_text="Needed with `wave`.")
    version = serializers.IntegerField(required=False)
    elsewhere = {
        **NewGoLiveForm.elsewhere,
        "planned_on": BY_CHANGE.format(kind="move"),
        "scope": BY_CHANGE.format(kind="reduce"),
    }

    def validate_wave(self, number: int | None) -> Wave | None:
        if number is None:
            return None
        rows = Wave.objects.filter(programme=self.context["go_live"].programme_id)
        found: Wave = _named(rows, "wave", number=number)
        return found

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in ("reason", "decided_by") if name not in attrs]
        if "wave" in attrs and missing:
            raise serializers.ValidationError({name: ["Say this as well."] for name in missing})
        return attrs


def _wave(programme: Programme, number: int | None) -> Wave | None:
    if number is None:
        return None
    found: Wave = _row("wave", Wave.objects.filter(programme=programme), number=number)
    return found


def _row(field: str, rows: Any, **named: Any) -> Any:
    try:
        return _named(rows, field, **named)
    except serializers.ValidationError as problem:
        raise serializers.ValidationError({field: problem.detail}) from problem


def _named(rows: Any, kind: str, **named: Any) -> Any:
    found = rows.filter(**named).first()
    if found is None:
        raise serializers.ValidationError(f"There is no {kind} {next(iter(named.values()))!r}.")
    return found
