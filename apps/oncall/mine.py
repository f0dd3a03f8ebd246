"""What somebody has to do with on-call: their next shifts, requests for cover, their leave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apps.accounts.models import Person
from apps.oncall.models import CoverRequest, Leave, Rota
from apps.oncall.rules import Stint, final_schedule, of_person, stints

AHEAD = timedelta(weeks=8)  # how far shifts are shown and asked for
WHOLE = timedelta(days=16)  # longer than any slot: one that is cut by the window is whole
LATELY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class MyShift:
    """A stint of somebody's, and the request for cover that waits for it."""

    rota: Rota
    stint: Stint
    asked: CoverRequest | None
    is_now: bool
    is_other_zone: bool

    @property
    def can_ask(self) -> bool:
        return self.stint.is_whole and self.asked is None


@dataclass(frozen=True, slots=True)
class Inbox:
    """Requests that wait: of somebody by name, of anybody, by them; and those lately answered."""

    of_me: list[CoverRequest]
    of_anybody: list[CoverRequest]
    by_me: list[CoverRequest]
    answered: list[CoverRequest]

    @property
    def to_answer(self) -> int:
        """How many they could answer."""
        return len(self.of_me) + len(self.of_anybody)


def coming(rota: Rota, now: datetime) -> list[Stint]:
    """Every stint of a rota that is under way or begins in the next weeks, whole."""
    shifts = final_schedule(rota.facts(), now - WHOLE, now + AHEAD + WHOLE)
    return [one for one in stints(shifts, now) if one.start < now + AHEAD]


def my_shifts(
    rotas: Sequence[Rota], person: Person, asked: Iterable[CoverRequest], now: datetime
) -> list[MyShift]:
    """Their stints in all of their rotas, the next first."""
    waiting = {(one.rota_id, one.duty, one.slot): one for one in asked}
    zone = ZoneInfo(person.time_zone)
    found = [
        MyShift(
            rota,
            one,
            waiting.get((rota.pk, one.duty, one.slot)),
            any(shift.start <= now < shift.end for shift in one.shifts),
            one.start.astimezone(zone).utcoffset() != one.start.astimezone(rota.zone).utcoffset(),
        )
        for rota in rotas
        for one in of_person(coming(rota, now), person.username)
    ]
    return sorted(found, key=lambda one: one.stint.start)


def inbox(person: Person, now: datetime) -> Inbox:
    """Requests for cover and swaps as they concern somebody; two queries."""
    rows = CoverRequest.objects.visible_to(person).with_people()
    waiting = list(rows.open_at(now))
    answered = rows.about(person).answered(now - LATELY)
    return Inbox(
        of_me=[one for one in waiting if one.asked_id == person.pk],
        of_anybody=[
            one for one in waiting if one.asked_id is None and one.asked_by_id != person.pk
        ],
        by_me=[one for one in waiting if one.asked_by_id == person.pk],
        answered=list(answered[:10]),
    )


def leave_of(person: Person, now: datetime) -> list[Leave]:
    """Their leave that is not over."""
    return list(Leave.objects.filter(person=person, ends_at__gt=now))
