"""The last change of shift of the demonstration: a note of each duty, handed over, acknowledged."""

from datetime import datetime, timedelta

from apps.oncall.models import HandOver, Rota
from apps.oncall.rules import on_duty
from apps.oncall.services import Note, acknowledge_hand_over, expect, hand_over_note
from apps.rollouts.models import Programme
from apps.simulator.demo.words import HANDED

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ORIGIN = "command"


def seed_hand_overs(programme: Programme, now: datetime) -> int:
    """Hand over the shifts that are under way at `now` (UTC); returns how many duties."""
    for rota in Rota.objects.for_programme(programme).with_facts():
        for at in sorted({shift.start for shift in on_duty(rota.facts(), now).values()}):
            expect(rota=rota, now=at - HOUR)
    rows = HandOver.objects.waiting().filter(rota__programme=programme, starts_at__lte=now)
    pairs = list(zip(rows.with_people().order_by("pk"), HANDED, strict=False))
    for row, note in pairs:
        given = hand_over_note(
            hand_over=row, note=Note(open_items=note[0], watch=note[1]), version=row.version,
            actor=row.outgoing.username, origin=ORIGIN, now=row.ends_at - 10 * MINUTE,
        )  # fmt: skip
        acknowledge_hand_over(hand_over=given, person=row.incoming, origin=ORIGIN,
                              now=min(row.starts_at + 4 * MINUTE, now))  # fmt: skip
    return len(pairs)
