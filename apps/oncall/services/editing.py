"""A rota as it could be edited, and what an edit would do, before anybody makes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from apps.accounts.models import Person
from apps.core.periods import local_midnight
from apps.oncall.models import Rota
from apps.oncall.rules import Difference, differences, final_schedule
from apps.oncall.services.drafts import LayerDraft, RotaDraft
from apps.oncall.services.rotas import layer_of, save_rota

AHEAD = timedelta(weeks=8)  # how far an edit is looked at before it is made


@dataclass(frozen=True)
class RotaPreview:
    """What an edit changes in the next weeks, and everybody it names."""

    changes: list[Difference]
    people: dict[str, Person]

    def hours(self) -> list[tuple[Person, timedelta, timedelta]]:
        """Who loses and gains how much, by name."""
        lost, gained = _sums(self.changes, 3), _sums(self.changes, 4)
        keys = sorted({*lost, *gained}, key=lambda key: str(self.people[key]))
        none = timedelta()
        return [(self.people[key], lost.get(key, none), gained.get(key, none)) for key in keys]


def draft_of(rota: Rota) -> RotaDraft:
    """What the rota says now, without layers that have ended: what an edit starts from."""
    layers = [layer_of(version) for version in rota.latest()]
    base = next(one for one in layers if not one.key)
    facts = {name: getattr(base, name) for name in _LAYER if name not in {"key", "time_zone"}}
    return RotaDraft(
        name=rota.name, time_zone=rota.time_zone,
        layers=[one for one in layers if one.key and one.duties], **facts,
    )  # fmt: skip


_LAYER = ("key", "time_zone", "unit", "hand_off", "starts_on", "windows", "duties",
          "follows_hours")  # fmt: skip


def with_layer(draft: RotaDraft, key: str, changes: Mapping[str, Any]) -> RotaDraft:
    """The draft with one layer changed; the key of the base is empty."""
    if not key:
        return replace(draft, **changes)
    layers: Sequence[LayerDraft] = [
        replace(one, **changes) if one.key == key else one for one in draft.layers
    ]
    return replace(draft, layers=layers)


def follow_hours(*, rota: Rota, now: datetime) -> bool:
    """Somebody's working hours or time zone have changed: layers that follow them do so from now
    on. True where that made new versions.

    Raises UnableToSaveRota where somebody has no hours any more, or an edit that is to come knows
    others.
    """
    draft = draft_of(rota)
    if not any(layer.follows_hours for layer in draft.all_layers()):
        return False
    base, *over = [_with_hours_of_now(layer) for layer in draft.all_layers()]
    wanted = replace(draft, duties=base.duties, layers=over)
    if [one.told() for one in wanted.all_layers()] == [one.told() for one in draft.all_layers()]:
        return False
    save_rota(programme=rota.programme, key=rota.key, draft=wanted, actor="system",
              origin="worker", now=now)  # fmt: skip
    return True


def _with_hours_of_now(layer: LayerDraft) -> LayerDraft:
    if not layer.follows_hours:
        return layer
    pks = {place.person.pk for places in layer.duties.values() for place in places}
    people = Person.objects.in_bulk(pks)
    duties = {
        duty: [replace(place, person=people[place.person.pk]) for place in places]
        for duty, places in layer.duties.items()
    }
    return replace(layer, duties=duties)


def without_layer(draft: RotaDraft, key: str) -> RotaDraft:
    """The draft without one of the layers that lie over the base."""
    return replace(draft, layers=[one for one in draft.layers if one.key != key])


def preview_rota(*, rota: Rota, draft: RotaDraft, actor: str, now: datetime) -> RotaPreview:
    """What saving the draft now would change in the next eight weeks; nothing is kept of it.

    A rota without a row yet is a new one. Raises UnableToSaveRota as `save_rota` does.
    """
    zone = ZoneInfo(draft.time_zone)
    end = local_midnight((now + AHEAD).astimezone(zone).date(), zone)
    known = rota.pk is not None
    before = final_schedule(rota.facts(), now, end) if known else []
    with transaction.atomic():
        save_rota(programme=rota.programme, key=rota.key, draft=draft, actor=actor,
                  origin="page", now=now)  # fmt: skip
        edited = Rota.objects.with_facts().get(programme=rota.programme, key=rota.key)
        after = final_schedule(edited.facts(), now, end)
        people = (rota.people() if known else {}) | edited.people()
        transaction.set_rollback(True)
    return RotaPreview(differences(before, after), people)


def _sums(changes: Sequence[Difference], place: int) -> dict[str, timedelta]:
    found: dict[str, timedelta] = {}
    for one in changes:
        person = one[place]
        if isinstance(person, str):
            found[person] = found.get(person, timedelta()) + (one.end - one.start)
    return found
