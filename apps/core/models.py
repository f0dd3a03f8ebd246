"""Rows that are work (claimed, fenced, retried), heartbeats, kept answers of keyed requests."""

from datetime import datetime, timedelta
from typing import Any, Self, TypeVar

from django.db import connections, models, transaction
from django.db.models import F, Q

from apps.core.fields import EncryptedJSONField
from apps.core.rules import stop_reason


class LeaseLost(Exception):
    """Somebody else has this row now: stop, and leave no trace."""


Row = TypeVar("Row", bound="DueRow")


class DueRowQuerySet(models.QuerySet[Row]):
    def waiting(self) -> Self:
        """Neither done nor given up."""
        return self.filter(done_at=None, dead_at=None)

    def dead(self) -> Self:
        return self.exclude(dead_at=None)

    def due(self, now: datetime) -> Self:
        """Waiting, its time has come, and nobody holds it."""
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        return self.waiting().filter(free, due_at__lte=now).order_by("due_at", "id")

    def claim(self, *, now: datetime, limit: int, term: timedelta) -> list[Row]:
        """Take up to `limit` due rows for `term`; of two workers, one gets each row.

        PostgreSQL skips rows another worker is taking; SQLite's immediate transaction lets one
        worker in at a time. Each row gets a new fence: who holds an older one has lost it.
        """
        can_skip = connections[self.db].features.has_select_for_update_skip_locked
        with transaction.atomic(using=self.db):
            rows = list(self.due(now).select_for_update(skip_locked=can_skip)[:limit])
            self.model._default_manager.filter(pk__in=[row.pk for row in rows]).update(
                leased_until=now + term, fence=F("fence") + 1
            )
        for row in rows:
            row.leased_until, row.fence = now + term, row.fence + 1
        return rows


class DueRow(models.Model):
    """A row that is work: due at an instant, held under a lease, fenced, counted, finished once."""

    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    fence = models.BigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    unfinished = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        abstract = True

    def begin(self, *, now: datetime, term: timedelta) -> None:
        """Count the attempt and renew the lease, before anything happens. Raises LeaseLost."""
        self._update_mine(
            attempts=F("attempts") + 1, unfinished=F("unfinished") + 1, leased_until=now + term
        )
        self.attempts, self.unfinished = self.attempts + 1, self.unfinished + 1
        self.leased_until = now + term

    def finish(self, *, now: datetime, **columns: Any) -> None:
        """Done, once and for all. Raises LeaseLost."""
        self._update_mine(done_at=now, leased_until=None, unfinished=0, last_error="", **columns)

    def postpone(self, *, due_at: datetime, error: str) -> None:
        """Try again at `due_at`. Raises LeaseLost."""
        self._update_mine(due_at=due_at, leased_until=None, unfinished=0, last_error=error[:2000])

    def bury(self, *, now: datetime, error: str) -> None:
        """Give up: a dead letter with its cause, until a person replays it. Raises LeaseLost."""
        self._update_mine(dead_at=now, leased_until=None, unfinished=0, last_error=error[:2000])

    def renew(self, *, now: datetime, term: timedelta) -> bool:
        """Hold the row for another `term`; False when somebody else has it now."""
        self.leased_until = now + term
        return self._mine().update(leased_until=self.leased_until) == 1

    @property
    def why_stop(self) -> str:
        """Why this row must not be tried again, or an empty text."""
        return stop_reason(unfinished=self.unfinished)

    def _mine(self) -> "models.QuerySet[Any]":
        return type(self)._default_manager.filter(
            pk=self.pk, fence=self.fence, done_at=None, dead_at=None
        )

    def _update_mine(self, **columns: Any) -> None:
        if self._mine().update(**columns) != 1:
            raise LeaseLost(f"{type(self).__name__} {self.pk}, fence {self.fence}")
        for name, value in columns.items():
            if not hasattr(value, "resolve_expression"):
                setattr(self, name, value)


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def beat(self, name: str, now: datetime) -> None:
        """Note that `name` was alive at `now`."""
        self.update_or_create(name=name, defaults={"at": now})

    def last(self, name: str) -> datetime | None:  # type: ignore[override]  # an instant
        return self.filter(name=name).values_list("at", flat=True).first()


class Heartbeat(models.Model):
    """When a part of the portal was last seen alive."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"


class KeptAnswer(models.Model):
    """The answer to a POST with an Idempotency-Key, for 24 hours; written with the effect."""

    owner = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = EncryptedJSONField(
        null=True
    )  # an answer may hold what is shown once, or a person's data
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "key"], name="one_answer_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.key}"
