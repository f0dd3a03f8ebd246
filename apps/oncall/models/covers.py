"""Shifts that somebody asks others to take, for nothing or for one of theirs."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from apps.accounts.models import Person
from apps.oncall.choices import Answer
from apps.oncall.models.rotas import Rota


class CoverQuerySet(models.QuerySet["CoverRequest"]):
    def visible_to(self, person: Person) -> Self:
        """Those of the programmes the person belongs to; all of them for an administrator."""
        if person.is_administrator:
            return self
        return self.filter(rota__programme__in=person.programme_ids())

    def waiting(self) -> Self:
        """Those nobody has answered or taken back."""
        return self.filter(answer=Answer.WAITING)

    def open_at(self, now: datetime) -> Self:
        """Those that wait for an answer and whose shift is not over."""
        return self.waiting().filter(ends_at__gt=now)

    def accepted(self) -> Self:
        return self.filter(answer=Answer.ACCEPTED)

    def answered(self, since: datetime) -> Self:
        """Those somebody accepted or declined, the last first."""
        rows = self.filter(answer__in=[Answer.ACCEPTED, Answer.DECLINED], answered_at__gt=since)
        return rows.order_by("-answered_at")

    def about(self, person: Person) -> Self:
        """Those the person asked, or was asked by name."""
        return self.filter(Q(asked_by=person) | Q(asked=person) | Q(answered_by=person))

    def with_people(self) -> Self:
        return self.select_related("rota__programme", "asked_by", "asked", "answered_by")


class CoverRequest(models.Model):
    """`asked_by` asks `asked` (nobody named: anybody) to take a shift; in a swap for theirs.

    A shift is named by its slot, with the period it had when it was asked.
    """

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="covers")
    duty = models.SlugField(max_length=40)
    slot = models.CharField(max_length=40)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="covers_asked")
    asked = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.CASCADE, related_name="covers_to_answer"
    )
    return_duty = models.SlugField(max_length=40, blank=True)
    return_slot = models.CharField(max_length=40, blank=True)
    return_starts_at = models.DateTimeField(null=True, blank=True)
    return_ends_at = models.DateTimeField(null=True, blank=True)
    message = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=12, choices=Answer.choices, default=Answer.WAITING)
    answered_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()

    objects = CoverQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rota", "duty", "slot", "asked_by"],
                condition=Q(answer="waiting"),
                name="cover_asked_once",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="cover_has_time"),
            models.CheckConstraint(
                condition=Q(answer__in=Answer.values), name="cover_answer_known"
            ),
            models.CheckConstraint(
                condition=Q(return_slot="") | Q(asked__isnull=False), name="swap_names_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty} from {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def is_swap(self) -> bool:
        return bool(self.return_slot)
