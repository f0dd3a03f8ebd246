"""Serializer fields of the API."""

from datetime import UTC, datetime

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


def written(at: datetime) -> str:
    """An instant as the API writes it: `2022-05-02T13:00:00Z`, fractions cut off."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@extend_schema_field(OpenApiTypes.DATETIME)
class InstantField(serializers.DateTimeField):
    """An aware instant; written in UTC with a Z, read with Z or an offset."""

    default_error_messages = {
        "naive": "Say the offset, as in 2022-05-02T13:00:00Z.",
        "invalid": "Not an instant; write it as 2022-05-02T13:00:00Z.",
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("naive")
        try:
            return value.astimezone(UTC)
        except OverflowError:
            self.fail("invalid", format="")

    def to_representation(self, value: datetime) -> str:
        return written(value)
