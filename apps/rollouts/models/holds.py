"""Hand-overs that somebody holds back."""

from typing import Self

from django.db import models
from django.db.models import Q

from apps.core.constraints import Written
from apps.rollouts.models.programmes import Programme
from apps.rollouts.models.schedule import GoLive


class HoldQuerySet(models.QuerySet["HandOverHold"]):
    def standing(self, programme: Programme) -> Self:
        """Holds of the programme that nobody has released."""
        return self.filter(go_live__programme=programme, released_at=None)


class HandOverHold(models.Model):
    """Somebody holds a site's hand-over back: it waits until it is released."""

    go_live = models.ForeignKey(GoLive, on_delete=models.CASCADE, related_name="holds")
    reason = models.TextField()
    held_by = models.CharField(max_length=120)
    held_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=120, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["go_live"], condition=Q(released_at=None), name="hand_over_held_once"
            ),
            models.CheckConstraint(condition=Written("reason"), name="hold_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"hold of {self.go_live_id}"
