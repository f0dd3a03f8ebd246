"""How often a rota hands over, what a shift comes from, the duties everybody knows."""

from enum import StrEnum

from django.db.models import TextChoices


class Unit(StrEnum):
    """What makes one slot: each window of its own, a day, a week, two weeks."""

    SHIFT = "shift"
    DAY = "day"
    WEEK = "week"
    SPRINT = "sprint"


class Source(StrEnum):
    """Why somebody has a shift: their turn, an override, or standing in after an override."""

    ROTA = "rota"
    OVERRIDE = "override"
    STAND_IN = "stand-in"


PRIMARY = "primary"
BACKUP = "backup"
CHOOSING = {PRIMARY: 0, BACKUP: 1}  # the order in which duties choose; others come last
LAST = 2


class Preparation(TextChoices):
    """Where the downtime of a holiday stands."""

    PREPARED = "prepared"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn", "Not needed"


SYSTEM = "system"  # who decides without a person
GONE = "there are no such days off any more"  # why it says that a downtime is not needed


class Answer(TextChoices):
    """What became of a request for cover."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    PASSED = "passed", "Passed unanswered"
