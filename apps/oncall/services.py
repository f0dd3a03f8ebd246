"""Every write to rotas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from apps.accounts.models import Person
from apps.core.periods import WeeklyHours
from apps.ledger.services import record
from apps.oncall.choices import BACKUP, PRIMARY, Unit
from apps.oncall.models import Participant, Rota, RotaVersion
from apps.oncall.rules import HandOff
from apps.rollouts.models import Programme

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
class RotaDraft:
    """What a rota is to say. `effective_from` None: a new rota from its start, an edit from now."""

    name: str
    time_zone: str
    unit: Unit
    hand_off: str
    starts_on: date
    windows: dict[str, str] | None
    duties: Mapping[str, Sequence[Place]]
    effective_from: date | None = None


@transaction.atomic
def save_rota(
    *, programme: Programme, key: str, draft: RotaDraft, actor: str, origin: str, now: datetime
) -> tuple[Rota, Columns | None, Columns]:
    """Make a rota, or give it a new version where something differs.

    Returns it with what it said before (None: new) and says now. An edit counts from the draft's
    `effective_from`, never before `now`. Raises UnableToSaveRota.
    """
    _check(draft)
    old = Rota.objects.select_for_update().filter(programme=programme, key=key).first()
    before, after = _shown(old) if old else None, _wanted(draft)
    if old is not None and before == after:
        return old, before, after
    if old is not None:
        _check_edit(old, draft, now)
    rota = _write(programme, key, old, draft)
    if before is None or any(before[name] != after[name] for name in after if name != "name"):
        _add_version(rota, draft, is_new=old is None, actor=actor, now=now)
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


def _check(draft: RotaDraft) -> None:
    _check_times(draft)
    if not draft.duties:
        raise UnableToSaveRota("a rota needs a duty, such as primary", field="duties")
    for duty, places in draft.duties.items():
        names = [place.person.username for place in places]
        if not names:
            raise UnableToSaveRota(f"{duty} has nobody to take turns", field="duties")
        if len(set(names)) < len(names):
            raise UnableToSaveRota(f"{duty} names somebody twice", field="duties")
        for place in places:
            if place.starts_on and place.ends_on and place.ends_on < place.starts_on:
                raise UnableToSaveRota(f"{place} ends before it starts", field="duties")


def _check_times(draft: RotaDraft) -> None:
    if draft.windows is not None and not _hours(draft.windows).spans:
        raise UnableToSaveRota(
            "these windows leave no time; leave the key out for always", field="windows"
        )
    if draft.unit is Unit.SHIFT:
        if draft.windows is None:
            raise UnableToSaveRota("with unit shift each window is a shift", field="windows")
        return
    _check_hand_off(draft)


def _check_hand_off(draft: RotaDraft) -> None:
    if not draft.hand_off:
        raise UnableToSaveRota("say when, such as mon 08:00", field="hand_off")
    try:
        hand_off = HandOff.parse(draft.hand_off)
    except ValueError as problem:
        raise UnableToSaveRota(str(problem), field="hand_off") from problem
    if draft.unit is not Unit.DAY and hand_off.weekday is None:
        words = f"a hand-off each {draft.unit} needs its weekday, such as mon 08:00"
        raise UnableToSaveRota(words, field="hand_off")


def _hours(windows: dict[str, str]) -> WeeklyHours:
    try:
        return WeeklyHours.parse(windows)
    except ValueError as problem:
        raise UnableToSaveRota(str(problem), field="windows") from problem


def _check_edit(rota: Rota, draft: RotaDraft, now: datetime) -> None:
    """The past stays: neither an earlier day nor another clock for what was."""
    today = now.astimezone(rota.zone).date()
    if draft.effective_from is not None and draft.effective_from < today:
        words = f"{draft.effective_from} is past, and an edit leaves the past as it was"
        raise UnableToSaveRota(words, field="effective_from")
    first = rota.versions.first()
    if draft.time_zone != rota.time_zone and first is not None and first.starts_on <= today:
        words = f"this rota has begun in {rota.time_zone}; make another for {draft.time_zone}"
        raise UnableToSaveRota(words, field="time_zone")


def _write(programme: Programme, key: str, old: Rota | None, draft: RotaDraft) -> Rota:
    rota = old or Rota(programme=programme, key=key)
    rota.name, rota.time_zone = draft.name, draft.time_zone
    rota.save()
    return rota


def _add_version(
    rota: Rota, draft: RotaDraft, *, is_new: bool, actor: str, now: datetime
) -> RotaVersion:
    today = now.astimezone(ZoneInfo(draft.time_zone)).date()
    version = RotaVersion.objects.create(
        rota=rota,
        effective_from=draft.effective_from or (draft.starts_on if is_new else today),
        unit=draft.unit.value,
        hand_off=_hand_off(draft),
        starts_on=draft.starts_on,
        windows=draft.windows,
        made_by=actor,
        made_at=now,
    )
    Participant.objects.bulk_create(
        Participant(
            version=version,
            duty=duty,
            position=position,
            person=place.person,
            starts_on=place.starts_on,
            ends_on=place.ends_on,
        )
        for duty, places in _in_order(draft.duties)
        for position, place in enumerate(places)
    )
    return version


def _in_order(duties: Mapping[str, Sequence[Place]]) -> list[tuple[str, Sequence[Place]]]:
    """The duties in the order they choose: primary, backup, others as written."""
    first = {PRIMARY: 0, BACKUP: 1}
    return sorted(duties.items(), key=lambda duty: first.get(duty[0], 2))


def _hand_off(draft: RotaDraft) -> str:
    return "" if draft.unit is Unit.SHIFT else str(HandOff.parse(draft.hand_off))


def _wanted(draft: RotaDraft) -> Columns:
    duties = {duty: ", ".join(map(str, places)) for duty, places in _in_order(draft.duties)}
    return {
        "name": draft.name,
        "time_zone": draft.time_zone,
        "unit": draft.unit.value,
        "hand_off": _hand_off(draft),
        "starts_on": draft.starts_on.isoformat(),
        "windows": draft.windows,
        "duties": duties,
    }


def _shown(rota: Rota) -> Columns:
    """What the latest version says, in the same shape."""
    version = rota.versions.select_related("rota").last()
    assert version is not None  # noqa: S101 - a rota is made together with its first version
    duties = {
        duty: [
            Place(person=row.person, starts_on=row.starts_on, ends_on=row.ends_on) for row in rows
        ]
        for duty, rows in version.duties().items()
    }
    return _wanted(
        RotaDraft(
            name=rota.name,
            time_zone=rota.time_zone,
            unit=Unit(version.unit),
            hand_off=version.hand_off,
            starts_on=version.starts_on,
            windows=version.windows,
            duties=duties,
        )
    )


def _changes(before: Columns | None, after: Columns) -> Columns:
    if before is None:
        return after
    return {name: [before[name], value] for name, value in after.items() if before[name] != value}
