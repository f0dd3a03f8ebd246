"""Rotas: made, and edited by versions, so that the past stays."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from apps.ledger.services import record
from apps.oncall.choices import Unit
from apps.oncall.models import Participant, Rota, RotaVersion
from apps.oncall.services.drafts import (
    Columns,
    LayerDraft,
    Place,
    RotaDraft,
    UnableToSaveRota,
    check_draft,
)
from apps.rollouts.models import Programme


@transaction.atomic
def save_rota(
    *,
    programme: Programme,
    key: str,
    draft: RotaDraft,
    actor: str,
    origin: str,
    now: datetime,
    seen: int | None = None,
) -> tuple[Rota, Columns | None, Columns]:
    """Make a rota, or give each layer that differs a new version.

    Returns it with what it said before (None: new) and says now. An edit counts from the draft's
    `effective_from`, never before `now`, nor before a version that is to come: what was decided for
    a later day would undo it. `seen` is the newest version the draft was made from, if it matters.
    Raises UnableToSaveRota.
    """
    check_draft(draft)
    old = Rota.objects.select_for_update().filter(programme=programme, key=key).first()
    if old is not None and seen not in {None, old.newest()}:
        words = "somebody else has edited this rota meanwhile: open it again"
        raise UnableToSaveRota(words, field="")
    latest = {row.layer: row for row in old.latest()} if old else {}
    before, after = _shown(old, latest) if old else None, _wanted(draft)
    if old is not None and before == after:
        return old, before, after
    if old is not None:
        _check_edit(old, draft, latest, now)
    rota = _write(programme, key, old, draft)
    _add_versions(rota, draft, latest, actor=actor, now=now)
    record(
        subject="rota",
        subject_key=key,
        verb="changed" if before else "added",
        actor=actor,
        origin=origin,
        programme_id=programme.pk,
        now=now,
        fields=_changes(before, after),
    )
    return rota, before, after


@transaction.atomic
def make_rota(
    *, programme: Programme, key: str, draft: RotaDraft, actor: str, origin: str, now: datetime
) -> Rota:
    """A rota that was not there. Raises UnableToSaveRota, also where one has its key."""
    Programme.objects.select_for_update().get(pk=programme.pk)  # of two at once one finds the other
    if Rota.objects.filter(programme=programme, key=key).exists():
        raise UnableToSaveRota(f"{programme} has a rota with the key {key}", field="key")
    rota, _, _ = save_rota(
        programme=programme, key=key, draft=draft, actor=actor, origin=origin, now=now
    )
    return rota


def _check_edit(
    rota: Rota, draft: RotaDraft, latest: Mapping[str, RotaVersion], now: datetime
) -> None:
    """The past stays: neither an earlier day, another clock, nor another order for what was."""
    today = now.astimezone(rota.zone).date()
    if draft.effective_from is not None and draft.effective_from < today:
        words = f"{draft.effective_from} is past, and an edit leaves the past as it was"
        raise UnableToSaveRota(words, field="effective_from")
    first = rota.versions.first()
    if draft.time_zone != rota.time_zone and first is not None and first.starts_on <= today:
        words = f"this rota has begun in {rota.time_zone}; make another for {draft.time_zone}"
        raise UnableToSaveRota(words, field="time_zone")
    known = [layer.key for layer in draft.all_layers() if layer.key in latest]
    listed = [layer.key for layer in draft.all_layers()]
    if (
        known != sorted(known, key=lambda key: latest[key].position)
        or listed[: len(known)] != known
    ):
        words = "layers keep their order, and a new one lies on top: list it last"
        raise UnableToSaveRota(words, field="layers")
    for row in _changed(draft, latest):
        if _counts_from(rota, draft, row, today) < row.effective_from:
            words = (
                f"it changes on {row.effective_from} already: choose that day or a later one, or"
                " call that change off on the rota's page"
            )
            raise UnableToSaveRota(words, field="effective_from")


def _changed(draft: RotaDraft, latest: Mapping[str, RotaVersion]) -> list[RotaVersion]:
    """The latest versions of the layers that are to say something else, or to end."""
    wanted = {layer.key: layer.told() for layer in draft.all_layers()}
    return [
        row
        for key, row in latest.items()
        if (layer := layer_of(row)).duties and layer.told() != wanted.get(key)
    ]


def _counts_from(rota: Rota, draft: RotaDraft, known: RotaVersion, today: date) -> date:
    """From when an edit of a layer counts: not before the layer itself does."""
    layer = [one for one in rota.versions.all() if one.layer == known.layer]
    return max(draft.effective_from or today, layer[0].effective_from)


def _write(programme: Programme, key: str, old: Rota | None, draft: RotaDraft) -> Rota:
    rota = old or Rota(programme=programme, key=key)
    rota.name, rota.time_zone = draft.name, draft.time_zone
    rota.save()
    return rota


def _add_versions(
    rota: Rota,
    draft: RotaDraft,
    latest: Mapping[str, RotaVersion],
    *,
    actor: str,
    now: datetime,
) -> None:
    """A version for each layer that says something else; an empty one for a layer that ends."""
    today = now.astimezone(ZoneInfo(draft.time_zone)).date()
    above = max((row.position for row in latest.values()), default=-1)
    wanted = draft.all_layers()
    for layer in wanted:
        known = latest.get(layer.key)
        if known is not None and layer_of(known).told() == layer.told():
            continue
        if known is not None:
            effective_from = _counts_from(rota, draft, known, today)
        else:
            effective_from = draft.effective_from or (today if latest else layer.starts_on)
        position = known.position if known else (above := above + 1)
        row = _version(rota, layer, position, effective_from, actor, now)
        _seat(row, layer)
    for key in latest.keys() - {layer.key for layer in wanted}:
        ended = layer_of(latest[key])
        if ended.duties:
            on = _counts_from(rota, draft, latest[key], today)
            _version(rota, ended, latest[key].position, on, actor, now)


def _version(
    rota: Rota, layer: LayerDraft, position: int, effective_from: date, actor: str, now: datetime
) -> RotaVersion:
    return RotaVersion.objects.create(
        rota=rota,
        layer=layer.key,
        position=position,
        time_zone=layer.time_zone,
        follows_hours=layer.follows_hours,
        effective_from=effective_from,
        unit=layer.unit.value,
        hand_off=layer.told_hand_off(),
        starts_on=layer.starts_on,
        windows=layer.windows,
        made_by=actor,
        made_at=now,
    )


def _seat(version: RotaVersion, layer: LayerDraft) -> None:
    follows = layer.follows_hours
    Participant.objects.bulk_create(
        Participant(
            version=version,
            duty=duty,
            position=position,
            person=place.person,
            starts_on=place.starts_on,
            ends_on=place.ends_on,
            working_hours=place.person.working_hours if follows else None,
            time_zone=place.person.time_zone if follows else "",
        )
        for duty, places in layer.in_order()
        for position, place in enumerate(places)
    )


def _wanted(draft: RotaDraft) -> Columns:
    base, *over = draft.all_layers()
    told = {"name": draft.name, "time_zone": draft.time_zone, **base.told()}
    if over:
        told["layers"] = [[layer.key, layer.told()] for layer in over]
    return told


def _shown(rota: Rota, latest: Mapping[str, RotaVersion]) -> Columns:
    """What the latest versions say, in the same shape."""
    told = {"name": rota.name, "time_zone": rota.time_zone}
    layers = {key: layer_of(row) for key, row in latest.items()}
    told |= layers[""].told()
    over = [[key, layer.told()] for key, layer in layers.items() if key and layer.duties]
    return told | ({"layers": over} if over else {})


def layer_of(version: RotaVersion) -> LayerDraft:
    """A version as it was drafted; the people with the hours they had then."""
    return LayerDraft(
        key=version.layer,
        time_zone=version.time_zone,
        unit=Unit(version.unit),
        hand_off=version.hand_off,
        starts_on=version.starts_on,
        windows=version.windows,
        duties={
            duty: [_place(row, version) for row in rows] for duty, rows in version.duties().items()
        },
        follows_hours=version.follows_hours,
    )


def _place(row: Participant, version: RotaVersion) -> Place:
    person = row.person
    if version.follows_hours:
        person.working_hours, person.time_zone = row.working_hours, row.time_zone
    return Place(person=person, starts_on=row.starts_on, ends_on=row.ends_on)


def _changes(before: Columns | None, after: Columns) -> Columns:
    if before is None:
        return after
    names = [*after, *(name for name in before if name not in after)]
    return {
        name: [before.get(name), after.get(name)]
        for name in names
        if before.get(name) != after.get(name)
    }
