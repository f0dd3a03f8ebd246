"""Form fields and checks that several sections share."""

from collections.abc import Hashable, Sequence

from apps.core.config import Applying
from apps.rollouts.serializers.fields import DayField, HoursField, ZoneField

__all__ = ["DayField", "HoursField", "ZoneField", "refuse_twice"]


def refuse_twice(applying: Applying, section: str, keys: Sequence[Hashable], name: str) -> None:
    """Refuse every entry whose key stood in an earlier one; `name` is the column to point at."""
    first: dict[Hashable, int] = {}
    for place, key in enumerate(keys):
        if first.setdefault(key, place) != place:
            shown = " ".join(map(str, key)) if isinstance(key, tuple) else key
            words = f"{shown} stands here a second time (first as entry {first[key] + 1})"
            applying.refuse(words, (section, place, name))
