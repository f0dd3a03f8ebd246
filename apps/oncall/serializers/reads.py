"""The JSON of rotas: what the schema shows, and what is answered."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from apps.accounts.models import Person
from apps.core.api.fields import InstantField, written
from apps.oncall.choices import Source
from apps.oncall.models import Rota
from apps.oncall.rules import Shift, duties_listed, on_duty
from apps.oncall.rules.coverage import Hole


class HolderSerializer(serializers.Serializer[Any]):
    """Who has a duty, and until when."""

    username = serializers.CharField()
    name = serializers.CharField()
    until = InstantField()


class RotaNowSerializer(serializers.Serializer[Any]):
    """A rota with its duties; null for a duty nobody has."""

    key = serializers.CharField()
    duties = serializers.DictField(child=HolderSerializer(allow_null=True))


class NowSerializer(serializers.Serializer[Any]):
    """Who is on duty at an instant."""

    at = InstantField()
    rotas = RotaNowSerializer(many=True)


class ShiftSerializer(serializers.Serializer[Any]):
    """A shift of the final schedule, [start, end), cut at the window asked for."""

    rota = serializers.CharField()
    duty = serializers.CharField()
    username = serializers.CharField()
    start = InstantField()
    end = InstantField()
    source = serializers.ChoiceField(  # type: ignore[assignment]  # a field's own name in DRF
        choices=[source.value for source in Source]
    )
    slot = serializers.CharField(
        help_text="The local start of its slot: with rota and duty its identity; empty for none."
    )


class FixSerializer(serializers.Serializer[Any]):
    """Who could take how much of a hole, within their own hours and with least load."""

    username = serializers.CharField()
    start = InstantField()
    end = InstantField()


class HoleSerializer(serializers.Serializer[Any]):
    """A duty nobody can be relied on for while a site is open."""

    start = InstantField()
    end = InstantField()
    site = serializers.CharField()
    duty = serializers.CharField()
    why = serializers.CharField()
    fix = FixSerializer(allow_null=True)


class CoverageSerializer(serializers.Serializer[Any]):
    """The proof: `digest` is of everything it rests on; `checked_minutes` are minutes of sites."""

    proved = serializers.BooleanField()
    verdict = serializers.CharField()
    checked_minutes = serializers.IntegerField()
    sites = serializers.IntegerField()
    rotas = serializers.ListField(child=serializers.CharField())
    unknown_hours = serializers.ListField(child=serializers.CharField())
    digest = serializers.CharField()
    holes = HoleSerializer(many=True)
    accepted = HoleSerializer(many=True)


def hole_row(hole: Hole) -> dict[str, Any]:
    """A hole as HoleSerializer shows it; plain, because a programme may have thousands."""
    fix = hole.fix
    return {
        "start": written(hole.start),
        "end": written(hole.end),
        "site": hole.site,
        "duty": hole.duty,
        "why": hole.why,
        "fix": fix and {
            "username": fix.person, "start": written(fix.start), "end": written(fix.end),
        },
    }  # fmt: skip


def rota_now(rota: Rota, at: datetime) -> dict[str, Any]:
    """A rota as RotaNowSerializer shows it."""
    facts, people = rota.facts(), rota.people()
    held = on_duty(facts, at)
    duties = dict.fromkeys([*duties_listed(facts, at), *held])
    return {
        "key": rota.key,
        "duties": {duty: _holder(held.get(duty), people) for duty in duties},
    }


def _holder(shift: Shift | None, people: dict[str, Person]) -> dict[str, Any] | None:
    if shift is None:
        return None
    name = people[shift.person_key].name
    return {"username": shift.person_key, "name": name, "until": written(shift.end)}


def shift_row(rota: Rota, shift: Shift) -> dict[str, Any]:
    """A shift as ShiftSerializer shows it; plain, because a year has hundreds."""
    return {
        "rota": rota.key,
        "duty": shift.duty,
        "username": shift.person_key,
        "start": written(shift.start),
        "end": written(shift.end),
        "source": shift.source.value,
        "slot": shift.slot,
    }
