"""programme.yaml: channels."""

from datetime import timedelta
from typing import Any

from rest_framework import serializers

from apps.connections.models import Connection
from apps.core.config import Applying, Section, Wrong
from apps.core.config.diffs import note_change
from apps.intake.choices import Purpose
from apps.intake.models import Channel
from apps.intake.services import save_channel
from apps.rollouts.models import Site, Wave


class ChannelForm(serializers.Serializer[Any]):
    connection = serializers.SlugField(max_length=60)
    id = serializers.CharField(max_length=200)
    name = serializers.CharField(max_length=120, default="", allow_blank=True)
    purpose = serializers.ChoiceField(
        choices=[choice.value for choice in Purpose if choice != Purpose.UNKNOWN],
        default=Purpose.SUPPORT.value,
    )
    site = serializers.CharField(max_length=12, required=False)
    wave = serializers.IntegerField(required=False)
    opens_on = serializers.DateField(required=False)
    closes_on = serializers.DateField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        opens, closes = attrs.get("opens_on"), attrs.get("closes_on")
        if opens and closes and closes < opens:
            raise serializers.ValidationError({"closes_on": "is before opens_on"})
        return attrs


def apply_channels(applying: Applying, entries: list[dict[str, Any]]) -> None:
    """Bind channels; dates move with the programme. Raises Wrong."""
    for position, entry in enumerate(entries):
        place = ("channels", position)
        before, after = save_channel(
            connection=_connection(applying, entry, place),
            external_id=entry["id"],
            columns={
                "programme": applying.programme,
                "name": entry["name"],
                "purpose": entry["purpose"],
                "site": _site(entry, place),
                "wave": _wave(applying, entry, place),
                "opens_on": applying.shifted(entry["opens_on"]) if "opens_on" in entry else None,
                "closes_on": applying.shifted(entry["closes_on"]) if "closes_on" in entry else None,
            },
            actor=applying.actor,
            now=applying.now,
        )
        note_change(applying, f"channel {entry['name'] or entry['id']}", before, after)


Place = tuple[str | int, ...]


def _connection(applying: Applying, entry: dict[str, Any], place: Place) -> Connection:
    key = entry["connection"]
    row = Connection.objects.filter(key=key, programmes=applying.programme).first()
    if row is None:
        raise Wrong(f"no connection {key!r} in this programme", path=(*place, "connection"))
    return row


def _site(entry: dict[str, Any], place: Place) -> Site | None:
    if "site" not in entry:
        return None
    row = Site.objects.filter(number=entry["site"]).first()
    if row is None:
        raise Wrong(f"no site {entry['site']!r}", path=(*place, "site"))
    return row


def _wave(applying: Applying, entry: dict[str, Any], place: Place) -> Wave | None:
    if "wave" not in entry:
        return None
    row: Wave | None = Wave.objects.filter(
        programme=applying.programme, number=entry["wave"]
    ).first()
    if row is None:
        raise Wrong(f"no wave {entry['wave']} in this programme", path=(*place, "wave"))
    return row


def export_channels(programme: Any) -> list[dict[str, Any]]:
    rows = Channel.objects.filter(programme=programme).exclude(purpose=Purpose.UNKNOWN)
    shift = timedelta(weeks=programme.shift_weeks or 0)
    return [_exported(row, shift) for row in rows.select_related("connection", "site", "wave")]


def _exported(row: Channel, shift: timedelta) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "connection": row.connection.key,
        "id": row.external_id,
        "name": row.name,
        "purpose": row.purpose,
        "site": row.site.number if row.site else None,
        "wave": row.wave.number if row.wave else None,
        "opens_on": row.opens_on - shift if row.opens_on else None,
        "closes_on": row.closes_on - shift if row.closes_on else None,
    }
    return {name: value for name, value in entry.items() if value is not None}


CHANNELS = Section("channels", ChannelForm, apply_channels, export_channels)
