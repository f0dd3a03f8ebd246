"""What a rota is to say, and whether it can be said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from apps.accounts.models import Person
from apps.core.periods import WeeklyHours
from apps.oncall.choices import CHOOSING, LAST, Unit
from apps.oncall.rules import HandOff

Columns = dict[str, Any]


class UnableToSaveRota(Exception):
    """Why not, in words; `field` names what to mend."""

    def __init__(self, words: str, *, field: str) -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Place:
    """Somebody's place in a duty; `ends_on` is their last day."""

    person: Person
    starts_on: date | None = None
    ends_on: date | None = None

    def __str__(self) -> str:
        first = f" from {self.starts_on}" if self.starts_on else ""
        last = f" until {self.ends_on}" if self.ends_on else ""
        return f"{self.person.username}{first}{last}"


@dataclass(frozen=True, kw_only=True)
class LayerDraft:
    """What a layer is to say; `time_zone` empty is the rota's.

    With `follows_hours` the duty goes with the working hours of its people.
    """

    key: str = ""
    time_zone: str = ""
    unit: Unit
    hand_off: str
    starts_on: date
    windows: dict[str, str] | None
    duties: Mapping[str, Sequence[Place]]
    follows_hours: bool = False

    def in_order(self) -> list[tuple[str, Sequence[Place]]]:
        """The duties in the order they choose: primary, backup, others as written."""
        return sorted(self.duties.items(), key=lambda duty: CHOOSING.get(duty[0], LAST))

    def told_hand_off(self) -> str:
        return "" if self.unit is Unit.SHIFT else str(HandOff.parse(self.hand_off))

    def told(self) -> Columns:
        """The layer as plain values: equal values, equal layers."""
        told: Columns = {
            "unit": self.unit.value,
            "hand_off": self.told_hand_off(),
            "starts_on": self.starts_on.isoformat(),
            "windows": self.windows,
            "duties": {duty: ", ".join(map(str, places)) for duty, places in self.in_order()},
        }
        if self.time_zone:
            told["time_zone"] = self.time_zone
        if self.follows_hours:
            told["follows_hours"] = {
                one.username: [one.time_zone, one.working_hours] for one in self._people()
            }
        return told

    def _people(self) -> list[Person]:
        found = {
            place.person.username: place.person
            for places in self.duties.values()
            for place in places
        }
        return [found[name] for name in sorted(found)]


@dataclass(frozen=True, kw_only=True)
class RotaDraft(LayerDraft):
    """What a rota is to say: its base layer, and `layers` that lie over it, the last on top.

    `effective_from` None: a new rota from its start, an edit from now.
    """

    name: str
    layers: Sequence[LayerDraft] = ()
    effective_from: date | None = None

    def all_layers(self) -> list[LayerDraft]:
        base = {one.name: getattr(self, one.name) for one in fields(LayerDraft)}
        return [LayerDraft(**base | {"key": "", "time_zone": ""}), *self.layers]


def check_draft(draft: RotaDraft) -> None:
    """Raises UnableToSaveRota where the draft makes no sense."""
    keys = [layer.key for layer in draft.layers]
    if not all(keys) or len(set(keys)) < len(keys):
        raise UnableToSaveRota("each layer needs a key of its own", field="layers")
    for layer in draft.all_layers():
        try:
            _check_layer(layer)
        except UnableToSaveRota as problem:
            if not layer.key:
                raise
            raise UnableToSaveRota(f"{layer.key}: {problem}", field="layers") from problem


def _check_layer(layer: LayerDraft) -> None:
    _check_times(layer)
    if not layer.duties:
        raise UnableToSaveRota("a rota needs a duty, such as primary", field="duties")
    for duty, places in layer.duties.items():
        names = [place.person.username for place in places]
        if not names:
            raise UnableToSaveRota(f"{duty} has nobody to take turns", field="duties")
        if len(set(names)) < len(names):
            raise UnableToSaveRota(f"{duty} names somebody twice", field="duties")
        for place in places:
            if place.starts_on and place.ends_on and place.ends_on < place.starts_on:
                raise UnableToSaveRota(f"{place} ends before it starts", field="duties")
    if layer.follows_hours:
        _check_hours(layer)


def _check_hours(layer: LayerDraft) -> None:
    people = (place.person for places in layer.duties.values() for place in places)
    unknown = sorted({one.username for one in people if not one.working_hours})
    if unknown:
        words = f"it follows working hours, and those of {', '.join(unknown)} are not entered"
        raise UnableToSaveRota(words, field="duties")


def _check_times(layer: LayerDraft) -> None:
    if layer.windows is not None and not _hours(layer.windows).spans:
        raise UnableToSaveRota(
            "these windows leave no time; leave the key out for always", field="windows"
        )
    if layer.unit is Unit.SHIFT:
        if layer.windows is None:
            raise UnableToSaveRota("with unit shift each window is a shift", field="windows")
        return
    _check_hand_off(layer)


def _check_hand_off(layer: LayerDraft) -> None:
    if not layer.hand_off:
        raise UnableToSaveRota("say when, such as mon 08:00", field="hand_off")
    try:
        hand_off = HandOff.parse(layer.hand_off)
    except ValueError as problem:
        raise UnableToSaveRota(str(problem), field="hand_off") from problem
    if layer.unit is not Unit.DAY and hand_off.weekday is None:
        words = f"a hand-off each {layer.unit} needs its weekday, such as mon 08:00"
        raise UnableToSaveRota(words, field="hand_off")


def _hours(windows: dict[str, str]) -> WeeklyHours:
    try:
        return WeeklyHours.parse(windows)
    except ValueError as problem:
        raise UnableToSaveRota(str(problem), field="windows") from problem
