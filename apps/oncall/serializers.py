"""The JSON of rotas: what the schema shows, and what is answered."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from apps.accounts.models import Person
from apps.core.api.fields import InstantField, written
from apps.oncall.choices import Source
from apps.oncall.models import Rota
from apps.oncall.rules import Shift, duties_listed, on_duty


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
    }
