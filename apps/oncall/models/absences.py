"""Leave, and overrides of a rota."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from apps.accounts.models import Person
from apps.oncall.rules import LeaveFacts
from apps.oncall.rules.coverage import Accepted
from apps.rollouts.models import Programme, Site


class LeaveQuerySet(models.QuerySet["Leave"]):
    def visible_to(self, person: Person) -> Self:
        """Their own, and those of people in the same programmes; all for an administrator."""
        if person.is_administrator:
            return self
        others = Person.objects.filter(memberships__programme__in=person.programme_ids())
        return self.filter(Q(person=person) | Q(person__in=others))

    def touching(self, start: datetime, end: datetime) -> Self:
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class Leave(models.Model):
    """A period in which somebody takes no turns, in any rota. Withdrawn rows are deleted: the
    ledger tells of them."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="leaves")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    made_by = models.CharField(max_length=60, blank=True)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="leave_has_time"),
        ]

    def __str__(self) -> str:
        return f"leave from {self.starts_at:%Y-%m-%d}"

    def facts(self) -> LeaveFacts:
        return LeaveFacts(self.person.username, self.starts_at, self.ends_at)


class OverrideQuerySet(models.QuerySet["Override"]):
    def visible_to(self, person: Person) -> Self:
        """Those of the programmes the person belongs to; all of them for an administrator."""
        if person.is_administrator:
            return self
        return self.filter(rota__programme__in=person.programme_ids())

    def touching(self, start: datetime, end: datetime) -> Self:
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class Override(models.Model):
    """Somebody takes a duty for a period, whoever's turn it is.

    `slot_start_local` names the slot it was made for ("2022-05-02T08:00", wall time of the rota),
    which it follows when the rota changes; empty when it is about a period only. One withdrawn
    before it began is deleted, one withdrawn later ends there: the past stays.
    """

    rota = models.ForeignKey("oncall.Rota", on_delete=models.CASCADE, related_name="overrides")
    duty = models.SlugField(max_length=40)
    slot_start_local = models.CharField(max_length=40, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="overrides")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.TextField(blank=True)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    objects = OverrideQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="override_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty} from {self.starts_at:%Y-%m-%d %H:%M}"


class AcceptedQuerySet(models.QuerySet["AcceptedHole"]):
    def standing(self, programme: Programme) -> Self:
        """Those of the programme that nobody has withdrawn."""
        return self.filter(programme=programme, withdrawn_at=None).prefetch_related("sites")


class AcceptedHole(models.Model):
    """Somebody decided to live with a hole in coverage: where, which hours, why, until when.

    No sites means each of them, no duty both.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    sites = models.ManyToManyField(Site, blank=True)
    duty = models.SlugField(max_length=40, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.TextField()
    accepted_by = models.CharField(max_length=60)
    accepted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=60, blank=True)

    objects = AcceptedQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="accepted_hole_has_time"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="accepted_hole_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"accepted hole from {self.starts_at:%Y-%m-%d %H:%M}"

    def facts(self) -> list[Accepted]:
        numbers = [site.number for site in self.sites.all()] or [""]
        return [Accepted(self.starts_at, self.ends_at, one, self.duty) for one in numbers]
