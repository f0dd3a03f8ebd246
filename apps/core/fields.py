"""Columns that hold personal data or secrets: encrypted with FIELD_KEYS, the first key encrypts."""

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models

if TYPE_CHECKING:  # Django's fields take their types in the stubs only
    BytesColumn = models.BinaryField[bytes, bytes]
    TextColumn = models.TextField[str, str]
    JSONColumn = models.TextField[Any, Any]
else:
    BytesColumn, TextColumn, JSONColumn = models.BinaryField, models.TextField, models.TextField


@cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def fernet() -> MultiFernet:
    """The box all encrypted columns use; older keys still open what they closed."""
    return _fernet(tuple(settings.FIELD_KEYS))


class EncryptedBytesField(BytesColumn):
    """Bytes at the edge of Python, a Fernet token in the database."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        sealed = None if value is None else fernet().encrypt(bytes(value))
        return super().get_db_prep_value(sealed, connection, prepared)

    def from_db_value(self, value: Any, *_: object) -> bytes | None:
        return None if value is None else fernet().decrypt(bytes(value))


class EncryptedTextField(TextColumn):
    """Text at the edge of Python, a Fernet token in the database; empty text stays empty."""

    def get_prep_value(self, value: Any) -> Any:
        return fernet().encrypt(str(value).encode()).decode() if value else value

    def from_db_value(self, value: Any, *_: object) -> str | None:
        return fernet().decrypt(value.encode()).decode() if value else value


class EncryptedJSONField(JSONColumn):
    """A JSON value at the edge of Python, a Fernet token in the database."""

    def get_prep_value(self, value: Any) -> Any:
        return fernet().encrypt(json.dumps(value).encode()).decode()

    def from_db_value(self, value: Any, *_: object) -> Any:
        return json.loads(fernet().decrypt(value.encode()))
