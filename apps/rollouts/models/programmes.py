"""Programmes, who is what in them, their products and waves."""

import re
from collections import ChainMap
from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from apps.accounts.choices import Role
from apps.accounts.models import Person
from apps.connections.models import Connection
from apps.core.periods import local_midnight
from apps.rollouts.models.checks import (
    valid_blackouts,
    valid_calendar,
    valid_holidays,
    valid_labels,
    valid_phases,
    valid_zone,
)
from apps.rollouts.models.versions import Versioned
from apps.rollouts.rules import public_holidays


class OfProgramme(models.QuerySet[Any]):
    """Rows that carry a programme."""

    def visible_to(self, person: Person) -> Self:
        """Rows of the person's programmes; administrators see all."""
        if person.is_administrator:
            return self
        return self.filter(programme__in=person.programme_ids())


def is_pattern(text: str) -> None:
    """Raise ValidationError for what is no regular expression."""
    try:
        re.compile(text)
    except re.error as problem:
        raise ValidationError(f"{text!r} is no regular expression: {problem}") from problem


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, person: Person) -> Self:
        if person.is_administrator:
            return self
        return self.filter(pk__in=person.programme_ids())


class Programme(Versioned):
    """One roll-out. Dates are as shifted by `shift_weeks` (null: the shift was never asked for)."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    first_week = models.DateField()
    last_week = models.DateField()
    pace = models.PositiveSmallIntegerField(default=7, validators=[MinValueValidator(1)])
    go_live_days = models.PositiveSmallIntegerField(
        default=7, validators=[MinValueValidator(1), MaxValueValidator(366)]
    )
    time_zone = models.CharField(max_length=60, validators=[valid_zone])
    shift_weeks = models.IntegerField(null=True, blank=True)
    phases = models.JSONField(default=list, blank=True, validators=[valid_phases])
    labels = models.JSONField(default=dict, blank=True, validators=[valid_labels])
    sla = models.JSONField(default=dict, blank=True)
    severities = models.JSONField(default=list, blank=True)
    # Public holidays of a country or a part of one ("US", "US-PR"); empty: only those listed.
    holiday_calendar = models.CharField(max_length=12, blank=True, validators=[valid_calendar])
    holidays = models.JSONField(default=list, blank=True, validators=[valid_holidays])
    blackouts = models.JSONField(default=list, blank=True, validators=[valid_blackouts])
    closes_on = models.DateField(null=True, blank=True)
    # What a site's number looks like here; empty: as the setting SITE_NUMBER_PATTERN says.
    site_number_pattern = models.CharField(max_length=200, blank=True, validators=[is_pattern])
    # Headers of imported files that somebody said the meaning of: {"schedule": {"sta3n": "site"}}.
    import_columns = models.JSONField(default=dict, blank=True, editable=False)
    connections = models.ManyToManyField(Connection, related_name="programmes", blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_week__gte=F("first_week")),
                name="programme_ends_after_it_starts",
                violation_error_message="The last week is before the first.",
            ),
            models.CheckConstraint(condition=Q(go_live_days__gte=1), name="programme_has_a_week"),
            models.CheckConstraint(condition=Q(pace__gte=1), name="programme_has_a_pace"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def programme_id(self) -> int | None:
        """Roles in a programme count for the programme itself, as for everything of it."""
        return self.pk

    @property
    def over_at(self) -> datetime:
        """When it is over (UTC): on its closing date, else after the go-lives of the last week."""
        days = timedelta(days=7 + self.go_live_days)
        return local_midnight(self.closes_on or self.last_week + days, ZoneInfo(self.time_zone))

    def holiday_names(self) -> ChainMap[date, str]:
        """Its holidays by day: those of its calendar, and those it lists, whose names win. Pages
        ask for each of their weeks: nothing is copied."""
        listed = {
            date.fromisoformat(row["on"]): row["name"] or "a holiday" for row in self.holidays
        }
        return ChainMap(listed, public_holidays(self.holiday_calendar))

    def holiday_dates(self) -> frozenset[date]:
        """The days of `holiday_names`."""
        return frozenset(self.holiday_names())

    def site_numbers(self) -> re.Pattern[str]:
        """What the number of a new site has to look like, whole."""
        return re.compile(self.site_number_pattern or settings.SITE_NUMBER_PATTERN, re.ASCII)

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


class Product(Versioned):
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
            models.UniqueConstraint(fields=["id", "programme"], name="product_of_programme"),
        ]

    def __str__(self) -> str:
        return self.name


class Wave(Versioned):
    """A week of the programme and what goes live in it."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="waves")
    number = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    name = models.CharField(max_length=120, blank=True)
    starts_on = models.DateField()

    objects = OfProgramme.as_manager()

    class Meta:
        ordering = ["programme", "number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="wave_numbered_once"),
            models.UniqueConstraint(fields=["id", "programme"], name="wave_of_programme"),
            models.CheckConstraint(condition=Q(number__gte=1), name="wave_number_positive"),
        ]

    def __str__(self) -> str:
        return f"wave {self.number}"
