"""How often a rota hands over, what a shift comes from, the duties everybody knows."""

from enum import StrEnum


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
