"""What mails of on-call say, above all about requests for cover, in the reader's own zone."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from apps.accounts.models import Person
from apps.core.guard import mask
from apps.oncall.models import CoverRequest

OUTCOMES = {
    "accepted": "{who} has taken your shift",
    "declined": "{who} has declined your shift",
    "unanswered": "Nobody has taken your shift",
    "withdrawn": "{who} does not ask you for cover any more",
}
STAYS = {"declined", "unanswered"}


def cover_subject(row: CoverRequest, reader: Person, says: str) -> str:
    """One line: who wants or did what, and with which shift."""
    when = f"{row.duty}, {written(row.starts_at, reader)}"
    if says == "asked":
        verb = "swap" if row.is_swap else "take"
        words = f"{row.asked_by} asks you to {verb}: {when}"
    else:
        words = f"{_outcome(row, says)}: {when}"
    return " ".join(words.split())[:180]


def cover_text(row: CoverRequest, reader: Person, says: str) -> str:
    """Which shift, who asks and why, and where to answer; or what became of it."""
    lines = _asking(row, reader) if says == "asked" else _answered(row, reader, says)
    how = ""
    if says == "asked":
        how = "Accept or decline it at " if row.asked_id else "Accept it at "
    return "\n".join([*lines, "", f"{how}My shifts: {settings.BASE_URL}{reverse('my-shifts')}"])


def _asking(row: CoverRequest, reader: Person) -> Iterator[str]:
    yield f"{row.asked_by} asks you to take {_shift(row, reader)}"
    if row.return_starts_at and row.return_ends_at:
        yield f"and takes your {row.return_duty}"
        yield span(row.return_starts_at, row.return_ends_at, reader)
    if row.message:
        yield from ("", f"“{mask(row.message).text}”")
    if not row.asked_id:
        yield from ("", "Everybody who could take it is asked: the first to accept has it.")


def _answered(row: CoverRequest, reader: Person, says: str) -> Iterator[str]:
    yield f"{_outcome(row, says)}: {_shift(row, reader)}"
    if says == "accepted" and row.return_starts_at and row.return_ends_at:
        yield f"In return you have {row.return_duty}"
        yield span(row.return_starts_at, row.return_ends_at, reader)
    if says in STAYS:
        yield "It stays yours: ask somebody else, or tell whoever keeps the rota."


def _outcome(row: CoverRequest, says: str) -> str:
    return OUTCOMES[says].format(who=row.answered_by or "Somebody")


def _shift(row: CoverRequest, reader: Person) -> str:
    when = span(row.starts_at, row.ends_at, reader)
    return f"{row.duty} of {row.rota} ({row.rota.programme})\n{when}"


def span(start: datetime, end: datetime, reader: Person) -> str:
    """From when to when, in somebody's own zone."""
    return f"from {written(start, reader)} to {written(end, reader)}."


def written(at: datetime, reader: Person) -> str:
    """An instant in somebody's own zone."""
    return f"{at.astimezone(ZoneInfo(reader.time_zone)):%a %-d %b %H:%M %Z}"
