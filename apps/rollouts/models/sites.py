"""The register of sites."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from apps.core.validators import validate_hours, validate_zone

ON_EARTH = Q(  # "is not null" said aloud: a check of an unknown value would pass
    latitude__isnull=False, longitude__isnull=False,
    latitude__range=(-90, 90), longitude__range=(-180, 180),
)  # fmt: skip


class Site(models.Model):
    """A place, known to the whole portal; its number is text, its clock its own.

    A test site has go-lives and phases like any other, and counts nowhere.
    """

    number = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=160)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    region = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=40, blank=True)
    time_zone = models.CharField(max_length=60, validators=[validate_zone])
    latitude = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    opening_hours = models.JSONField(default=dict, blank=True, validators=[validate_hours])
    is_test = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=~Q(number="") & ~Q(name=""), name="site_is_named"),
            models.CheckConstraint(condition=~Q(time_zone=""), name="site_has_a_clock"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="site_is_not_its_own_parent"
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None) | ON_EARTH,
                name="site_lies_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
