"""The checklist of a programme, its items for each go-live, and what was ticked in one act."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q

from apps.accounts.choices import Role
from apps.accounts.models import Person
from apps.rollouts.choices import Readiness, Status
from apps.rollouts.models.programmes import OfProgramme, Product, Programme
from apps.rollouts.models.schedule import GoLive
from apps.rollouts.models.versions import Versioned
from apps.rollouts.rules.readiness import ItemFacts, due_at, due_on

OWNERS = (Role.ENGINEER, Role.PM, Role.DM, Role.DEVOPS)


class TemplateQuerySet(OfProgramme):
    def current(self) -> Self:
        """Those of the checklist as it is now, in its order."""
        return self.filter(retired_at=None).order_by("position", "id")


class ReadinessTemplate(models.Model):
    """One item of a programme's checklist. A retired one keeps what was ticked."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="checklist")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    owner_role = models.CharField(
        max_length=20, choices=[(role.value, role.label) for role in OWNERS]
    )
    offset_days = models.SmallIntegerField(help_text="Days after the go-live; -7 is a week before.")
    is_blocking = models.BooleanField(default=False, help_text="The wave does not go without it.")
    position = models.PositiveSmallIntegerField(default=0)
    products = models.ManyToManyField(
        Product, blank=True, related_name="+", help_text="Only for these; for all when empty."
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        ordering = ["programme", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "key"], name="readiness_template_keyed_once"
            ),
            models.CheckConstraint(
                condition=Q(owner_role__in=OWNERS), name="readiness_owner_role_known"
            ),
            models.CheckConstraint(
                condition=Q(is_blocking=False) | Q(offset_days__lte=0),
                name="readiness_blocks_before_the_go_live",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ItemQuerySet(models.QuerySet["ReadinessItem"]):
    def visible_to(self, person: Person) -> Self:
        """Items of the person's programmes; administrators see all."""
        if person.is_administrator:
            return self
        return self.filter(go_live__programme__in=person.programme_ids())

    def current(self) -> Self:
        """Items the checklist asks for now: not those of retired templates, of products a
        template no longer names, and of cancelled go-lives."""
        asked = Q(template__products=None) | Q(template__products=F("go_live__product"))
        return self.filter(asked, template__retired_at=None).exclude(
            go_live__status=Status.CANCELLED
        )

    def with_facts(self) -> Self:
        """Everything that shows an item, in one query."""
        return self.select_related(
            "template", "owner", "go_live__site", "go_live__product", "go_live__wave",
            "go_live__programme",
        )  # fmt: skip

    def due_until(self, day: date, templates: Iterable[ReadinessTemplate]) -> Self:
        """Items of these templates whose day is not after `day`. What is due when follows from the
        go-live's date: it stands in no column, and each template asks with its own offset."""
        wanted = Q(pk__in=())
        for one in templates:
            planned = due_on(day, -one.offset_days)
            wanted |= Q(template=one) & (
                Q(go_live__actual_on__lte=planned)
                | Q(go_live__actual_on=None, go_live__planned_on__lte=planned)
            )
        return self.filter(wanted)


class ReadinessItem(Versioned):
    """A template for one go-live: open, done or not needed, by whom, and what shows it."""

    template = models.ForeignKey(ReadinessTemplate, on_delete=models.CASCADE, related_name="items")
    go_live = models.ForeignKey(GoLive, on_delete=models.CASCADE, related_name="readiness")
    state = models.CharField(max_length=20, choices=Readiness.choices, default=Readiness.OPEN)
    evidence = models.TextField(blank=True)
    changed_by = models.CharField(max_length=120, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    owner = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="readiness"
    )

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["template"], condition=Q(state=Readiness.OPEN), name="readiness_open"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["template", "go_live"], name="readiness_item_once"),
            models.CheckConstraint(
                condition=Q(state__in=Readiness.values), name="readiness_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=Readiness.NOT_APPLICABLE, evidence=""),
                name="readiness_not_needed_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state=Readiness.OPEN) | Q(changed_at__isnull=False) & ~Q(changed_by=""),
                name="readiness_ticked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"readiness {self.pk}"

    @property
    def programme_id(self) -> int:
        return self.go_live.programme_id

    @property
    def label(self) -> str:
        """How the ledger names it: site, product, item."""
        return f"{self.go_live.site.number} {self.go_live.product.key} {self.template.key}"

    @property
    def due_on(self) -> date:
        """The day it is due; it follows a go-live that is moved."""
        return due_on(self.go_live.starts_on, self.template.offset_days)

    @property
    def due_at(self) -> datetime:
        """The instant that day ends at the site."""
        zone = ZoneInfo(self.go_live.site.time_zone)
        return due_at(self.go_live.starts_on, self.template.offset_days, zone)

    def facts(self) -> ItemFacts:
        """This item as values for the rules."""
        return ItemFacts(
            self.state, self.due_at, self.template.is_blocking, status=self.go_live.status
        )


class ReadinessBatch(models.Model):
    """One act of ticking: many items at once, taken back together."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=120, blank=True)

    objects = OfProgramme.as_manager()

    def __str__(self) -> str:
        return f"batch {self.pk}"


class ReadinessStep(models.Model):
    """What an act did to one item: how the item stood before it, so that it can be undone."""

    batch = models.ForeignKey(ReadinessBatch, on_delete=models.CASCADE, related_name="steps")
    item = models.ForeignKey(ReadinessItem, on_delete=models.CASCADE, related_name="steps")
    from_state = models.CharField(max_length=20, choices=Readiness.choices)
    to_state = models.CharField(max_length=20, choices=Readiness.choices)
    from_evidence = models.TextField(blank=True)
    to_evidence = models.TextField(blank=True)
    from_by = models.CharField(max_length=120, blank=True)
    from_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "item"], name="readiness_item_once_per_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.batch} of {self.item_id}"
