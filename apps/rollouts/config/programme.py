"""programme.yaml: programme, phases, labels, holidays, blackouts."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rest_framework import serializers

from apps.core.config import Applying, Section
from apps.rollouts.config.fields import refuse_twice
from apps.rollouts.config.told import note_diff
from apps.rollouts.models import Programme
from apps.rollouts.models.checks import valid_calendar
from apps.rollouts.models.programmes import is_pattern
from apps.rollouts.rules import shift_weeks
from apps.rollouts.rules.phases import GO_LIVE_WEEK
from apps.rollouts.serializers.fields import DayField, ZoneField
from apps.rollouts.serializers.programmes import BlackoutForm, HolidayForm, PhaseForm
from apps.rollouts.services import save_programme, set_programme


class ProgrammeForm(serializers.Serializer[Any]):
    key = serializers.SlugField(max_length=60)
    name = serializers.CharField(max_length=120)
    first_week = DayField()
    last_week = DayField()
    pace = serializers.IntegerField(min_value=1, max_value=1000, default=7)
    go_live_days = serializers.IntegerField(min_value=1, max_value=366, default=7)
    time_zone = ZoneField()
    closes_on = DayField(required=False)
    site_number_pattern = serializers.CharField(
        max_length=200, required=False, allow_blank=True, validators=[is_pattern]
    )
    holiday_calendar = serializers.CharField(
        max_length=12, required=False, allow_blank=True, validators=[valid_calendar]
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["last_week"] < attrs["first_week"]:
            raise serializers.ValidationError("last_week is before first_week")
        return attrs


def apply_programme(applying: Applying, entry: dict[str, Any]) -> None:
    """Make or change the programme; decides once by how many weeks its dates move."""
    stored = (
        Programme.objects.filter(key=entry["key"]).values_list("shift_weeks", flat=True).first()
    )
    applying.shift_weeks = _shift(applying, entry, stored)
    columns: dict[str, Any] = {
        name: entry[name] for name in ("name", "pace", "go_live_days", "time_zone")
    }
    for name in ("first_week", "last_week", "closes_on"):
        columns[name] = applying.shifted(entry[name]) if entry.get(name) else None
    for name in ("site_number_pattern", "holiday_calendar"):
        columns[name] = entry.get(name, "")
    asked = applying.shift_to_today or stored is not None
    columns["shift_weeks"] = applying.shift_weeks if asked else None
    applying.programme, (before, after) = save_programme(
        key=entry["key"], columns=columns, actor=applying.actor, origin=applying.origin,
        now=applying.now,
    )  # fmt: skip
    note_diff(applying, f"programme {entry['key']}", before, after)


def _shift(applying: Applying, entry: dict[str, Any], stored: int | None) -> int:
    """A shift that was stored once stays; else it is made now, if it was asked for.

    What day it is, is asked in the programme's own zone: on Sunday evening there it is Monday UTC.
    """
    if stored is not None:
        return stored
    today = applying.now.astimezone(ZoneInfo(entry["time_zone"])).date()
    return shift_weeks(entry["first_week"], today) if applying.shift_to_today else 0


def export_programme(programme: Programme) -> dict[str, Any]:
    back = timedelta(weeks=programme.shift_weeks or 0)
    dates = {"first_week": programme.first_week - back, "last_week": programme.last_week - back}
    if programme.closes_on:
        dates["closes_on"] = programme.closes_on - back
    names = ("key", "name", "pace", "go_live_days", "time_zone")
    own = {name: getattr(programme, name) for name in names} | dates
    said = {name: getattr(programme, name) for name in ("site_number_pattern", "holiday_calendar")}
    return own | {name: value for name, value in said.items() if value}


def _set(applying: Applying, name: str, value: Any) -> None:
    before, after = set_programme(
        programme=applying.programme, name=name, value=value, actor=applying.actor,
        origin=applying.origin, now=applying.now,
    )  # fmt: skip
    note_diff(applying, name, before, after)


def apply_phases(applying: Applying, entries: list[dict[str, Any]]) -> None:
    """The list of phases. The length of the go-live week is the programme's: one place decides."""
    refuse_twice(applying, "phases", [entry["key"] for entry in entries], "key")
    weeks = applying.programme.go_live_days
    for place, entry in enumerate(entries):
        is_week = entry["key"] == GO_LIVE_WEEK
        if "days" in entry and (not is_week or entry["days"] != weeks):
            words = (
                f"the programme says go_live_days: {weeks}" if is_week else "is for go_live_week"
            )
            applying.refuse(words, ("phases", place, "days"))
    if applying.wrongs:
        return
    _set(applying, "phases", [dict(entry) for entry in entries])


def apply_labels(applying: Applying, labels: Any) -> None:
    if not isinstance(labels, dict) or not all(isinstance(one, str) for one in labels.values()):
        applying.refuse("labels are words by word, like {site: Branch}", ("labels",))
        return
    _set(applying, "labels", {str(name): word for name, word in labels.items()})


def apply_holidays(applying: Applying, entries: list[dict[str, Any]]) -> None:
    days = [{"on": applying.shifted(e["on"]).isoformat(), "name": e["name"]} for e in entries]
    _set(applying, "holidays", days)


def apply_blackouts(applying: Applying, entries: list[dict[str, Any]]) -> None:
    spans = [
        {
            "start": applying.shifted(e["start"]).isoformat(),
            "end": applying.shifted(e["end"]).isoformat(),
            "reason": e["reason"],
        }
        for e in entries
    ]
    _set(applying, "blackouts", spans)


def _unshifted(
    programme: Programme, rows: list[dict[str, Any]], *names: str
) -> list[dict[str, Any]]:
    back = timedelta(weeks=programme.shift_weeks or 0)
    return [row | {name: date.fromisoformat(row[name]) - back for name in names} for row in rows]


def export_holidays(programme: Programme) -> Any:
    return _unshifted(programme, programme.holidays, "on") or None


def export_blackouts(programme: Programme) -> Any:
    return _unshifted(programme, programme.blackouts, "start", "end") or None


PROGRAMME = Section("programme", ProgrammeForm, apply_programme, export_programme, many=False)
PHASES = Section("phases", PhaseForm, apply_phases, lambda programme: programme.phases or None)
LABELS = Section(
    "labels", None, apply_labels, lambda programme: programme.labels or None, many=False
)
HOLIDAYS = Section("holidays", HolidayForm, apply_holidays, export_holidays)
BLACKOUTS = Section("blackouts", BlackoutForm, apply_blackouts, export_blackouts)
