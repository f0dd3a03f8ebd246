"""programme.yaml: contacts inside an entry of `sites`.

Where the key is left out a site's contacts stay as they are; where it stands they become the
listed ones. A diff says how many there are and whether they changed, never who they are.
"""

from typing import Any

from rest_framework import serializers

from apps.core.config import Applying
from apps.rollouts.choices import Way
from apps.rollouts.config.told import note_diff
from apps.rollouts.models import Contact, Product, Programme, Site
from apps.rollouts.services import UnableToSaveContact, set_contacts

NAMES = ("role", "role_label", "name", *Way.values, "preferred", "note")


class ContactForm(serializers.Serializer[Any]):
    role = serializers.SlugField(max_length=40)
    role_label = serializers.CharField(max_length=80, default="", allow_blank=True)
    name = serializers.CharField(max_length=120)
    email = serializers.EmailField(default="", allow_blank=True)
    phone = serializers.CharField(max_length=40, default="", allow_blank=True)
    teams = serializers.CharField(max_length=120, default="", allow_blank=True)
    slack = serializers.CharField(max_length=120, default="", allow_blank=True)
    preferred = serializers.ChoiceField(choices=Way.values, default="", allow_blank=True)
    note = serializers.CharField(max_length=500, default="", allow_blank=True)
    product = serializers.SlugField(max_length=60, required=False)


def apply_contacts(applying: Applying, entries: list[dict[str, Any]]) -> None:
    """Contacts of every site whose entry has the key."""
    listed = [(place, entry) for place, entry in enumerate(entries) if "contacts" in entry]
    if not listed:
        return
    sites = Site.objects.in_bulk([entry["number"] for _, entry in listed], field_name="number")
    products = {row.key: row for row in Product.objects.filter(programme=applying.programme)}
    for place, entry in listed:
        wanted = _wanted(applying, entry["contacts"], products, ("sites", place, "contacts"))
        if applying.wrongs:
            continue
        try:
            _set(applying, sites[entry["number"]], wanted)
        except UnableToSaveContact as problem:
            applying.refuse(str(problem), ("sites", place, "contacts"))


def _wanted(
    applying: Applying, contacts: list[dict[str, Any]], products: dict[str, Product],
    path: tuple[Any, ...],
) -> list[dict[str, Any]]:  # fmt: skip
    made = []
    for place, one in enumerate(contacts):
        key = one.get("product")
        if key is not None and key not in products:
            applying.refuse(f"no product {key!r}", (*path, place, "product"))
        made.append({**one, "product": products.get(key) if key else None})
    return made


def _set(applying: Applying, site: Site, wanted: list[dict[str, Any]]) -> None:
    diffs = set_contacts(
        programme=applying.programme, wanted={site: wanted}, actor=applying.actor,
        origin=applying.origin, now=applying.now,
    )  # fmt: skip
    before, after = diffs[site]
    note_diff(applying, f"contacts of {site.number}", before, after)


def exported_contacts(programme: Programme) -> dict[int, list[dict[str, Any]]]:
    """The programme's contacts by site, as they are written in the file."""
    rows = Contact.objects.standing().filter(programme=programme).select_related("product")
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows.order_by("role", "name", "id"):
        entry = {name: getattr(row, name) for name in NAMES}
        entry["product"] = row.product.key if row.product else ""
        plain = {name: value for name, value in entry.items() if value}
        found.setdefault(row.site_id, []).append(plain)
    return found
