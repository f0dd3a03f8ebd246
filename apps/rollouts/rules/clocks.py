"""How the clocks of two places differ at an instant, in words."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def offset_words(zone: ZoneInfo, at: datetime) -> str:
    """A zone's offset from UTC at an instant: "UTC-06:00"."""
    return f"UTC{_signed(at.astimezone(zone).utcoffset() or timedelta())}"


def clock_difference(zone: ZoneInfo, other: ZoneInfo, at: datetime) -> str:
    """How `zone` stands to `other` at an instant (UTC): "1 h behind", "30 min ahead", "the same
    time now" (two zones may part later in the year)."""
    ours, theirs = (at.astimezone(one).utcoffset() or timedelta() for one in (zone, other))
    if ours == theirs:
        return "the same time now"
    hours, minutes = divmod(int(abs(ours - theirs).total_seconds()) // 60, 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    return f"{' '.join(parts)} {'ahead' if ours > theirs else 'behind'}"


def _signed(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
