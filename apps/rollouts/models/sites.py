"""The register of sites."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from apps.accounts.choices import Role
from apps.accounts.models import Person
from apps.core.constraints import Written
from apps.rollouts.models.checks import valid_hours, valid_zone
from apps.rollouts.models.versions import Versioned

DECIDING = (Role.PM, Role.DM, Role.ADMINISTRATOR)
ON_EARTH = Q(  # "is not null" said aloud: a check of an unknown value would pass
    latitude__isnull=False, longitude__isnull=False,
    latitude__range=(-90, 90), longitude__range=(-180, 180),
)  # fmt: skip


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
        if person.is_administrator:
            return True
        members = person.memberships.filter(role__in=DECIDING)
        mine = self.go_lives.filter(programme__in=members.values("programme"))
        return mine.exists() or not self.go_lives.exists()

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
