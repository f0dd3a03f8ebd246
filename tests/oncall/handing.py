"""A rota whose duties pass from Ana to Ben on Monday, and what stands between them."""

from datetime import datetime, timedelta
from typing import Any

from apps.oncall.models import HandOver, Rota
from apps.oncall.services import Note, expect, hand_over_note
from apps.rollouts.models import Programme
from tests import build

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PASSES = build.MONDAY.replace(hour=12, minute=0)  # 8:00 Eastern: hand-off of the rota


def rota_of(programme: Programme, **columns: Any) -> Rota:
    """Primaries Ana and Ben week by week, backups the other way round; all have mail. From 2 May
    the ninth week is Ana's: on 27 June primary passes from Ben to Ana, backup from Ana to Ben."""
    ana, ben = (
        build.person(name, programme, email=f"{name}@example.gov") for name in ("ana", "ben")
    )
    for name in ("dee", "pam", "vic"):
        build.person(name, programme, email=f"{name}@example.gov")
    build.person("adi", email="adi@example.gov")
    return build.rota(programme, primary=[ana, ben], backup=[ben, ana], **columns)


def expected(rota: Rota, at: datetime) -> list[tuple[str, str, str]]:
    """(duty, from, to) of what stands after a look at the rota."""
    expect(rota=rota, now=at)
    rows = HandOver.objects.standing().with_people().order_by("starts_at", "-duty")
    return [(one.duty, one.outgoing.username, one.incoming.username) for one in rows]


def primary(rota: Rota, at: datetime = PASSES - HOUR) -> HandOver:
    """The hand-over of primary from Ben to Ana, an hour before it."""
    expect(rota=rota, now=at)
    return HandOver.objects.with_people().get(duty="primary", starts_at=PASSES)


def handed(row: HandOver, at: datetime = PASSES - 5 * MINUTE) -> HandOver:
    note = Note(open_items="- The kiosk in Omaha", watch="- Texts")
    return hand_over_note(hand_over=row, note=note, version=row.version, actor="ben",
                          origin="page", now=at)  # fmt: skip
