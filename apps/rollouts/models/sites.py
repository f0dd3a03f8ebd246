"""The register of sites."""

from django.db import models


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
