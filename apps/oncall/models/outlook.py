"""What the next days leave open, as of the last look: who decides is warned ahead."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from apps.accounts.models import Person
from apps.rollouts.models import Programme


class OutlookQuerySet(models.QuerySet["Outlook"]):
    def visible_to(self, person: Person) -> Self:
        """Those of the programmes the person belongs to; all of them for an administrator."""
        if person.is_administrator:
            return self
        return self.filter(programme__in=person.programme_ids())

    def warning(self, now: datetime) -> Self:
        """Those with a hole that is not over, the first one first."""
        rows = self.filter(holes__gt=0, first_ends_at__gt=now).select_related("programme")
        return rows.order_by("first_starts_at", "id")


class Outlook(models.Model):
    """How many holes of coverage a programme has in the days after `looked_at`, and the first of
    them: where, and when on the clock of that place. `since`: when there began to be any."""

    programme = models.OneToOneField(Programme, on_delete=models.CASCADE, related_name="outlook")
    looked_at = models.DateTimeField()
    since = models.DateTimeField(null=True, blank=True)
    holes = models.PositiveIntegerField(default=0)
    sites = models.PositiveIntegerField(default=0)
    duty = models.CharField(max_length=40, blank=True)
    site = models.CharField(max_length=20, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)
    first_starts_at = models.DateTimeField(null=True, blank=True)
    first_ends_at = models.DateTimeField(null=True, blank=True)

    objects = OutlookQuerySet.as_manager()

    class Meta:
        ordering = ["programme_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(holes=0, since=None, first_starts_at=None, first_ends_at=None)
                | Q(holes__gt=0, since__isnull=False, first_ends_at__gt=F("first_starts_at")),
                name="outlook_names_its_first_hole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holes} holes ahead"
