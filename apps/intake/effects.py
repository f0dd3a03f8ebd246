"""What a change of the schedule means for channels, said before it is made."""

from collections.abc import Sequence
from datetime import datetime

from apps.intake.choices import Purpose
from apps.intake.models import Channel
from apps.rollouts.models import Programme
from apps.rollouts.services import Step


def channels(programme: Programme, steps: Sequence[Step], now: datetime) -> list[str]:
    """Sites that go over from the channel of one wave to that of another."""
    moves = {
        (step.from_wave.pk if step.from_wave else None, step.to_wave.pk if step.to_wave else None)
        for step in steps
        if step.from_wave != step.to_wave and not step.is_new
    }
    if not moves:
        return []
    rows = Channel.objects.filter(programme=programme, purpose=Purpose.GO_LIVE)
    by_wave = {row.wave_id: row for row in rows.exclude(wave=None)}
    left = sorted({str(by_wave[wave]) for wave, _ in moves if wave in by_wave})
    joined = sorted({str(by_wave[wave]) for _, wave in moves if wave in by_wave})
    told = [f"They leave the channel {name}." for name in left]
    return told + [f"They belong into the channel {name} then." for name in joined]
