"""Words of the roll-out: status of a go-live, kinds of schedule changes, ways to reach people."""

from django.db.models import TextChoices


class Status(TextChoices):
    PLANNED = "planned", "Planned"
    LIVE = "live", "Live"
    PAUSED = "paused", "Paused"
    ROLLED_BACK = "rolled_back", "Rolled back"
    CANCELLED = "cancelled", "Cancelled"


class ChangeKind(TextChoices):
    PLAN = "plan", "Plan"
    MOVE = "move", "Move"
    PAUSE = "pause", "Pause"
    RESUME = "resume", "Resume"
    REDUCE = "reduce", "Reduce scope"
    CANCEL = "cancel", "Cancel"
    ROLL_BACK = "roll-back", "Roll back"


class Way(TextChoices):
    """How somebody is reached; each is a column of a contact."""

    EMAIL = "email", "E-mail"
    PHONE = "phone", "Phone"
    TEAMS = "teams", "Teams"
    SLACK = "slack", "Slack"
