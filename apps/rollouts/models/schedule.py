"""Go-lives and the changes of their schedule."""

from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from apps.core.constraints import ReferencesTogether, Written
from apps.rollouts.choices import STORED, ChangeKind, Status
from apps.rollouts.models.programmes import OfProgramme, Product, Programme, Wave
from apps.rollouts.models.sites import Site
from apps.rollouts.models.versions import Versioned
from apps.rollouts.rules import ChangeFacts, Facts, Folded, fold_changes
from apps.rollouts.rules.calendars import YEARS

# Changes of these kinds make phases; plans and moves are in the date already.
INTERRUPTS = (ChangeKind.PAUSE, ChangeKind.RESUME, ChangeKind.ROLL_BACK, ChangeKind.CANCEL)
DAYS = (date(YEARS[0], 1, 1), date(YEARS[-1], 12, 31))


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

    def in_status(self, status: str, now: datetime) -> Self:
        """Those in a status as people know it: what is planned is live once its day has come."""
        if status not in {Status.PLANNED, Status.LIVE}:
            return self.filter(status=status)
        begun = self.filter(status=Status.PLANNED).annotate(
            first_day=Coalesce("actual_on", "planned_on")
        )
        has_come = _has_come(now)
        return begun.filter(has_come) if status == Status.LIVE else begun.exclude(has_come)


def _has_come(now: datetime) -> Q:
    """The first day has begun on the site's own clock; the zones are asked for, not the sites."""
    by_day: dict[date, list[str]] = {}
    for zone in Site.objects.order_by().values_list("time_zone", flat=True).distinct():
        by_day.setdefault(now.astimezone(ZoneInfo(zone)).date(), []).append(zone)
    found = Q(pk__in=[])
    for day, zones in by_day.items():
        found |= Q(first_day__lte=day, site__time_zone__in=zones)
    return found


class GoLive(Versioned):
    """A product at a site. Dates and status change only through a ScheduleChange, and are kept
    equal to what its changes come to (docs/adr/0016)."""

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
            models.CheckConstraint(condition=Q(status__in=STORED), name="go_live_status_known"),
            models.CheckConstraint(
                condition=Q(planned_on__range=DAYS)
                & (Q(actual_on=None) | Q(actual_on__range=DAYS)),
                name="go_live_within_the_calendar",
            ),
            ReferencesTogether(
                columns=["product_id", "programme_id"],
                to_table="rollouts_product",
                to_columns=["id", "programme_id"],
                name="go_live_product_of_its_programme",
            ),
            ReferencesTogether(
                columns=["wave_id", "programme_id"],
                to_table="rollouts_wave",
                to_columns=["id", "programme_id"],
                name="go_live_wave_of_its_programme",
            ),
        ]

    def __str__(self) -> str:
        return f"go-live {self.pk}"

    @property
    def starts_on(self) -> date:
        """Its first day: the one it really began on, where another was noted."""
        return self.actual_on or self.planned_on

    def status_at(self, now: datetime) -> str:
        """The status as people know it; see `in_status`."""
        today = now.astimezone(ZoneInfo(self.site.time_zone)).date()
        is_live = self.status == Status.PLANNED and self.starts_on <= today
        return Status.LIVE.value if is_live else self.status

    def facts(self) -> Facts:
        """This go-live as values for the rules; its interruptions are its schedule changes."""
        return Facts(
            starts_on=self.starts_on,
            zone=ZoneInfo(self.site.time_zone),
            days=self.programme.go_live_days,
            closes_on=self.programme.closes_on,
            events=self.folded().events,
        )

    def folded(self) -> Folded:
        """What its schedule changes come to: status and dates are kept equal to it."""
        read: list[ScheduleChangeItem] | None = getattr(self, "interruptions", None)
        items = self.changes.all() if read is None else read
        return fold_changes(item.facts() for item in items)


class ChangeQuerySet(OfProgramme):
    def with_some_items(self, most: int) -> Self:
        """With `some_items`, the first of the go-lives each is about, and `count`, of how many: one
        change may be about ten thousand."""
        items = ScheduleChangeItem.objects.select_related(
            "go_live__site", "go_live__product", "from_wave", "to_wave"
        ).order_by("id")
        mine = ScheduleChangeItem.objects.filter(change=models.OuterRef("pk")).order_by()
        count = mine.values("change").annotate(count=models.Count("pk")).values("count")
        rows = self.annotate(count=Coalesce(models.Subquery(count), 0))
        return rows.prefetch_related(
            models.Prefetch("items", queryset=items[:most], to_attr="some_items")
        )


class ScheduleChange(Versioned):
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

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ChangeKind.values), name="schedule_change_kind_known"
            ),
            models.CheckConstraint(
                condition=Written("reason"), name="schedule_change_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Written("decided_by"), name="schedule_change_has_a_decider"
            ),
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
    # `to_on` is the day it really began; else the day it is planned for.
    is_actual = models.BooleanField(default=False)

    class Meta:
        ordering = ["effective_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "go_live"], name="go_live_once_per_schedule_change"
            ),
            models.CheckConstraint(
                condition=Q(is_actual=False) | Q(to_on__isnull=False),
                name="schedule_change_actual_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change} of {self.go_live}"

    def facts(self) -> ChangeFacts:
        return ChangeFacts(
            kind=self.change.kind,
            effective_at=self.effective_at,
            to_on=self.to_on,
            is_actual=self.is_actual,
            is_undone=self.change.undone_at is not None,
        )
