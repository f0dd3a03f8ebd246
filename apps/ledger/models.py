"""Changes: one row per service call and object, never altered; the head of their chain."""

from typing import Any, Protocol, Self

from django.db import models
from django.db.models import Q


class Reader(Protocol):
    """Whoever reads the ledger: a person (accounts is above this app)."""

    @property
    def is_administrator(self) -> bool: ...

    def programme_ids(self) -> Any: ...


class ChangeQuerySet(models.QuerySet["Change"]):
    def visible_to(self, person: Reader) -> Self:
        """Changes of the person's programmes; administrators also see those of no programme."""
        if person.is_administrator:
            return self
        return self.filter(programme_id__in=person.programme_ids())

    def sealed(self) -> Self:
        """In the order of the chain: the only order in which anything reads the ledger."""
        return self.exclude(seq=None).order_by("seq")

    def unsealed(self) -> Self:
        return self.filter(seq=None).order_by("id")


class Change(models.Model):
    """Who did what to which object, when, from where; `fields`: changed ones only, masked."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    origin = models.CharField(max_length=40)
    programme_id = models.BigIntegerField(null=True, blank=True)
    subject = models.CharField(max_length=40)
    subject_key = models.CharField(max_length=120)
    verb = models.CharField(max_length=40)
    fields = models.JSONField(null=True)
    fields_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    seq = models.BigIntegerField(null=True, unique=True)
    link = models.CharField(max_length=64, blank=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="ledger_unsealed", condition=Q(seq=None)),
            models.Index(fields=["programme_id", "seq"], name="ledger_programme"),
            models.Index(fields=["subject", "subject_key", "seq"], name="ledger_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject_key} by {self.actor}"

    @property
    def type(self) -> str:
        """The event type of the feed, e.g. `incident.opened`."""
        return f"{self.subject}.{self.verb}"

    def header(self) -> dict[str, Any]:
        """What the digest covers besides the fields."""
        return {
            "at": self.at.isoformat(),
            "actor": self.actor,
            "origin": self.origin,
            "programme": self.programme_id,
            "subject": self.subject,
            "subject_key": self.subject_key,
            "verb": self.verb,
        }


class Head(models.Model):
    """The last link of the chain: one row, locked by whoever seals."""

    seq = models.BigIntegerField(default=0)
    link = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.seq} {self.link[:12]}"
