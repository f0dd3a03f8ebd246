"""The JSON of the fairness ledger."""

from datetime import timedelta
from typing import Any

from rest_framework import serializers

from apps.core.api.fields import InstantField, written
from apps.oncall.fairness import Fairness, Row
from apps.oncall.rules.fairness import Load

MINUTE = timedelta(minutes=1)


class LoadSerializer(serializers.Serializer[Any]):
    """Minutes of duty. `outside_minutes` are beyond the person's own working hours, null where
    nobody entered those; weekends and holidays are days of the person's own zone."""

    shifts = serializers.IntegerField()
    minutes = serializers.IntegerField()
    outside_minutes = serializers.IntegerField(allow_null=True)
    weekend_minutes = serializers.IntegerField()
    holiday_minutes = serializers.IntegerField()
    go_lives = serializers.IntegerField(
        help_text="Sites of a product in their first week meanwhile, each counted once."
    )


class FairnessRowSerializer(LoadSerializer):
    """A person: in all, beside the average of all rows, and duty by duty."""

    username = serializers.CharField()
    name = serializers.CharField()
    of_average_percent = serializers.IntegerField()
    duties = serializers.DictField(child=LoadSerializer())
    counts = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="Tickets of the programme, whatever the duty: `tickets_acknowledged` by the "
        "person in the range; `tickets_assigned`: opened in it and theirs now.",
    )


class FairnessSerializer(serializers.Serializer[Any]):
    """Who carries how much of a programme's rotas in [start, end), the most hours first."""

    programme = serializers.CharField()
    start = InstantField()
    end = InstantField()
    average_minutes = serializers.IntegerField()
    people = FairnessRowSerializer(many=True)


def fairness_data(found: Fairness) -> dict[str, Any]:
    """As FairnessSerializer shows it."""
    return {
        "programme": found.programme.key,
        "start": written(found.window.start),
        "end": written(found.window.end),
        "average_minutes": _minutes(found.average),
        "people": [_row(row) for row in found.rows],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "username": row.person.username,
        "name": str(row.person),
        **_load(row.load),
        "of_average_percent": row.percent,
        "duties": {one.duty: _load(one) for one in row.duties},
        "counts": {one.key: one.number for one in row.counts},
    }


def _load(load: Load) -> dict[str, Any]:
    return {
        "shifts": load.shifts,
        "minutes": _minutes(load.hours),
        "outside_minutes": None if load.outside is None else _minutes(load.outside),
        "weekend_minutes": _minutes(load.weekend),
        "holiday_minutes": _minutes(load.holiday),
        "go_lives": len(load.carried),
    }


def _minutes(length: timedelta) -> int:
    return int(length / MINUTE)
