"""Words of an incident: its states, and what stands on its timeline."""

from django.db.models import TextChoices


class State(TextChoices):
    NEW = "new", "New"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    IN_PROGRESS = "in_progress", "In progress"
    WAITING_FOR_SITE = "waiting_for_site", "Waiting for site"
    WAITING_FOR_TEAM = "waiting_for_team", "Waiting for other team"
    RESOLVED = "resolved", "Resolved"
    CLOSED = "closed", "Closed"


class EntryKind(TextChoices):
    OPENED = "opened", "Opened"
    MESSAGE = "message", "Message"
    ASSIGNED = "assigned", "Assigned"
    SERVICENOW = "servicenow", "ServiceNow"
    REPLY = "reply", "Reply"
    TROUBLE = "trouble", "Trouble"
