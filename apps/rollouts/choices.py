"""Words of the roll-out: status of a go-live, kinds of schedule changes, shipped phases."""

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
