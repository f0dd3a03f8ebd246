"""Calendars somebody else keeps, whose events are overrides of a duty."""

import hashlib
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q

from apps.accounts.models import Person
from apps.core.fields import EncryptedBytesField, EncryptedTextField
from apps.core.models import DueRow, DueRowQuerySet
from apps.oncall.models.absences import Override
from apps.oncall.models.rotas import Rota
from apps.oncall.rules.calendars import Trouble

BODIES = ("content", "draft")  # columns a list does not need


class CalendarQuerySet(DueRowQuerySet["CalendarSource"]):
    def visible_to(self, person: Person) -> Self:
        """Those of the programmes the person belongs to; all of them for an administrator."""
        if person.is_administrator:
            return self
        return self.filter(rota__programme__in=person.programme_ids())

    def waiting(self) -> Self:
        """Those somebody has agreed to: a file that is only looked at is not read."""
        return super().waiting().filter(confirmed_at__isnull=False)

    def failing(self) -> Self:
        return self.waiting().filter(failures__gt=0)

    def drafts(self, before: datetime) -> Self:
        """Files that were looked at before an instant and never agreed to."""
        return self.filter(confirmed_at=None, made_at__lt=before)

    def listed(self) -> Self:
        """For lists: with how many shifts each has, without the files themselves."""
        shifts = models.Count("shifts", filter=Q(shifts__override__isnull=False))
        return self.waiting().defer(*BODIES).annotate(shift_count=shifts).order_by("pk")


class CalendarSource(DueRow):
    """A calendar with an address (read again and again) or a file (read again as time goes on).

    `content` is what was last read, `draft` a file somebody is looking at; empty: none. The
    address may open the calendar to whoever has it: it is encrypted, and only its host is shown.
    """

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="calendars")
    duty = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    url = EncryptedTextField(blank=True)
    content = EncryptedBytesField(default=b"")
    draft = EncryptedBytesField(default=b"")
    draft_name = models.CharField(max_length=120, blank=True)
    etag = models.CharField(max_length=300, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    troubles = models.JSONField(default=list, blank=True)
    failures = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(null=True, blank=True)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = CalendarQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="calendar_due",
                condition=Q(confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_file(self) -> bool:
        return not self.url

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def draft_mark(self) -> str:
        """What tells one file that is looked at from another."""
        return hashlib.sha256(self.draft).hexdigest()[:32]

    def hold(self) -> bool:
        """Lock the row until the transaction ends; False when another worker has it now."""
        return self._mine().select_for_update().values_list("pk").first() is not None

    def note_read(self, *, due_at: datetime, now: datetime, troubles: list[Trouble]) -> None:
        """It was read well; `content`, `etag` and `last_modified` as they stand here."""
        self.troubles = [_kept(one) for one in troubles]
        self.failures, self.read_at, self.last_error, self.due_at = 0, now, "", due_at
        self.leased_until, self.unfinished = None, 0
        self.save(
            update_fields=[
                "troubles", "failures", "read_at", "last_error", "due_at", "leased_until",
                "unfinished", "content", "etag", "last_modified",
            ]
        )  # fmt: skip

    def note_failure(self, words: str, *, wait: timedelta, now: datetime) -> None:
        """It could not be read: again after `wait`. Raises LeaseLost."""
        self._update_mine(
            failures=self.failures + 1, last_error=words[:2000], due_at=now + wait,
            leased_until=None, unfinished=0,
        )  # fmt: skip

    def troubles_told(self) -> list[Trouble]:
        """Why events make no shift, as values."""
        return [
            Trouble(
                name=one["name"], why=one["why"], times=one["times"],
                start=datetime.fromisoformat(one["start"]) if one["start"] else None,
            )
            for one in self.troubles
        ]  # fmt: skip


def _kept(trouble: Trouble) -> dict[str, object]:
    start = trouble.start.isoformat() if trouble.start else None
    return {"name": trouble.name, "why": trouble.why, "start": start, "times": trouble.times}


class CalendarShift(models.Model):
    """Which event made which override. The times are the event's; an override begins when it was
    made at the earliest. Without one somebody took it back here: it is not made again."""

    source = models.ForeignKey(CalendarSource, on_delete=models.CASCADE, related_name="shifts")
    key = models.CharField(max_length=64)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    override = models.OneToOneField(
        Override, null=True, on_delete=models.SET_NULL, related_name="calendar_shift"
    )

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="calendar_shift_once"),
        ]

    def __str__(self) -> str:
        return f"shift from {self.starts_at:%Y-%m-%d %H:%M}"
