"""Hand-overs between shifts, and the briefs that people get before theirs begin."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from apps.accounts.models import Person
from apps.oncall.models.rotas import Rota
from apps.oncall.rules import BRIEFED_BEFORE, is_asked_for
from apps.oncall.rules.handing import TO_WRITE

WAITS = Q(acknowledged_at=None, withdrawn_at=None)


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def visible_to(self, person: Person) -> Self:
        """Those of the programmes the person belongs to; all of them for an administrator."""
        if person.is_administrator:
            return self
        return self.filter(rota__programme__in=person.programme_ids())

    def standing(self) -> Self:
        """All but those that are none any more, because the schedule has changed."""
        return self.filter(withdrawn_at=None)

    def waiting(self) -> Self:
        """Standing, and nobody has acknowledged them."""
        return self.filter(WAITS)

    def late(self, now: datetime) -> Self:
        """Those that should have been acknowledged by now, the oldest first."""
        return self.waiting().filter(acknowledge_due_at__lte=now).order_by("acknowledge_due_at")

    def to_acknowledge(self, person: Person, now: datetime) -> Self:
        """Those this person is asked to acknowledge: handed over, or their shift has begun."""
        asked = Q(handed_at__isnull=False) | Q(starts_at__lte=now)
        return self.waiting().filter(asked, incoming=person).order_by("starts_at", "id")

    def to_write(self, person: Person) -> Self:
        """Notes this person has still to hand over, from the day before their shift ends on."""
        rows = self.waiting().filter(outgoing=person, handed_at=None)
        return rows.order_by("ends_at", "id")

    def pressing(self, person: Person, now: datetime) -> Self:
        """Those this person is asked to acknowledge, or to write because their shift ends soon."""
        taken = Q(handed_at__isnull=False) | Q(starts_at__lte=now)
        given = Q(outgoing=person, handed_at=None, ends_at__lte=now + TO_WRITE)
        rows = self.waiting().filter(Q(incoming=person) & taken | given)
        return rows.order_by("starts_at", "id")

    def about(self, person: Person) -> Self:
        """Those the person gave or took."""
        return self.filter(Q(outgoing=person) | Q(incoming=person))

    def with_people(self) -> Self:
        return self.select_related("rota__programme", "outgoing", "incoming")


class HandOver(models.Model):
    """A duty passes from one person to another; it is there whether or not a note was written.

    `ends_at` is the end of the outgoing person's last shift, `starts_at` the beginning of the
    incoming person's first. Until it begins it follows the schedule; one that is none any more is
    deleted, or withdrawn when somebody had written in it.
    """

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="hand_overs")
    duty = models.SlugField(max_length=40)
    outgoing = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="hand_overs_given")
    incoming = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="hand_overs_taken")
    ends_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    acknowledge_due_at = models.DateTimeField()
    open_items = models.TextField(blank=True)
    watch = models.TextField(blank=True)
    written_by = models.CharField(max_length=60, blank=True)
    written_at = models.DateTimeField(null=True, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=60, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = HandOverQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rota", "duty", "starts_at"],
                condition=Q(withdrawn_at=None),
                name="hand_over_once",
            ),
            models.CheckConstraint(
                condition=~Q(outgoing=F("incoming")), name="hand_over_between_two"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at")), name="hand_over_in_order"
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by="")
                | (Q(acknowledged_at__isnull=False) & ~Q(acknowledged_by="")),
                name="hand_over_acknowledged_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["acknowledge_due_at"], name="hand_over_late", condition=WAITS),
            models.Index(fields=["-starts_at", "-id"], name="hand_over_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.rota} {self.duty}, {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def programme_id(self) -> int:
        return self.rota.programme_id

    @property
    def has_note(self) -> bool:
        return bool(self.open_items or self.watch)

    @property
    def state(self) -> str:
        """In one word: withdrawn, acknowledged, handed (over, not acknowledged yet), or open."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        if self.acknowledged_at is not None:
            return "acknowledged"
        return "handed" if self.handed_at is not None else "open"

    def is_asked_for(self, now: datetime) -> bool:
        """Whether it waits for the next person's acknowledgement."""
        is_waiting = self.state in {"handed", "open"}
        return is_waiting and is_asked_for(self.handed_at, self.starts_at, now)


class ShiftBriefQuerySet(models.QuerySet["ShiftBrief"]):
    def visible_to(self, person: Person) -> Self:
        """Those of the programmes the person belongs to; all of them for an administrator."""
        if person.is_administrator:
            return self
        return self.filter(rota__programme__in=person.programme_ids())

    def due(self, now: datetime) -> Self:
        """Those nobody was told of, whose time has come."""
        return self.filter(told_at=None, due_at__lte=now).order_by("due_at", "id")

    def with_people(self) -> Self:
        return self.select_related("rota__programme", "person")


class ShiftBrief(models.Model):
    """Somebody's time on a duty without a break, [starts_at, ends_at), and whether they were told
    of it: once, a quarter of an hour before it begins. `left_out` says why nobody was."""

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="briefs")
    duty = models.SlugField(max_length=40)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="briefs")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    due_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    left_out = models.CharField(max_length=60, blank=True)

    objects = ShiftBriefQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rota", "duty", "starts_at", "person"], name="brief_once_per_shift"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="brief_has_time"),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="brief_due", condition=Q(told_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.rota} {self.duty}, {self.starts_at:%Y-%m-%d %H:%M}"

    @staticmethod
    def due_before(starts_at: datetime) -> datetime:
        """When whoever comes is told."""
        return starts_at - BRIEFED_BEFORE
