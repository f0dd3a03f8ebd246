"""Words of the roll-out: status, kinds of changes, readiness, sign-off, ways to reach people."""

from django.db.models import TextChoices


class Status(TextChoices):
    PLANNED = "planned", "Planned"
    LIVE = "live", "Live"
    PAUSED = "paused", "Paused"
    ROLLED_BACK = "rolled_back", "Rolled back"
    CANCELLED = "cancelled", "Cancelled"


# What is written down: nobody writes at each site's midnight that it is live, its date says so.
STORED = tuple(status.value for status in Status if status is not Status.LIVE)


class ChangeKind(TextChoices):
    PLAN = "plan", "Plan"
    MOVE = "move", "Move"
    PAUSE = "pause", "Pause"
    RESUME = "resume", "Resume"
    REDUCE = "reduce", "Reduce scope"
    CANCEL = "cancel", "Cancel"
    ROLL_BACK = "roll-back", "Roll back"


class Readiness(TextChoices):
    """How an item of the checklist stands for one go-live."""

    OPEN = "open", "Open"
    DONE = "done", "Done"
    NOT_APPLICABLE = "not_applicable", "Not needed"


class Part(TextChoices):
    """The two parts of a go/no-go sign-off; each is also the role that signs it."""

    PM = "pm", "Product Manager"
    DM = "dm", "Delivery Manager"


class Call(TextChoices):
    """What somebody signs."""

    GO = "go", "Go"
    NO_GO = "no-go", "No-go"


class Way(TextChoices):
    """How somebody is reached; each is a column of a contact."""

    EMAIL = "email", "E-mail"
    PHONE = "phone", "Phone"
    TEAMS = "teams", "Teams"
    SLACK = "slack", "Slack"
