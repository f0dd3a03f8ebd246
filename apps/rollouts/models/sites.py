"""The register of sites."""

import re
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from apps.accounts.choices import Role
from apps.accounts.models import Person
from apps.core.constraints import Written
from apps.rollouts.models.checks import valid_hours, valid_zone
from apps.rollouts.models.programmes import Programme
from apps.rollouts.models.versions import Versioned

DECIDING = (Role.PM, Role.DM, Role.ADMINISTRATOR)
ON_EARTH = Q(  # "is not null" said aloud: a check of an unknown value would pass
    latitude__isnull=False, longitude__isnull=False,
    latitude__range=(-90, 90), longitude__range=(-180, 180),
)  # fmt: skip


class SiteQuerySet(models.QuerySet["Site"]):
    def kept_from(self, person: Person) -> Self:
        """Sites a person who decides somewhere may not change: something goes live there, but in
        no programme in which they decide."""
        if person.is_administrator:
            return self.none()
        mine = person.memberships.filter(role__in=DECIDING).values("programme")
        used = self.exclude(go_lives=None)
        return used.exclude(go_lives__programme__in=mine)

    def to_export(self, programme: Programme) -> list["Site"]:
        """The sites of a programme with all that stand above them, and those of no programme at
        all (somebody registered them ahead), by number."""
        rows = {row.pk: row for row in self.select_related("parent")}
        mine = Q(go_lives__programme=programme) | Q(go_lives=None)
        found: set[int] = set()
        for pk in self.filter(mine).values_list("pk", flat=True):
            above: int | None = pk
            while above is not None and above not in found:
                found.add(above)
                above = rows[above].parent_id
        return sorted((rows[pk] for pk in found), key=lambda row: row.number)


class Site(Versioned):
    """A place, known to the whole portal; its number is text, its clock its own.

    A test site has go-lives and phases like any other, and counts nowhere.
    """

    number = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=160)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    region = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=40, blank=True)
    time_zone = models.CharField(max_length=60, validators=[valid_zone])
    latitude = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    opening_hours = models.JSONField(default=dict, blank=True, validators=[valid_hours])
    is_test = models.BooleanField(default=False)

    objects = SiteQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Written("number"),
                name="site_has_a_number",
                violation_error_message="A site has a number.",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="site_is_named"),
            models.CheckConstraint(condition=~Q(time_zone=""), name="site_has_a_clock"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="site_is_not_its_own_parent"
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None) | ON_EARTH,
                name="site_lies_on_earth",
            ),
            # The case is kept, but 442gc and 442GC are one place.
            models.UniqueConstraint(
                Upper("number"),
                name="site_number_once_in_any_case",
                violation_error_message="There is a site with this number already.",
            ),
        ]

    def is_kept_by(self, person: Person) -> bool:
        """Whether a person who decides somewhere decides for this site: in a programme in which
        something goes live there; while nothing does, anywhere."""
        return not Site.objects.kept_from(person).filter(pk=self.pk).exists()

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


def site_numbers_of(person: Person) -> list[re.Pattern[str]]:
    """What the number of a new site may look like: as a programme says in which the person
    decides; an administrator decides in all, and where there is none yet the portal's own."""
    rows = Programme.objects.all()
    if not person.is_administrator:
        members = person.memberships.filter(role__in=DECIDING)
        rows = rows.filter(pk__in=members.values("programme"))
    found = [row.site_numbers() for row in rows] or [Programme().site_numbers()]
    return list(dict.fromkeys(found))
