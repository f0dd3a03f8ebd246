"""ServiceNow's records as last seen, and which of them belongs to which incident of ours."""

from django.db import models

from apps.connections.models import Connection
from apps.incidents.models import Incident


class Record(models.Model):
    """Theirs: many, thin, their own audit trail. Times are ServiceNow's, UTC."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="records")
    sys_id = models.CharField(max_length=32)
    number = models.CharField(max_length=40)
    state = models.CharField(max_length=40, blank=True)
    group = models.CharField(max_length=120, blank=True)
    short_description = models.CharField(max_length=200, blank=True)
    sys_updated_on = models.DateTimeField(null=True, blank=True)
    sys_mod_count = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "sys_id"], name="record_known_once"),
        ]
        indexes = [
            models.Index(fields=["connection", "sys_updated_on"], name="record_updated"),
            models.Index(fields=["number"], name="record_number"),
        ]

    def __str__(self) -> str:
        return self.number


class Link(models.Model):
    """One incident and its one record. `last_sent` is what we last told ServiceNow."""

    incident = models.OneToOneField(
        Incident, on_delete=models.CASCADE, related_name="servicenow_link"
    )
    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="link")
    last_sent = models.JSONField(default=dict)
    linked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.incident_id} = {self.record_id}"
