"""Incidents (pages say "ticket"), their timeline, the queues and categories they stand in."""

import re
import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from apps.accounts.choices import Role
from apps.accounts.models import Person
from apps.core.fields import EncryptedTextField
from apps.incidents import searching as search
from apps.incidents.choices import EntryKind, State, Told
from apps.incidents.rules import Clocks, next_due
from apps.rollouts.models import Product, Programme, Site

TAKES_TICKETS = (Role.ENGINEER, Role.PM, Role.DM, Role.DEVOPS)
NUMBER = re.compile(r"RC-(\d{1,18})\Z", re.IGNORECASE)
ONE_TO_THREE = Q(severity__in=(1, 2, 3), impact__in=(1, 2, 3), urgency__in=(1, 2, 3))


def assignable(*programmes: Programme) -> "models.QuerySet[Person]":
    """Those a ticket of one of these programmes may be given to."""
    mine = Q(memberships__programme__in=programmes, memberships__role__in=TAKES_TICKETS)
    return Person.objects.filter(mine, is_active=True).distinct().order_by("name")


class Queue(models.Model):
    """An assignment group that answers for tickets; `ours` when its people are this team."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="queues")
    name = models.CharField(max_length=120)
    tier = models.PositiveSmallIntegerField(default=2)
    ours = models.BooleanField(default=False)
    email = models.EmailField(blank=True)

    class Meta:
        ordering = ["programme", "tier", "name"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "name"], name="queue_named_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """What kind of trouble; `words` propose it, `queue` routes it when set."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="categories")
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)
    words = models.JSONField(default=list, blank=True)
    queue = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.SET_NULL)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["programme", "position", "key"]
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(fields=["programme", "key"], name="category_keyed_once"),
        ]

    def __str__(self) -> str:
        return self.label


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, person: Person) -> Self:
        if person.is_administrator:
            return self
        return self.filter(programme__in=person.programme_ids())

    def listed_for(self, person: Person) -> Self:
        """As `visible_to`. Who belongs to one programme gets it as a plain condition: then its
        index gives the rows in the order of a list, where one over a sub-query has them sorted."""
        only = None if person.is_administrator else person.only_programme()
        return self.visible_to(person) if only is None else self.filter(programme=only)

    def with_facts(self) -> Self:
        """Everything an answer about an incident needs, in two queries.

        Programmes are few and fetched beside: joined, SQLite begins with them and sorts every
        ticket, where the index has the order already.
        """
        return self.select_related(
            "site", "product", "category", "queue", "assignee", "servicenow_link__record"
        ).prefetch_related("programme")

    def numbered(self, number: str) -> Self:
        """The incident with this number ("RC-12"); none when it is not a number."""
        match = NUMBER.match(number.strip())
        return self.filter(pk=int(match[1])) if match else self.none()

    def matching(self, text: str) -> Self:
        """Whose words contain the text, in any case; over an index on both databases."""
        return self.filter(search.containing(text))

    def open(self) -> Self:
        return self.exclude(state__in=(State.RESOLVED, State.CLOSED))


class Incident(models.Model):
    """A ticket of ours: few and rich. `key` is what other systems are told (correlation id)."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="incidents")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    protected = EncryptedTextField(blank=True, default="")
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.PROTECT, related_name="incidents"
    )
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="incidents"
    )
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.SET_NULL)
    queue = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.PROTECT)
    assignee = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="incidents"
    )
    phase = models.CharField(max_length=40, blank=True)
    severity = models.PositiveSmallIntegerField()
    impact = models.PositiveSmallIntegerField()
    urgency = models.PositiveSmallIntegerField()
    priority = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.NEW)
    reporter = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    acknowledge_due_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    response_due_at = models.DateTimeField()
    first_response_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution = models.TextField(blank=True)
    told = models.CharField(max_length=20, choices=Told.choices, blank=True)
    reporter_told_at = models.DateTimeField(null=True, blank=True)
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates"
    )
    search_text = models.TextField(blank=True)
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=ONE_TO_THREE, name="incident_levels_1_to_3"),
            models.CheckConstraint(
                condition=Q(priority__gte=1, priority__lte=5), name="incident_priority_1_to_5"
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="incident_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(State.RESOLVED, State.CLOSED)) | ~Q(resolved_at=None),
                name="incident_resolved_at_an_instant",
            ),
            models.CheckConstraint(
                condition=~Q(duplicate_of=models.F("id")), name="incident_not_its_own_duplicate"
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "-id"], name="incident_programme"),
            models.Index(fields=["programme", "updated_at", "id"], name="incident_updated"),
            models.Index(fields=["programme", "severity", "id"], name="incident_severity"),
            models.Index(fields=["programme", "opened_at", "assignee"], name="incident_opened"),
            models.Index(fields=["programme", "acknowledged_at"], name="incident_acknowledged"),
            models.Index(
                fields=["programme", "severity", "id"],
                name="incident_open_severity",
                condition=~Q(state__in=(State.RESOLVED, State.CLOSED)),
            ),
            models.Index(fields=["site", "-id"], name="incident_site"),
            models.Index(fields=["assignee", "state", "-id"], name="incident_assignee"),
            models.Index(
                fields=["programme", "acknowledge_due_at", "id"],
                name="incident_running",
                condition=~Q(state__in=(State.RESOLVED, State.CLOSED)),
            ),
            models.Index(
                fields=["acknowledge_due_at", "id"],
                name="incident_urgent",
                condition=~Q(state__in=(State.RESOLVED, State.CLOSED)) & Q(severity=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def number(self) -> str:
        """What people call it."""
        return f"RC-{self.pk}"

    def words(self) -> str:
        """What the search looks in; masked, as all of these are."""
        site = f"{self.site.number} {self.site.name}" if self.site else ""
        number = self.number if self.pk else ""
        parts = (number, self.title, self.description, site, self.reporter)
        return " ".join(" ".join(filter(None, parts)).split())

    @property
    def due_at(self) -> datetime | None:
        """The instant of the clock that runs now, or None (see rules.next_due)."""
        return next_due(
            acknowledged=self.acknowledged_at is not None,
            answered=self.first_response_at is not None,
            resolved=self.resolved_at is not None,
            clocks=Clocks(self.acknowledge_due_at, self.response_due_at),
        )


class Entry(models.Model):
    """One line of an incident's timeline; `source_at` is when it happened where it came from."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="entries")
    at = models.DateTimeField()
    source_at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=EntryKind.choices)
    actor = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["source_at", "id"]
        indexes = [models.Index(fields=["incident", "source_at", "id"], name="entry_timeline")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.kind}"


class SavedView(models.Model):
    """A filter of the list of tickets that somebody kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["person", "name"], name="saved_view_named_once"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
