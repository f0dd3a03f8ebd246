"""Items of checklists that press their owners: overdue or due soon, one row an item and wave."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.urls import reverse

from apps.accounts.models import Person
from apps.rollouts.choices import Readiness
from apps.rollouts.go_no_go import wave_path
from apps.rollouts.models import Membership, ReadinessItem, ReadinessTemplate, Wave
from apps.rollouts.rules.readiness import COUNTED, DAY, SOON, due_at, due_on

FIELDS = ("template_id", "go_live__wave_id", "go_live__site__number", "go_live__site__time_zone",
          "go_live__planned_on", "go_live__actual_on")  # fmt: skip
Key = tuple[int, int | None, str]  # template, wave; a go-live without wave stands by its site


@dataclass(frozen=True)
class Pressing:
    """An item and a wave: so many of its sites are open, the first of them due then. `place` says
    where in words, `url` leads there."""

    template: ReadinessTemplate
    key: Key
    place: str
    url: str
    open: int
    total: int
    due_on: date
    due_at: datetime


def pressing_for(person: Person, now: datetime) -> list[Pressing]:
    """What presses this person: items given to them, and those of their roles that were given to
    nobody. In a constant number of queries."""
    templates = {row.pk: row for row in _templates(person, now)}
    mine = _of_roles(person, templates.values())
    rows = ReadinessItem.objects.current().filter(
        Q(owner=person) | Q(owner=None, template__in=mine)
    )
    rows = rows.filter(state=Readiness.OPEN, go_live__status__in=COUNTED)
    # A day of the world's easternmost clock may end while ours has hardly begun.
    rows = rows.due_until((now + SOON + DAY).astimezone(UTC).date(), templates.values())
    found: dict[Key, dict[str, tuple[datetime, date]]] = {}
    for template, wave, number, zone, planned_on, actual_on in rows.order_by().values_list(*FIELDS):
        starts_on, offset = actual_on or planned_on, templates[template].offset_days
        ends_at = due_at(starts_on, offset, ZoneInfo(zone))
        if ends_at - SOON <= now:
            sites = found.setdefault((template, wave, "" if wave else number), {})
            due = ends_at, due_on(starts_on, offset)
            sites[number] = min(due, sites.get(number, due))
    return _groups(found, templates)


def _templates(person: Person, now: datetime) -> Iterable[ReadinessTemplate]:
    """Those of the person's programmes that have not closed."""
    rows: Any = ReadinessTemplate.objects.visible_to(person).current()
    running = Q(programme__closes_on=None) | Q(programme__closes_on__gt=now.date())
    return list(rows.filter(running).select_related("programme"))


def _of_roles(person: Person, templates: Iterable[ReadinessTemplate]) -> list[int]:
    roles = set(Membership.objects.filter(person=person).values_list("programme_id", "role"))
    return [one.pk for one in templates if (one.programme_id, one.owner_role) in roles]


def _groups(
    found: dict[Key, dict[str, tuple[datetime, date]]], templates: dict[int, ReadinessTemplate]
) -> list[Pressing]:
    waves = Wave.objects.select_related("programme").in_bulk(
        [wave for _, wave, _ in found if wave is not None]
    )
    totals = _totals(found)
    return [
        Pressing(
            templates[key[0]], key, *_place(key, waves), len(sites),
            totals.get(key[:2], len(sites)) if key[1] else len(sites),
            min(sites.values())[1], min(sites.values())[0],
        )
        for key, sites in found.items()
    ]  # fmt: skip


def _place(key: Key, waves: dict[int, Wave]) -> tuple[str, str]:
    _, wave, number = key
    if wave is None:
        return number, reverse("site-page", args=[number])
    row = waves[wave]
    return f"Wave {row.number} {row.name}".strip(), wave_path(row)


def _totals(found: Iterable[Key]) -> dict[tuple[int, int | None], int]:
    """How many sites each item has in each wave."""
    keys = list(found)
    rows = ReadinessItem.objects.current().filter(
        template__in={key[0] for key in keys}, go_live__wave__in={key[1] for key in keys if key[1]}
    )
    counted: Any = rows.order_by().values_list("template", "go_live__wave")
    counted = counted.annotate(sites=Count("go_live__site", distinct=True))
    return {(template, wave): sites for template, wave, sites in counted}
