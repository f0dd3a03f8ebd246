"""programme.yaml: connections."""

import re
from typing import Any

from apps.connections.models import Connection
from apps.connections.serializers import ConnectionForm, Entry
from apps.connections.services import (
    Saved,
    UnableToSaveConnection,
    Wanted,
    save_connection,
)
from apps.connectors.registry import KINDS
from apps.core.config import Applying, FromEnvironment, Section


def apply_connections(applying: Applying, entries: list[Entry]) -> None:
    """Make or change connections and join them to the programme."""
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        if entry["key"] in seen:
            applying.refuse(f"{entry['key']} stands here twice", ("connections", place, "key"))
            continue
        seen.add(entry["key"])
        _apply_one(applying, entry, place)


def _apply_one(applying: Applying, entry: Entry, place: int) -> None:
    try:
        saved = save_connection(
            wanted=Wanted(**entry),
            programme=applying.programme,
            actor=applying.actor,
            origin=applying.origin,
            now=applying.now,
        )
    except UnableToSaveConnection as problem:
        applying.refuse(str(problem), ("connections", place, "kind"))
        return
    _note(applying, entry, saved)


def _note(applying: Applying, entry: Entry, saved: Saved) -> None:
    label = f"connection {entry['key']}"
    if saved.before is None:
        applying.note("+", f"{label} ({entry['kind']})", KINDS[entry["kind"]].note)
    elif saved.is_changed:
        applying.note("~", label, ", ".join(_details(saved.before, saved)))
    else:
        applying.note("=", label)


def _details(before: dict[str, Any], saved: Saved) -> list[str]:
    names = [
        name for name in {**before, **saved.after} if before.get(name) != saved.after.get(name)
    ]
    changes = [f"{name} {before.get(name)!r} → {saved.after.get(name)!r}" for name in names]
    changes += [f"secret {name} changed" for name in saved.changed_secrets]
    return changes + (["joined to this programme"] if saved.has_joined else [])


def export_connections(programme: Any) -> list[dict[str, Any]]:
    """The programme's connections; each secret as the variable it is expected in."""
    return [_exported(row) for row in programme.connections.order_by("pk")]


def _exported(row: Connection) -> dict[str, Any]:
    entry: dict[str, Any] = {"key": row.key, "kind": row.kind}
    if row.base_url:
        entry["base_url"] = row.base_url
    names = sorted(row.secrets)
    return entry | dict(row.settings) | {name: variable(row.key, name) for name in names}


def variable(key: str, name: str) -> FromEnvironment:
    """The variable of a secret: `password` of `snow` is `${SNOW_PASSWORD}`."""
    plain = re.sub(r"[^A-Z0-9]", "_", f"{key}_{name}".upper())
    return FromEnvironment(plain if plain[0].isalpha() else f"_{plain}")


CONNECTIONS = Section("connections", ConnectionForm, apply_connections, export_connections)
