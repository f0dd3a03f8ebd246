"""Rows that programs change: each has a version, so that nobody overwrites what they never saw."""

from django.db import models


class Versioned(models.Model):
    """A row whose `version` rises with every write; services and the admin raise it."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
