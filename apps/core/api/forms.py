"""Bodies of writes."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers


class StrictForm(serializers.Serializer[Any]):
    """A body that is refused for a field nobody reads: a slip of the pen must not pass for done.

    `elsewhere` says of fields that are changed in another way where.
    """

    elsewhere: Mapping[str, str] = {}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError({name: [self._words(name)] for name in unknown})
        return super().to_internal_value(data)

    def _words(self, name: str) -> str:
        return self.elsewhere.get(name) or f"No field to write; there are {', '.join(self.fields)}."
