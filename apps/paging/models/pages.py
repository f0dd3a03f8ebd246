"""Pages: escalations about a subject, the steps they took, whom these told."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from apps.accounts.models import Person
from apps.core.models import DueRow, DueRowQuerySet
from apps.incidents.models import Incident
from apps.paging.choices import Cause, Through
from apps.paging.models.policies import EscalationPolicy
from apps.paging.rules import Place, PolicyFacts, Taking
from apps.rollouts.models import Programme


class PageQuerySet(DueRowQuerySet["Page"]):
    def visible_to(self, person: Person) -> Self:
        if person.is_administrator:
            return self
        return self.filter(programme__in=person.programme_ids())

    def open(self) -> Self:
        """Those nobody has acknowledged, also when their rounds are over."""
        return self.filter(acknowledged_at=None)

    def past(self) -> Self:
        return self.exclude(acknowledged_at=None)

    def with_course(self) -> Self:
        """Programme, ticket, steps and whom they told: four queries, however many rows."""
        rows = self.select_related("programme", "incident")
        return rows.prefetch_related("steps__notices__person")


class Page(DueRow):
    """One escalation: it goes on until somebody acknowledges it or its rounds are over (`dead_at`).

    `plan` is the policy as it was at the start; an edit of the policy is for later pages. `round`
    and `position` are the step that is due at `due_at`, `taken` counts the steps so far.
    `reopened_at` is when it last began again.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="pages")
    policy = models.ForeignKey(
        EscalationPolicy, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    cause = models.CharField(max_length=30, choices=Cause.choices)
    subject = models.CharField(max_length=40)
    subject_key = models.CharField(max_length=120)
    incident = models.ForeignKey(
        Incident, null=True, blank=True, on_delete=models.PROTECT, related_name="pages"
    )
    words = models.CharField(max_length=300)
    plan = models.JSONField()
    is_urgent = models.BooleanField()
    round = models.PositiveIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    reopened_at = models.DateTimeField(null=True, blank=True)
    started_by = models.CharField(max_length=120)
    held_until = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.CharField(max_length=120, blank=True)
    acknowledged_through = models.CharField(max_length=10, choices=Through.choices, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "cause", "subject", "subject_key"],
                name="page_once_per_subject_and_cause",
            ),
            models.CheckConstraint(condition=Q(cause__in=Cause.values), name="page_cause_known"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by="", acknowledged_through="")
                | (Q(acknowledged_at__isnull=False) & ~Q(acknowledged_by="")),
                name="page_acknowledged_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, done_at=None)
                | Q(acknowledged_at__isnull=False, done_at__isnull=False),
                name="page_over_when_acknowledged",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], name="page_due", condition=Q(done_at=None, dead_at=None)
            ),
            models.Index(fields=["programme", "-id"], name="page_programme"),
            models.Index(fields=["-id"], name="page_open", condition=Q(acknowledged_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.get_cause_display()}: {self.words}"

    def facts(self) -> PolicyFacts:
        """The policy of this page as values for the rules."""
        return PolicyFacts.parse(self.plan)

    @property
    def place(self) -> Place:
        return Place(self.round, self.position)

    def hold(self) -> bool:
        """Lock the row until the transaction ends; False when it was acknowledged, or another
        worker has it.

        A read that locks, not an update: a row updated twice in a transaction makes PostgreSQL lock
        what it refers to as well, its ticket, which whoever acknowledges locks first.
        """
        return self._mine().select_for_update().values_list("pk").first() is not None

    def go_on(self, taking: Taking, *, now: datetime) -> None:
        """Note what was taken and when the next step is due; with none the page stands unanswered.
        Raises LeaseLost."""
        taken = self.taken + len(taking.steps)
        if taking.following is None or taking.due_at is None:
            self._update_mine(
                taken=taken, dead_at=now, leased_until=None, last_error="nobody acknowledged it"
            )
            return
        self._update_mine(
            taken=taken, round=taking.following.round, position=taking.following.position,
            due_at=taking.due_at, leased_until=None, unfinished=0, last_error="",
        )  # fmt: skip

    def is_last_resort(self, step: "PageStep") -> bool:
        """Whether this step of it told the last resort. A test has none: it tells one person, once,
        who has yet to look."""
        return step.position >= len(self.plan["steps"]) and self.cause != Cause.TEST

    @property
    def state(self) -> str:
        """In one word: acknowledged, unanswered (the rounds are over), or open."""
        if self.acknowledged_at:
            return "acknowledged"
        return "unanswered" if self.dead_at else "open"


class PageStep(models.Model):
    """A step that was taken; `passed` says in words whom it passed over and why."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    round = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()
    taken_at = models.DateTimeField()
    passed = models.JSONField(default=list)

    class Meta:
        ordering = ["page", "number"]
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="page_step_once"),
        ]

    def __str__(self) -> str:
        return f"step {self.number}"


class Notice(models.Model):
    """Somebody, or a channel, told by a step; `dedupe_key` is that of its delivery."""

    step = models.ForeignKey(PageStep, on_delete=models.CASCADE, related_name="notices")
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="notices"
    )
    channel = models.CharField(max_length=200, blank=True)
    way = models.CharField(max_length=30)
    dedupe_key = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None) & ~Q(channel="") | Q(person__isnull=False, channel=""),
                name="notice_tells_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.channel} by {self.way}"
