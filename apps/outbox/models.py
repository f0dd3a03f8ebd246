"""Deliveries: promises to other systems, made in the transaction of what they are about."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from apps.connections.models import Connection
from apps.core.models import DueRow, DueRowQuerySet
from apps.ledger.models import Reader
from apps.outbox.rules import MOST_AT_ONCE

LEFT_OUT = "left_out"  # in the result of what was not sent, because nobody needs it any more: why


class DeliveryQuerySet(DueRowQuerySet["Delivery"]):
    def visible_to(self, person: Reader) -> Self:
        if person.is_administrator:
            return self
        return self.filter(programme_id__in=person.programme_ids())

    def waiting(self) -> Self:
        """Neither kept, nor given up, nor held back for a person."""
        return super().waiting().filter(held_at=None)

    def sent(self) -> Self:
        """Kept: somebody was told."""
        return self.exclude(done_at=None).exclude(result__has_key=LEFT_OUT)

    def left_out(self) -> Self:
        """Not needed any more when their turn came; why is in the result."""
        return self.exclude(done_at=None).filter(result__has_key=LEFT_OUT)

    def held(self) -> Self:
        return self.filter(done_at=None, dead_at=None).exclude(held_at=None)

    def due(self, now: datetime) -> Self:
        """Due, its connection is not being left alone, and not too many calls to it are under way:
        a system that hangs holds up some workers, never all of them."""
        quiet = Connection.objects.quiet(now).values("pk")
        under_way = self.model.objects.waiting().filter(leased_until__gt=now).order_by()
        busy = (
            under_way.values("connection")
            .annotate(calls=models.Count("pk"))
            .filter(calls__gte=MOST_AT_ONCE)
            .values("connection")
        )
        return super().due(now).exclude(connection__in=quiet).exclude(connection__in=busy)


class Delivery(DueRow):
    """One promise. `payload` holds ids and masked text only; secrets are looked up when sent.

    `dedupe_key` makes a promise unique however often it is made. `waits_for` names the dedupe key
    of another promise: this one is sent as soon as that one is kept or given up, at `due_at` at
    the latest.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    action = models.CharField(max_length=40)
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="deliveries")
    programme_id = models.BigIntegerField(null=True, blank=True)
    subject = models.CharField(max_length=40)
    subject_key = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=200, unique=True)
    waits_for = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict)
    held_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="outbox_waiting",
                condition=Q(done_at=None, dead_at=None, held_at=None),
            ),
            models.Index(fields=["subject", "subject_key"], name="outbox_subject"),
            models.Index(fields=["waits_for"], name="outbox_waits_for", condition=~Q(waits_for="")),
            models.Index(fields=["-dead_at"], name="outbox_dead", condition=~Q(dead_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.action} for {self.subject} {self.subject_key}"

    @property
    def state(self) -> str:
        """In one word: sent, left_out, dead, held or waiting."""
        if self.done_at:
            return "left_out" if LEFT_OUT in self.result else "sent"
        if self.dead_at:
            return "dead"
        return "held" if self.held_at else "waiting"
