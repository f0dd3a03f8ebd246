"""How a diff of the roll-out reads: dates as they are written in the file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from apps.core.config import Applying
from apps.core.config.diffs import note_change


def note_diff(
    applying: Applying, label: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> None:
    """One line for an object: new (`before` is None), changed (which columns), or unchanged."""
    note_change(applying, label, None if before is None else _plain(before), _plain(after))


def _plain(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in columns.items()
    }
