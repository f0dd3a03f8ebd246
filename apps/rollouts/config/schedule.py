"""programme.yaml: products, sites, waves, go_lives."""

from datetime import timedelta
from typing import Any

from django.db.models import Value
from django.db.models.functions import Coalesce
from rest_framework import serializers

from apps.core.config import Applying, Section
from apps.rollouts.config.contacts import ContactForm, apply_contacts, exported_contacts
from apps.rollouts.config.fields import refuse_twice
from apps.rollouts.config.told import note_diff
from apps.rollouts.models import GoLive, Product, Programme, Site, Wave
from apps.rollouts.rules.ancestry import is_its_own
from apps.rollouts.serializers.fields import DayField, HoursField, NumberField, ZoneField
from apps.rollouts.services import (
    Decision,
    Plan,
    UnableToSaveSites,
    plan_go_lives,
    save_product,
    save_sites,
    save_wave,
)


class ProductForm(serializers.Serializer[Any]):
    key = serializers.SlugField(max_length=60)
    name = serializers.CharField(max_length=120)
    queue = serializers.CharField(max_length=120, default="", allow_blank=True)


class SiteForm(serializers.Serializer[Any]):
    number = NumberField(max_length=12)
    name = serializers.CharField(max_length=160)
    parent = serializers.CharField(max_length=12, default="", allow_blank=True)  # type: ignore[assignment]  # the contract's name for the field
    region = serializers.CharField(max_length=60, default="", allow_blank=True)
    state = serializers.CharField(max_length=40, default="", allow_blank=True)
    time_zone = ZoneField()
    opening_hours = HoursField(default=dict)
    latitude = serializers.FloatField(min_value=-90, max_value=90, required=False)
    longitude = serializers.FloatField(min_value=-180, max_value=180, required=False)
    test = serializers.BooleanField(default=False)
    contacts = ContactForm(many=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("latitude" in attrs) != ("longitude" in attrs):
            raise serializers.ValidationError("latitude and longitude belong together")
        return attrs


class WaveForm(serializers.Serializer[Any]):
    number = serializers.IntegerField(min_value=1, max_value=9999)
    name = serializers.CharField(max_length=120, default="", allow_blank=True)
    starts_on = DayField()


class GoLiveForm(serializers.Serializer[Any]):
    site = serializers.CharField(max_length=12)
    product = serializers.CharField(max_length=60)
    wave = serializers.IntegerField(min_value=1, max_value=9999, required=False, allow_null=True)
    planned_on = DayField()
    scope = serializers.CharField(max_length=200, required=False, allow_blank=True)


def apply_products(applying: Applying, entries: list[dict[str, Any]]) -> None:
    refuse_twice(applying, "products", [entry["key"] for entry in entries], "key")
    for entry in entries:
        before, after = save_product(
            programme=applying.programme,
            key=entry["key"],
            columns={"name": entry["name"], "queue_name": entry["queue"]},
            actor=applying.actor,
            origin=applying.origin,
            now=applying.now,
        )
        note_diff(applying, f"product {entry['key']}", before, after)


def apply_sites(applying: Applying, entries: list[dict[str, Any]]) -> None:
    """Sites, all at once. Refuses a number that stands twice, and an unknown parent."""
    refuse_twice(applying, "sites", [entry["number"].upper() for entry in entries], "number")
    _refuse_parents(applying, entries)
    _refuse_numbers(applying, entries)
    if applying.wrongs:
        return
    wanted = [
        {**{name: entry[name] for name in ("number", "name", "parent", "region", "state")},
         "time_zone": entry["time_zone"], "opening_hours": entry["opening_hours"],
         "is_test": entry["test"],
         **{name: entry[name] for name in ("latitude", "longitude") if name in entry}}
        for entry in entries
    ]  # fmt: skip
    try:
        diffs = save_sites(
            sites=wanted, actor=applying.actor, origin=applying.origin, now=applying.now
        )
    except UnableToSaveSites as problem:
        applying.refuse(str(problem), ("sites",))
        return
    for entry in entries:
        before, after = diffs[entry["number"]]
        note_diff(applying, f"site {entry['number']} {entry['name']}", before, after)
    apply_contacts(applying, entries)


def _refuse_numbers(applying: Applying, entries: list[dict[str, Any]]) -> None:
    """A new number has to look as the programme says; what stands already stays."""
    pattern = applying.programme.site_numbers()
    odd = {e["number"] for e in entries if not pattern.fullmatch(e["number"])}
    if odd:
        odd -= set(Site.objects.values_list("number", flat=True))
    for position, entry in enumerate(entries):
        if entry["number"] in odd:
            words = f"{entry['number']!r} is no site number here: it looks like {pattern.pattern}"
            applying.refuse(words, ("sites", position, "number"))


def _refuse_parents(applying: Applying, entries: list[dict[str, Any]]) -> None:
    """A parent that is not there, and one that would stand above itself, through others too."""
    parents = dict(Site.objects.values_list("number", Coalesce("parent__number", Value(""))))
    parents |= {entry["number"]: entry["parent"] for entry in entries}
    for position, entry in enumerate(entries):
        if entry["parent"] and entry["parent"] not in parents:
            applying.refuse(f"no site {entry['parent']!r}", ("sites", position, "parent"))
        elif is_its_own(entry["number"], parents):
            applying.refuse("a site is not its own parent", ("sites", position, "parent"))


def apply_waves(applying: Applying, entries: list[dict[str, Any]]) -> None:
    refuse_twice(applying, "waves", [entry["number"] for entry in entries], "number")
    for entry in entries:
        before, after = save_wave(
            programme=applying.programme,
            number=entry["number"],
            columns={"name": entry["name"], "starts_on": applying.shifted(entry["starts_on"])},
            actor=applying.actor,
            origin=applying.origin,
            now=applying.now,
        )
        note_diff(applying, f"wave {entry['number']}", before, after)


def apply_go_lives(applying: Applying, entries: list[dict[str, Any]]) -> None:
    """Go-lives, all at once; a date that changed is a move with the reason of this run."""
    refuse_twice(applying, "go_lives", [(e["site"], e["product"]) for e in entries], "site")
    plans = _plans(applying, entries)
    if applying.wrongs:
        return
    decision = Decision(
        reason=applying.reason or f"applied from the file of {applying.programme.key}",
        decided_by=applying.actor,
        made_by=applying.actor,
        origin=applying.origin,
    )
    outcome = plan_go_lives(
        programme=applying.programme, plans=plans, decision=decision, now=applying.now
    )
    for (site, product), one in outcome.items():
        label = f"go-live {site} {product}"
        if one.stays:
            applying.note("=", label, one.stays)
        else:
            note_diff(applying, label, one.before, one.after)


def _plans(applying: Applying, entries: list[dict[str, Any]]) -> list[Plan]:
    sites = {row.number: row for row in Site.objects.all()}
    products = {row.key: row for row in Product.objects.filter(programme=applying.programme)}
    waves = {row.number: row for row in Wave.objects.filter(programme=applying.programme)}
    plans = []
    for position, entry in enumerate(entries):
        for name, known in (("site", sites), ("product", products), ("wave", waves)):
            if entry.get(name) is not None and entry[name] not in known:
                applying.refuse(f"no {name} {entry[name]!r}", ("go_lives", position, name))
        if entry["site"] in sites and entry["product"] in products:
            plans.append(
                Plan(
                    site=sites[entry["site"]],
                    product=products[entry["product"]],
                    wave=waves.get(entry.get("wave") or 0),
                    planned_on=applying.shifted(entry["planned_on"]),
                    scope=entry.get("scope", ""),
                    keeps=frozenset({"wave", "scope"} - entry.keys()),
                )
            )
    return plans


def export_products(programme: Programme) -> list[dict[str, Any]]:
    rows = Product.objects.filter(programme=programme)
    return [{"key": row.key, "name": row.name, "queue": row.queue_name} for row in rows]


def export_sites(programme: Programme) -> list[dict[str, Any]]:
    """Sites of the programme with all above them, and those of no programme at all."""
    contacts = exported_contacts(programme)
    rows = Site.objects.to_export(programme)
    return [_exported_site(row, contacts.get(row.pk, [])) for row in rows]


def _exported_site(row: Site, contacts: list[dict[str, Any]]) -> dict[str, Any]:
    entry = {
        "number": row.number,
        "name": row.name,
        "parent": row.parent.number if row.parent else "",
        "region": row.region,
        "state": row.state,
        "time_zone": row.time_zone,
        "opening_hours": row.opening_hours,
        "latitude": row.latitude,
        "longitude": row.longitude,
        "test": row.is_test or None,
        "contacts": contacts or None,
    }
    return {name: value for name, value in entry.items() if value not in ("", {}, None)}


def export_waves(programme: Programme) -> list[dict[str, Any]]:
    back = timedelta(weeks=programme.shift_weeks or 0)
    rows = Wave.objects.filter(programme=programme)
    return [{"number": w.number, "name": w.name, "starts_on": w.starts_on - back} for w in rows]


def export_go_lives(programme: Programme) -> list[dict[str, Any]]:
    back = timedelta(weeks=programme.shift_weeks or 0)
    rows = GoLive.objects.filter(programme=programme).exclude(status="cancelled")
    return [
        {"site": row.site.number, "product": row.product.key, "planned_on": row.planned_on - back}
        | ({"wave": row.wave.number} if row.wave else {})
        | ({"scope": row.scope} if row.scope else {})
        for row in rows.select_related("site", "product", "wave").order_by("planned_on", "id")
    ]


PRODUCTS = Section("products", ProductForm, apply_products, export_products)
SITES = Section("sites", SiteForm, apply_sites, export_sites, csv=True)
WAVES = Section("waves", WaveForm, apply_waves, export_waves)
GO_LIVES = Section("go_lives", GoLiveForm, apply_go_lives, export_go_lives, csv=True)
