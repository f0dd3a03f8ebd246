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
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    STATE = "state", "State"
    ROUTED = "routed", "Routed"
    NOTE = "note", "Note"
    CHANGED = "changed", "Changed"
    RESOLVED = "resolved", "Resolved"
    REOPENED = "reopened", "Reopened"
    DUPLICATE = "duplicate", "Duplicate"
    TROUBLE = "trouble", "Trouble"


class Told(TextChoices):
    """How the reporter learned of the resolution."""

    THREAD = "thread", "Post it in the thread"
    OTHERWISE = "otherwise", "They were told another way"
    NOBODY = "nobody", "There is nobody to tell"
