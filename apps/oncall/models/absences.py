"""Leave, and overrides of a rota."""

from django.db import models
from django.db.models import F, Q

from apps.accounts.models import Person
from apps.oncall.models.rotas import Rota
from apps.oncall.rules import LeaveFacts, OverrideFacts


class Leave(models.Model):
    """A period in which somebody takes no turns, in any rota."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="leaves")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="leave_has_time"),
        ]

    def __str__(self) -> str:
        return f"leave from {self.starts_at:%Y-%m-%d}"

    def facts(self) -> LeaveFacts:
        return LeaveFacts(self.person.username, self.starts_at, self.ends_at)


class Override(models.Model):
    """Somebody takes a duty for a period, whoever's turn it is.

    `slot_start_local` names the slot it was made for ("2022-05-02T08:00", wall time of the rota),
    empty when it is about a period only.
    """

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="overrides")
    duty = models.SlugField(max_length=40)
    slot_start_local = models.CharField(max_length=40, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="overrides")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.TextField(blank=True)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="override_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty} from {self.starts_at:%Y-%m-%d %H:%M}"

    def facts(self) -> OverrideFacts:
        return OverrideFacts(
            duty=self.duty,
            person=self.person.username,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            slot=self.slot_start_local,
        )
