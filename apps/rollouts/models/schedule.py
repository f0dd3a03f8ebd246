"""Go-lives and the changes of their schedule."""

from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q

from apps.rollouts.choices import ChangeKind, Status
from apps.rollouts.models.programmes import OfProgramme, Product, Programme, Wave
from apps.rollouts.models.sites import Site
from apps.rollouts.rules import ChangeFacts, Facts, Folded, fold_changes

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
        # As a plain list: Django would make a query set for each go-live, most of them for nothing.
        return self._with(items.filter(change__kind__in=INTERRUPTS), to_attr="interruptions")

    def _with(
        self, items: "models.QuerySet[ScheduleChangeItem]", to_attr: str | None = None
    ) -> Self:
        # Programme and product are a few rows: fetched once, not decoded again for each go-live.
        return self.select_related("site").prefetch_related(
            "programme", "product", models.Prefetch("changes", queryset=items, to_attr=to_attr)
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
        read: list[ScheduleChangeItem] | None = getattr(self, "interruptions", None)
        items = self.changes.all() if read is None else read
        return fold_changes(item.facts() for item in items)


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
