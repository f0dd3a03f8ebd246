"""Connections: the outside systems we talk to, with their secrets encrypted and their circuit."""

from datetime import datetime
from typing import Self

from django.db import models

from apps.core.fields import EncryptedJSONField


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind, is_active=True).order_by("key")

    def quiet(self, now: datetime) -> Self:
        """Those we leave alone for the moment, because they failed or asked us to wait."""
        return self.filter(quiet_until__gt=now)


class Connection(models.Model):
    """One outside system. `settings` holds what may be shown, `secrets` what may not.

    `failures` in a row and `quiet_until` are the circuit: after a failure of the system itself
    (not of one request) nobody calls it until then.
    """

    key = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=20)
    base_url = models.CharField(max_length=300, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    secrets = EncryptedJSONField(default=dict)
    is_active = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0)
    quiet_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    last_ok_at = models.DateTimeField(null=True, blank=True)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return f"{self.key} ({self.kind})"
