"""Words of the inbox: what a channel is for, how a message leaves the inbox."""

from django.db.models import TextChoices

from apps.accounts.choices import Role

HANDLES = frozenset({Role.ENGINEER.value, Role.PM.value, Role.DM.value, Role.ADMINISTRATOR.value})


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


USUAL_REASONS = (  # for no action; keys 1 to 5 of the dialog
    "Answered in the thread",
    "Already reported in ServiceNow",
    "Not about this roll-out",
    "Announcement or thanks",
    "Our own test",
)
