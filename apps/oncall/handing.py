"""What waits for somebody at a hand-over, who writes and acknowledges, how a note begins."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from apps.accounts.choices import Role
from apps.accounts.models import Person
from apps.oncall.access import decides
from apps.oncall.models import HandOver, HandOverQuerySet, HolidayDuty, ShiftBrief
from apps.oncall.rules import Fact, prefilled
from apps.oncall.services import Note

WORKING = frozenset(set(Role.values) - {Role.VIEWER.value})
SHOWS = {"mine": "Mine", "waiting": "Not acknowledged", "past": "Acknowledged", "all": "All"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What somebody has to do about hand-overs and holidays, and the brief of the shift they have
    or begin."""

    to_acknowledge: list[HandOver]
    to_write: list[HandOver]
    brief: ShiftBrief | None
    holidays: list[HolidayDuty]

    def __bool__(self) -> bool:
        return bool(self.to_acknowledge or self.to_write or self.brief or self.holidays)


def waiting_for(person: Person, now: datetime) -> Waiting:
    """Four queries."""
    rows = HandOver.objects.visible_to(person).with_people()
    downtimes = HolidayDuty.objects.visible_to(person).with_people()
    briefs = ShiftBrief.objects.filter(person=person, due_at__lte=now, ends_at__gt=now)
    return Waiting(
        to_acknowledge=list(rows.to_acknowledge(person, now)),
        to_write=list(rows.to_write(person)),
        holidays=list(downtimes.waiting_for(person, now)),
        brief=briefs.visible_to(person).with_people().order_by("-starts_at").first(),
    )


def may_write(hand_over: HandOver, person: Person) -> bool:
    """Who goes writes it, and who decides in the programme, while nobody has acknowledged it."""
    is_open = hand_over.state in {"open", "handed"}
    return is_open and _is_theirs(hand_over, person, hand_over.outgoing_id)


def may_acknowledge(hand_over: HandOver, person: Person) -> bool:
    """Who comes, and who decides in the programme, for somebody who cannot."""
    return _is_theirs(hand_over, person, hand_over.incoming_id)


def _is_theirs(hand_over: HandOver, person: Person, whose: int) -> bool:
    if decides(person, hand_over.programme_id):
        return True
    return person.pk == whose and bool(WORKING & person.roles_in(hand_over.programme_id))


def chosen(rows: HandOverQuerySet, person: Person, show: str) -> HandOverQuerySet:
    """The hand-overs a filter asks for; what it does not know means the person's own."""
    match show:
        case "waiting":
            return rows.waiting()
        case "past":
            return rows.standing().exclude(acknowledged_at=None)
        case "all":
            return rows.standing()
    return rows.standing().about(person)


def first_note(hand_over: HandOver, now: datetime) -> Note:
    """What is written, or what a note begins with where nobody has written yet."""
    if hand_over.written_at is not None:
        return Note(open_items=hand_over.open_items, watch=hand_over.watch)
    open_items, watch = prefilled([fact for ask in _asked() for fact in ask(hand_over, now)])
    return Note(open_items=open_items, watch=watch)


def _asked() -> list[Callable[[HandOver, datetime], list[Fact]]]:
    paths = cast("tuple[str, ...]", import_string(settings.HAND_OVER_FACTS))
    return [import_string(path) for path in paths]
