"""Words of the inbox: what a channel is for, how a message leaves the inbox."""

from django.db.models import TextChoices


class Purpose(TextChoices):
    GO_LIVE = "go-live", "Go-live"
    SUPPORT = "support", "Support"
    ALERTS = "alerts", "Alerts"
    UNKNOWN = "unknown", "Not bound yet"


class Exit(TextChoices):
    NONE = "none", "None yet"
    LOGGED = "logged", "Logged as a ticket"
    ATTACHED = "attached", "Attached to a ticket"
    DISMISSED = "dismissed", "No action"
