"""programme.yaml: escalations."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from rest_framework import serializers

from apps.accounts.models import Person
from apps.core.config import Applying, Path, Section
from apps.core.config.diffs import note_change
from apps.core.config.words import suggestion
from apps.paging.models import CAUSES, EscalationPolicy, read_target
from apps.paging.rules import DEFAULT_POLICY, PolicyFacts, StepFacts, Target
from apps.paging.services import PolicyDraft, UnableToSavePolicy, columns_of, save_policy
from apps.rollouts.config.fields import refuse_twice
from apps.rollouts.models import Programme

DAY_MINUTES = 24 * 60
USUAL_WAIT = int(DEFAULT_POLICY.last_wait.total_seconds() // 60)


class TargetField(serializers.CharField):
    """“duty primary”, “person ana”, “role dm”, “channel dsva:C02UP02HHGX”."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return read_target(super().to_internal_value(data))
        except ValueError as problem:
            raise serializers.ValidationError(str(problem)) from problem


class TargetsField(serializers.ListField):
    child = TargetField(max_length=200)


class StepForm(serializers.Serializer[Any]):
    """`wait` in minutes after the step before; `tell` whom."""

    wait = serializers.FloatField(min_value=0, max_value=DAY_MINUTES)
    tell = TargetsField(allow_empty=False)


class EscalationForm(serializers.Serializer[Any]):
    key = serializers.SlugField(max_length=60)
    name = serializers.CharField(max_length=120)
    causes = serializers.ListField(
        child=serializers.ChoiceField(choices=[cause.value for cause in CAUSES])
    )
    steps = StepForm(many=True)
    last_resort = TargetsField(allow_empty=False)
    last_wait = serializers.FloatField(min_value=1, max_value=DAY_MINUTES, default=USUAL_WAIT)
    rounds = serializers.IntegerField(min_value=1, max_value=9, default=DEFAULT_POLICY.rounds)


def apply_escalations(applying: Applying, entries: list[dict[str, Any]]) -> None:
    """Make or edit policies; those not named stay. Pages under way keep what they started with.

    Policies that are there go first: one may give up a cause that another takes over.
    """
    refuse_twice(applying, "escalations", [entry["key"] for entry in entries], "key")
    people = set(Person.objects.filter(is_active=True).values_list("username", flat=True))
    there = set(_rows(applying.programme).values_list("key", flat=True))
    order = sorted(range(len(entries)), key=lambda place: entries[place]["key"] not in there)
    for place in order:
        unknown = list(_strangers(entries[place], people))
        for path, name in unknown:
            words = f"nobody here is called {name!r}{suggestion(name, people)}"
            applying.refuse(words, ("escalations", place, *path))
        if not unknown and not applying.wrongs:
            _apply(applying, entries[place], place)


def _strangers(entry: Mapping[str, Any], people: set[str]) -> Iterator[tuple[Path, str]]:
    lists: list[tuple[Path, list[Target]]] = [
        (("steps", number, "tell"), step["tell"]) for number, step in enumerate(entry["steps"])
    ]
    for path, targets in [*lists, (("last_resort",), entry["last_resort"])]:
        for position, target in enumerate(targets):
            if target.kind == "person" and target.ref not in people:
                yield (*path, position), target.ref


def _apply(applying: Applying, entry: Mapping[str, Any], place: int) -> None:
    facts = PolicyFacts(
        steps=tuple(StepFacts(_minutes(step["wait"]), tuple(step["tell"]))
                    for step in entry["steps"]),
        last_resort=tuple(entry["last_resort"]),
        last_wait=_minutes(entry["last_wait"]),
        rounds=entry["rounds"],
    )  # fmt: skip
    draft = PolicyDraft(name=entry["name"], causes=sorted(set(entry["causes"])), facts=facts)
    try:
        _, before, after = save_policy(
            programme=applying.programme, key=entry["key"], draft=draft, actor=applying.actor,
            origin=applying.origin, now=applying.now,
        )  # fmt: skip
    except UnableToSavePolicy as problem:
        applying.refuse(str(problem), ("escalations", place, problem.field))
    else:
        note_change(applying, f"escalation {entry['key']}", before, after)


def _minutes(count: float) -> timedelta:
    return timedelta(seconds=round(count * 60))


def export_escalations(programme: Programme) -> list[dict[str, Any]]:
    """The policies, as `apply` reads them."""
    return [_exported(row) for row in _rows(programme).prefetch_related("steps")]


def _exported(row: EscalationPolicy) -> dict[str, Any]:
    columns = columns_of(row)
    return {
        "key": row.key,
        "name": row.name,
        "causes": columns["causes"],
        "steps": [{"wait": _told(step["wait"]), "tell": step["targets"]}
                  for step in columns["steps"]],
        "last_resort": columns["last_resort"],
        "last_wait": _told(columns["last_wait"]),
        "rounds": row.rounds,
    }  # fmt: skip


def _told(seconds: int) -> float | int:
    minutes, rest = divmod(seconds, 60)
    return seconds / 60 if rest else minutes


def _rows(programme: Programme) -> Any:
    return EscalationPolicy.objects.filter(programme=programme).order_by("key")


ESCALATIONS = Section("escalations", EscalationForm, apply_escalations, export_escalations)
