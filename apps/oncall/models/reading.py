"""Rotas as values for the rules: read as values, for a row each would cost more than the rules."""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from apps.accounts.models import Person
from apps.core.compiled import Compiled
from apps.core.periods import WeeklyHours
from apps.oncall.choices import Unit
from apps.oncall.models.absences import Leave, Override
from apps.oncall.models.versions import Participant, RotaVersion
from apps.oncall.rules import (
    DutyFacts,
    HandOff,
    LeaveFacts,
    OverrideFacts,
    RotaFacts,
    Turn,
    VersionFacts,
)

MIDNIGHT = "00:00"  # a rota by shifts has no hand-off of its own
VERSIONS = Compiled(
    lambda rotas: RotaVersion.objects.filter(rota__in=rotas)
    .order_by("position", "effective_from", "id")
    .values_list("rota", "id", "effective_from", "made_at", "unit", "hand_off", "starts_on",
                 "windows", "layer", "time_zone", "follows_hours")
)  # fmt: skip
PLACES = Compiled(
    lambda rotas: Participant.objects.filter(version__rota__in=rotas)
    .order_by("version", "id")
    .values_list("version", "duty", "person__username", "starts_on", "ends_on", "working_hours",
                 "time_zone")
)  # fmt: skip
LEAVES = Compiled(
    lambda rotas: (
        Leave.objects.filter(
            person__in=Participant.objects.filter(version__rota__in=rotas).values("person")
        )
        .order_by("person", "starts_at", "id")
        .values_list("person__username", "starts_at", "ends_at")
    )
)
OVERRIDES = Compiled(
    lambda rotas: (
        Override.objects.filter(rota__in=rotas)
        .order_by("rota", "id")
        .values_list("rota", "duty", "person__username", "starts_at", "ends_at", "slot_start_local")
    )
)


class Rota(Protocol):
    """What stands above: a rota as this module sees it."""

    pk: int

    @property
    def zone(self) -> ZoneInfo: ...


class Readings:
    """`rota.reading`: read with the others of its query (`prefetch_related("reading")`, by the
    protocol generic foreign keys follow), else alone when first asked for."""

    def __get__(self, rota: Rota | None, owner: type[Rota]) -> Any:
        """The reading of a rota; of the class the descriptor, which Django asks."""
        if rota is None:
            return self
        rota.__dict__["reading"] = found = Reading(rota, Together([rota]))
        return found

    def is_cached(self, rota: Rota) -> bool:
        return "reading" in rota.__dict__

    def get_prefetch_querysets(self, rotas: Sequence[Rota], _querysets: Any = None) -> Any:
        """What Django asks for: the readings, how to match them with the rotas, where to put
        them."""
        together = Together(rotas)
        readings = [Reading(rota, together) for rota in rotas]
        return readings, Reading.rota_pk, _pk, True, "reading", True


def _pk(rota: Rota) -> int:
    return rota.pk


class Reading:
    """What one of several rotas says, and whom it names."""

    def __init__(self, rota: Rota, together: "Together") -> None:
        self._rota, self._together = rota, together

    def rota_pk(self) -> int:
        return self._rota.pk

    @cached_property
    def facts(self) -> RotaFacts:
        """The rota as values; people are named by username."""
        together, pk = self._together, self._rota.pk
        leaves = (together.leaves.get(name, ()) for name in together.listed(pk))
        return RotaFacts(
            zone=self._rota.zone,
            versions=tuple(together.versions.get(pk, ())),
            leaves=tuple(leave for rows in leaves for leave in rows),
            overrides=tuple(together.overrides.get(pk, ())),
        )

    @cached_property
    def people(self) -> dict[str, Person]:
        """Everybody a shift of the rota may name, by username."""
        return {name: self._together.people[name] for name in self._together.named(self._rota.pk)}


class Together:
    """Several rotas, read in four queries, and their people in a fifth if somebody asks."""

    def __init__(self, rotas: Sequence[Rota]) -> None:
        self._pks = [rota.pk for rota in rotas]
        self.versions, self.overrides = self._versions(), self._overrides()
        self.leaves = self._leaves()

    @cached_property
    def people(self) -> dict[str, Person]:
        """Everybody named, by username."""
        names = {name for pk in self._pks for name in self.named(pk)}
        return Person.objects.in_bulk(names, field_name="username")

    def listed(self, rota: int) -> dict[str, None]:
        """Everybody who takes turns in any version of a rota."""
        duties = (duty for one in self.versions.get(rota, ()) for duty in one.duties)
        return dict.fromkeys(turn.person for duty in duties for turn in duty.turns)

    def named(self, rota: int) -> dict[str, None]:
        """Everybody a shift of a rota may name."""
        called_in = (one.person for one in self.overrides.get(rota, ()))
        return self.listed(rota) | dict.fromkeys(called_in)

    def _versions(self) -> dict[int, list[VersionFacts]]:
        """By rota, layers from below, each from its first version to the last."""
        lines = VERSIONS.rows(self._pks)
        duties = self._duties()  # after the versions: a version is never there without its people
        found: dict[int, list[VersionFacts]] = {}
        for rota, *columns in lines:
            found.setdefault(rota, []).append(_version(duties.get(columns[0], ()), *columns))
        return found

    def _duties(self) -> dict[int, tuple[DutyFacts, ...]]:
        """By version; duties in the order in which they choose, people in that of turns."""
        found: dict[int, dict[str, list[Turn]]] = {}
        for version, duty, *place in PLACES.rows(self._pks):
            found.setdefault(version, {}).setdefault(duty, []).append(_turn(*place))
        return {
            version: tuple(DutyFacts(duty, tuple(turns)) for duty, turns in duties.items())
            for version, duties in found.items()
        }

    def _leaves(self) -> dict[str, list[LeaveFacts]]:
        return {
            name: [LeaveFacts(*line) for line in leaves]
            for name, leaves in groupby(LEAVES.rows(self._pks), itemgetter(0))
        }

    def _overrides(self) -> dict[int, list[OverrideFacts]]:
        return {
            rota: [_override(*line[1:]) for line in lines]
            for rota, lines in groupby(OVERRIDES.rows(self._pks), itemgetter(0))
        }


def _version(
    duties: Sequence[DutyFacts], _pk: int, effective_from: Any, made_at: Any, unit: str,
    hand_off: str, starts_on: Any, windows: Any, layer: str, zone: str, follows: bool,
) -> VersionFacts:  # fmt: skip
    return VersionFacts(
        effective_from=effective_from,
        made_at=made_at,
        unit=Unit(unit),
        hand_off=_hand_off(hand_off or MIDNIGHT),
        starts_on=starts_on,
        windows=None if windows is None else _hours(tuple(windows.items())),
        duties=tuple(duties),
        layer=layer,
        zone=ZoneInfo(zone) if zone else None,
        follows=follows,
    )


def _turn(person: str, starts_on: Any, ends_on: Any, hours: Any, zone: str) -> Turn:
    known = _hours(tuple(hours.items())) if hours else None
    return Turn(person, starts_on, ends_on, known, ZoneInfo(zone) if zone else None)


def _override(duty: str, person: str, starts_at: Any, ends_at: Any, slot: str) -> OverrideFacts:
    return OverrideFacts(duty=duty, person=person, starts_at=starts_at, ends_at=ends_at, slot=slot)


@lru_cache(maxsize=2**10)
def _hand_off(text: str) -> HandOff:
    return HandOff.parse(text)


@lru_cache(maxsize=2**10)
def _hours(days: tuple[tuple[str, str], ...]) -> WeeklyHours:
    return WeeklyHours.parse(dict(days))
