"""Tags of the demonstration: its people, and what can be played."""

from typing import Any

from django import template

from apps.accounts.models import Person
from apps.simulator.demo.gate import is_demonstration
from apps.simulator.demo.words import PLAYS

register = template.Library()
ORDER = ("engineer", "pm", "dm", "devops", "viewer", "administrator")
NAMES = {"pm": "Product Manager", "dm": "Delivery Manager", "devops": "DevOps"}


@register.simple_tag
def demo_people() -> list[dict[str, Any]]:
    """Everybody one may be: person and role, engineers first; nobody outside a demonstration."""
    if not is_demonstration():
        return []
    rows = Person.objects.filter(is_active=True).prefetch_related("memberships")
    people = sorted((ORDER.index(_role(row)), row.username, row) for row in rows)
    return [{"person": row, "label": _label(ORDER[place])} for place, _, row in people]


def _label(role: str) -> str:
    return NAMES.get(role, role.capitalize())


def _role(person: Person) -> str:
    if person.is_administrator:
        return "administrator"
    roles = [row.role for row in person.memberships.all()]
    return roles[0] if roles else "viewer"


@register.simple_tag
def demo_plays() -> list[tuple[str, str]]:
    """(key, label) of what can be played."""
    return [(key, label) for key, (label, _) in PLAYS.items()] if is_demonstration() else []
