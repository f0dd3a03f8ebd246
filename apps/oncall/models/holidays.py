"""What has to be muted over a holiday: prepared for whoever is on duty, confirmed or not needed."""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from apps.accounts.models import Person
from apps.core.periods import Period
from apps.oncall.choices import GONE, SYSTEM, Preparation
from apps.oncall.models.rotas import Rota
from apps.oncall.rules.breaks import Downtime, named_days

OPEN = Q(state=Preparation.PREPARED)


class HolidayDutyQuerySet(models.QuerySet["HolidayDuty"]):
    def visible_to(self, person: Person) -> Self:
        """Those of the programmes the person belongs to; all of them for an administrator."""
        if person.is_administrator:
            return self
        return self.filter(rota__programme__in=person.programme_ids())

    def prepared(self) -> Self:
        """Those that wait for somebody."""
        return self.filter(OPEN)

    def waiting_for(self, person: Person, now: datetime) -> Self:
        """Those this person is asked to confirm, while there is something left to mute."""
        return self.prepared().filter(person=person, ends_at__gt=now).order_by("starts_at", "id")

    def with_people(self) -> Self:
        return self.select_related("rota__programme", "person")


class HolidayDuty(models.Model):
    """The downtime of a rota over the days off after `prepared_on`, the last working day in front
    of them: one for all holidays with nothing but weekends between them.

    `person` is whoever has the first duty; until it is decided, and until it is over, it follows
    the schedule. The hours follow the rota until somebody has adjusted them. Rollcall creates no
    downtime itself: who confirms has copied it into Datadog.
    """

    rota = models.ForeignKey(Rota, on_delete=models.CASCADE, related_name="holiday_duties")
    prepared_on = models.DateField()
    holidays = models.JSONField()  # [{"on": "2022-07-04", "name": "Independence Day"}]
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="holiday_duties")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_adjusted = models.BooleanField(default=False)
    mute = models.TextField(blank=True)
    state = models.CharField(
        max_length=10, choices=Preparation.choices, default=Preparation.PREPARED
    )
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = HolidayDutyQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-id"]
        verbose_name_plural = "holiday duties"
        constraints = [
            models.UniqueConstraint(fields=["rota", "prepared_on"], name="holiday_duty_once"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="holiday_duty_has_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=Preparation.values), name="holiday_duty_state_known"
            ),
            models.CheckConstraint(
                condition=(OPEN & Q(decided_at=None, decided_by=""))
                | (~OPEN & Q(decided_at__isnull=False) & ~Q(decided_by="")),
                name="holiday_duty_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=Preparation.WITHDRAWN) | ~Q(reason=""),
                name="holiday_duty_not_needed_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["-starts_at", "-id"], name="holiday_duty_latest"),
            models.Index(fields=["person", "starts_at"], name="holiday_duty_open", condition=OPEN),
        ]

    def __str__(self) -> str:
        return f"{self.rota}: {self.names}"

    @property
    def programme_id(self) -> int:
        return self.rota.programme_id

    @property
    def is_gone(self) -> bool:
        """Put aside because its days were none off any more, by nobody in person."""
        said = (self.state, self.decided_by, self.reason)
        return said == (Preparation.WITHDRAWN, SYSTEM, GONE)

    @property
    def names(self) -> str:
        """The holidays, as people call them."""
        return named_days([row["name"] for row in self.holidays])

    @property
    def days(self) -> list[tuple[date, str]]:
        """Each holiday and its name, in order."""
        return [(date.fromisoformat(row["on"]), row["name"]) for row in self.holidays]

    @property
    def period(self) -> Period:
        return Period(self.starts_at, self.ends_at)

    @property
    def downtime(self) -> Downtime:
        """What is to be typed into Datadog, in the rota's zone."""
        return Downtime(
            period=self.period, mute=self.mute, zone=self.rota.time_zone,
            message=f"{self.names}: so little happens that monitors would fire for nothing"
            f" ({self.rota.programme})",
        )  # fmt: skip
