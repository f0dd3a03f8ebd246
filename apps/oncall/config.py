"""programme.yaml: rotas."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from rest_framework import serializers

from apps.accounts.models import Person
from apps.core.config import Applying, Path, Section
from apps.core.config.diffs import note_change
from apps.core.config.words import suggestion
from apps.oncall.choices import Unit
from apps.oncall.models import Participant, Rota, RotaVersion
from apps.oncall.rules import HandOff
from apps.oncall.services import (
    LayerDraft,
    Place,
    RotaDraft,
    UnableToSaveRota,
    Wanted,
    save_rota,
    set_mute,
)
from apps.rollouts.config.fields import HoursField, ZoneField
from apps.rollouts.models import Programme

UNITS = [unit.value for unit in Unit]


class HandOffField(serializers.CharField):
    """Weekday and wall time, such as `mon 08:00`."""

    def to_internal_value(self, data: Any) -> str:
        try:
            return str(HandOff.parse(super().to_internal_value(data)))
        except ValueError as problem:
            raise serializers.ValidationError(str(problem)) from problem


class PlaceForm(serializers.Serializer[Any]):
    """Somebody who takes turns between two days, the last included."""

    person = serializers.CharField(max_length=60)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)


class PlaceField(serializers.Field[dict[str, Any], Any, Any, Any]):
    """A username, or `{person: ana, starts_on: …, ends_on: …}`."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, str):
            return {"person": data}
        if not isinstance(data, dict):
            raise serializers.ValidationError("write a username, or {person: …, starts_on: …}")
        form = PlaceForm(data=data)
        unknown = sorted(set(map(str, data)) - set(form.fields))
        if unknown:
            raise serializers.ValidationError(f"unknown key {unknown[0]!r}")
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)


class TurnsForm(serializers.Serializer[Any]):
    """What any layer says: how often it hands over, when it counts, who takes turns."""

    unit = serializers.ChoiceField(choices=UNITS)
    hand_off = HandOffField(default="")
    starts_on = serializers.DateField()
    windows = HoursField(required=False)
    follow_hours = serializers.BooleanField(default=False)
    duties = serializers.DictField(
        child=serializers.ListField(child=PlaceField(), allow_empty=False), allow_empty=False
    )


class LayerForm(TurnsForm):
    """A layer over the rota's own turns, in a time zone of its own if it names one."""

    key = serializers.SlugField(max_length=20)
    time_zone = ZoneField(default="")


class RotaForm(TurnsForm):
    key = serializers.SlugField(max_length=60)
    name = serializers.CharField(max_length=120)
    time_zone = ZoneField()
    effective_from = serializers.DateField(required=False)
    mute = serializers.CharField(
        required=False, allow_blank=True, max_length=2000,
        help_text="What downtimes of holidays mute, a line each; left out, it stays.",
    )  # fmt: skip
    layers = LayerForm(many=True, default=list)


def apply_rotas(applying: Applying, entries: list[dict[str, Any]]) -> None:
    """Make or edit rotas; those not named stay. Edits count from `effective_from`, or from now."""
    people = {person.username: person for person in Person.objects.filter(is_active=True)}
    for position, entry in enumerate(entries):
        path: Path = ("rotas", position)
        unknown = list(_unknown(entry, people))
        for where, name in unknown:
            words = f"nobody here is called {name!r}{suggestion(name, people)}"
            applying.refuse(words, (*path, *where))
        if not unknown:
            _apply(applying, entry, people, path)


def _unknown(entry: dict[str, Any], people: dict[str, Person]) -> Iterator[tuple[Path, str]]:
    yield from _strangers(entry, people, ())
    for number, layer in enumerate(entry["layers"]):
        yield from _strangers(layer, people, ("layers", number))


def _strangers(
    entry: dict[str, Any], people: dict[str, Person], path: Path
) -> Iterator[tuple[Path, str]]:
    for duty, places in entry["duties"].items():
        for position, place in enumerate(places):
            if place["person"] not in people:
                yield (*path, "duties", duty, position), place["person"]


def _apply(
    applying: Applying, entry: dict[str, Any], people: dict[str, Person], path: Path
) -> None:
    try:
        rota, before, after = save_rota(
            programme=applying.programme,
            key=entry["key"],
            draft=_draft(applying, entry, people),
            actor=applying.actor,
            origin=applying.origin,
            now=applying.now,
        )
    except UnableToSaveRota as problem:
        applying.refuse(str(problem), (*path, problem.field))
    else:
        if "mute" in entry:
            was, mute = rota.mute, _mute(applying, rota, entry["mute"])
            before, after = before and {**before, "mute": was}, {**after, "mute": mute}
        note_change(applying, f"rota {entry['key']}", before, after)


def _mute(applying: Applying, rota: Rota, mute: str) -> str:
    by = Wanted(actor=applying.actor, origin=applying.origin, now=applying.now)
    return set_mute(rota=rota, mute=mute, wanted=by).mute


def _draft(applying: Applying, entry: dict[str, Any], people: dict[str, Person]) -> RotaDraft:
    effective_from = entry.get("effective_from")
    return RotaDraft(
        name=entry["name"],
        time_zone=entry["time_zone"],
        layers=[
            LayerDraft(
                key=layer["key"], time_zone=layer["time_zone"], **_turns(applying, layer, people)
            )
            for layer in entry["layers"]
        ],
        effective_from=effective_from and applying.shifted(effective_from),
        **_turns(applying, entry, people),
    )


def _turns(applying: Applying, entry: dict[str, Any], people: dict[str, Person]) -> dict[str, Any]:
    """What a layer says, as a draft takes it."""

    def shifted(on: date | None) -> date | None:
        return on and applying.shifted(on)

    def place(one: dict[str, Any]) -> Place:
        return Place(
            person=people[one["person"]],
            starts_on=shifted(one.get("starts_on")),
            ends_on=shifted(one.get("ends_on")),
        )

    return {
        "unit": Unit(entry["unit"]),
        "hand_off": entry["hand_off"],
        "starts_on": applying.shifted(entry["starts_on"]),
        "windows": entry.get("windows"),
        "duties": {duty: [place(one) for one in rows] for duty, rows in entry["duties"].items()},
        "follows_hours": entry["follow_hours"],
    }


def export_rotas(programme: Programme) -> list[dict[str, Any]]:
    """What the latest versions say, as `apply` reads it: dates before the programme's shift."""
    back = timedelta(weeks=programme.shift_weeks or 0)
    rotas = Rota.objects.for_programme(programme).with_versions()
    return [_exported(rota, rota.latest(), back) for rota in rotas]


def _exported(rota: Rota, latest: list[RotaVersion], back: timedelta) -> dict[str, Any]:
    base, *over = latest
    entry: dict[str, Any] = {"key": rota.key, "name": rota.name, "time_zone": rota.time_zone}
    entry["mute"] = rota.mute
    entry |= _turns_told(base, back)
    layers = [
        {"key": one.layer, "time_zone": one.time_zone} | _turns_told(one, back)
        for one in over
        if one.duties()
    ]
    if layers:
        entry["layers"] = [_without_blanks(layer) for layer in layers]
    return _without_blanks(entry)


def _turns_told(version: RotaVersion, back: timedelta) -> dict[str, Any]:
    return {
        "unit": version.unit,
        "hand_off": version.hand_off,
        "starts_on": version.starts_on - back,
        "windows": version.windows,
        "follow_hours": version.follows_hours or None,
        "duties": {
            duty: [_place(row, back) for row in rows] for duty, rows in version.duties().items()
        },
    }


def _without_blanks(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if value not in ("", None)}


def _place(row: Participant, back: timedelta) -> Any:
    dates = {name: on - back for name in ("starts_on", "ends_on") if (on := getattr(row, name))}
    return {"person": row.person.username, **dates} if dates else row.person.username


ROTAS = Section("rotas", RotaForm, apply_rotas, export_rotas)
