"""How a change of columns reads in the diff."""

from collections.abc import Mapping
from typing import Any

from apps.core.config.sections import Applying


def note_change(
    applying: Applying, label: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> None:
    """One line for an object: new (`before` is None), changed (which columns), or unchanged."""
    if before is None:
        applying.note("+", label)
        return
    changed = [
        f"{name} {_shown(before.get(name))} → {_shown(value)}"
        for name, value in after.items()
        if before.get(name) != value
    ]
    applying.note("~" if changed else "=", label, ", ".join(changed))


def _shown(value: Any) -> str:
    text = "nothing" if value in (None, "", [], {}) else repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
