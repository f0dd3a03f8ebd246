"""Programmes, products, sites, waves, go-lives, and the changes of their schedule."""

from datetime import date
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q

from apps.accounts.choices import Role
from apps.accounts.models import Person
from apps.connections.models import Connection
from apps.rollouts.choices import ChangeKind, Status
from apps.rollouts.rules import ChangeFacts, Facts, Folded, fold_changes


class OfProgramme(models.QuerySet[Any]):
    """Rows that carry a programme."""

    def visible_to(self, person: Person) -> Self:
        """Rows of the person's programmes; administrators see all."""
        if person.is_administrator:
            return self
        return self.filter(programme__in=person.programme_ids())


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, person: Person) -> Self:
        if person.is_administrator:
            return self
        return self.filter(pk__in=person.programme_ids())


class Programme(models.Model):
    """One roll-out. Dates are as shifted by `shift_weeks` (null: the shift was never asked for)."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    first_week = models.DateField()
    last_week = models.DateField()
    pace = models.PositiveSmallIntegerField(default=7)
    go_live_days = models.PositiveSmallIntegerField(default=7)
    time_zone = models.CharField(max_length=60)
    shift_weeks = models.IntegerField(null=True, blank=True)
    phases = models.JSONField(default=list, blank=True)
    labels = models.JSONField(default=dict, blank=True)
    sla = models.JSONField(default=dict, blank=True)
    severities = models.JSONField(default=list, blank=True)
    holidays = models.JSONField(default=list, blank=True)
    blackouts = models.JSONField(default=list, blank=True)
    closes_on = models.DateField(null=True, blank=True)
    connections = models.ManyToManyField(Connection, related_name="programmes", blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_week__gte=F("first_week")), name="programme_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(go_live_days__gte=1), name="programme_has_a_week"),
        ]

    def __str__(self) -> str:
        return self.name

    def holiday_dates(self) -> frozenset[date]:
        """Its configured holidays."""
        return frozenset(date.fromisoformat(row["on"]) for row in self.holidays)

    def where_to_ask(self, phase: str) -> str:
        """Where people of a site in this phase are told to ask; empty when not configured."""
        told = (row.get("where_to_ask", "") for row in self.phases if row["key"] == phase)
        return next(told, "")


class Membership(models.Model):
    """What a person is in a programme."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "programme", "role"], name="membership_once_per_role"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person} as {self.role}"


class Product(models.Model):
    """What goes live."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="products")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    queue_name = models.CharField(max_length=120, blank=True)

    objects = OfProgramme.as_manager()

    class Meta:
        ordering = ["programme", "id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "key"], name="product_keyed_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place, known to the whole portal; its number is text, its clock its own."""

    number = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=160)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    region = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=40, blank=True)
    time_zone = models.CharField(max_length=60)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    opening_hours = models.JSONField(default=dict, blank=True)
    is_test = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Wave(models.Model):
    """A week of the programme and what goes live in it."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="waves")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120, blank=True)
    starts_on = models.DateField()

    objects = OfProgramme.as_manager()

    class Meta:
        ordering = ["programme", "number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="wave_numbered_once"),
        ]

    def __str__(self) -> str:
        return f"wave {self.number}"


# Changes of these kinds make phases; plans and moves are in the date already.
INTERRUPTS = (ChangeKind.PAUSE, ChangeKind.RESUME, ChangeKind.ROLL_BACK, ChangeKind.CANCEL)


class GoLiveQuerySet(OfProgramme):
    def with_facts(self) -> Self:
        """Everything `facts()` needs, in a constant number of queries."""
        return self._with(ScheduleChangeItem.objects.select_related("change"))

    def with_phases(self) -> Self:
        """What the phase needs, and no more: of the changes only those that interrupt. `folded()`
        says neither date nor status then."""
        items = ScheduleChangeItem.objects.select_related("change")
        return self._with(items.filter(change__kind__in=INTERRUPTS))

    def _with(self, items: "models.QuerySet[ScheduleChangeItem]") -> Self:
        # Programme and product are a few rows: fetched once, not decoded again for each go-live.
        return self.select_related("site").prefetch_related(
            "programme", "product", models.Prefetch("changes", queryset=items)
        )


class GoLive(models.Model):
    """A product at a site. Dates and status change only through a ScheduleChange."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="go_lives")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="go_lives")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="go_lives")
    wave = models.ForeignKey(
        Wave, null=True, blank=True, on_delete=models.PROTECT, related_name="go_lives"
    )
    planned_on = models.DateField()
    actual_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PLANNED)
    scope = models.CharField(max_length=200, blank=True)

    objects = GoLiveQuerySet.as_manager()

    class Meta:
        ordering = ["planned_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "site", "product"],
                condition=~Q(status=Status.CANCELLED),
                name="go_live_once",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="go_live_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"go-live {self.pk}"

    def facts(self) -> Facts:
        """This go-live as values for the rules; its interruptions are its schedule changes."""
        return Facts(
            starts_on=self.actual_on or self.planned_on,
            zone=ZoneInfo(self.site.time_zone),
            days=self.programme.go_live_days,
            closes_on=self.programme.closes_on,
            events=self.folded().events,
        )

    def folded(self) -> Folded:
        """What its schedule changes come to: `status` and `planned_on` are kept equal to it."""
        return fold_changes(item.facts() for item in self.changes.all())


class ScheduleChange(models.Model):
    """One decision about many go-lives: what, why, who decided, whom to tell."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="schedule_changes"
    )
    kind = models.CharField(max_length=20, choices=ChangeKind.choices)
    reason = models.TextField()
    decided_by = models.CharField(max_length=120)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    tell = models.JSONField(default=list, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=120, blank=True)

    objects = OfProgramme.as_manager()

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="schedule_change_has_a_reason"),
            models.CheckConstraint(
                condition=Q(undone_at=None) | Q(announced_at=None),
                name="schedule_change_announced_stays",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ScheduleChangeItem(models.Model):
    """What a change does to one go-live."""

    change = models.ForeignKey(ScheduleChange, on_delete=models.CASCADE, related_name="items")
    go_live = models.ForeignKey(GoLive, on_delete=models.CASCADE, related_name="changes")
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)
    from_scope = models.CharField(max_length=200, blank=True)
    to_scope = models.CharField(max_length=200, blank=True)
    from_wave = models.ForeignKey(
        Wave, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    to_wave = models.ForeignKey(
        Wave, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    effective_at = models.DateTimeField()

    class Meta:
        ordering = ["effective_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "go_live"], name="go_live_once_per_schedule_change"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change} of {self.go_live}"

    def facts(self) -> ChangeFacts:
        return ChangeFacts(
            kind=self.change.kind,
            effective_at=self.effective_at,
            to_on=self.to_on,
            is_undone=self.change.undone_at is not None,
        )


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
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"hold of {self.go_live_id}"
