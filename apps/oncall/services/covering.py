"""Asking for cover: a shift for nothing, or for one of the other's; the first to take it wins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.accounts.models import Person
from apps.core.guard import mask
from apps.oncall.choices import Answer
from apps.oncall.models import CoverRequest, Override, Rota
from apps.oncall.services.overriding import (
    Stand,
    UnableToOverride,
    check_counts,
    lay_override,
    shift_of,
)
from apps.oncall.services.telling import record_cover, tell_asked, tell_asker, tell_withdrawn


@dataclass(frozen=True, kw_only=True)
class Part:
    """A shift by its duty and slot; `around` is an instant in it."""

    duty: str
    slot: str
    around: datetime


@transaction.atomic
def ask_for_cover(
    *,
    rota: Rota,
    part: Part,
    asked_by: Person,
    asked: Person | None = None,
    in_return: Part | None = None,
    message: str = "",
    origin: str,
    now: datetime,
) -> CoverRequest:
    """Ask somebody (None: anybody) to take a shift; `in_return` makes it a swap with theirs.

    Asked twice it is the same request. Raises UnableToOverride where the shift is not the asker's,
    the one in return not the asked person's, or one of them is over.
    """
    start, end = _period_of(rota, part, asked_by, now)
    back: tuple[datetime, datetime] | tuple[None, None] = (None, None)
    if in_return is not None:
        if asked is None:
            raise UnableToOverride("say with whom to swap", field="asked")
        back = _period_of(rota, in_return, asked, now)
    if asked == asked_by:
        raise UnableToOverride("ask somebody else", field="asked")
    row, is_new = CoverRequest.objects.get_or_create(
        rota=rota,
        duty=part.duty,
        slot=part.slot,
        asked_by=asked_by,
        answer=Answer.WAITING,
        defaults={
            "starts_at": start,
            "ends_at": end,
            "asked": asked,
            "return_duty": in_return.duty if in_return else "",
            "return_slot": in_return.slot if in_return else "",
            "return_starts_at": back[0],
            "return_ends_at": back[1],
            "message": mask(message.strip()).text[:300],
            "made_at": now,
        },
    )
    if is_new:
        tell_asked(row, now=now)
        record_cover(row, "asked", asked_by.username, origin, now)
    return row


@transaction.atomic
def accept_cover(
    *, request: CoverRequest, person: Person, origin: str, now: datetime
) -> list[Override]:
    """Take the shift (and give theirs in return): the first to accept wins, the rest are told.

    Raises UnableToOverride where it was answered already, is not theirs to answer, or its shift has
    gone to somebody else since.
    """
    row = _waiting(request, now)
    _check_may_answer(row, person)
    stands = [(row.duty, row.slot, row.starts_at, row.asked_by, person)]
    if row.return_slot and row.return_starts_at:
        stands.append(
            (row.return_duty, row.return_slot, row.return_starts_at, person, row.asked_by)
        )
    made = [
        override
        for duty, slot, around, giver, taker in stands
        for override in _give(row.rota, Part(duty=duty, slot=slot, around=around), giver, taker,
                              origin, now)
    ]  # fmt: skip
    check_counts(made)
    _answer(row, Answer.ACCEPTED, person, origin, now)
    tell_asker(row, Answer.ACCEPTED, now=now)
    return made


@transaction.atomic
def decline_cover(*, request: CoverRequest, person: Person, origin: str, now: datetime) -> None:
    """Only somebody who was asked by name can decline. Raises UnableToOverride."""
    row = _waiting(request, now)
    if row.asked_id != person.pk:
        raise UnableToOverride("it was not you who was asked")
    _answer(row, Answer.DECLINED, person, origin, now)
    tell_asker(row, Answer.DECLINED, now=now)


@transaction.atomic
def withdraw_cover(*, request: CoverRequest, person: Person, origin: str, now: datetime) -> None:
    """The asker takes the request back. Raises UnableToOverride."""
    row = _waiting(request, now)
    if row.asked_by_id != person.pk:
        raise UnableToOverride("only the one who asked can take it back")
    _answer(row, Answer.WITHDRAWN, person, origin, now)
    tell_withdrawn(row, now=now)


@transaction.atomic
def arrange_swap(
    *, rota: Rota, parts: Sequence[Part], actor: str, origin: str, now: datetime, reason: str
) -> list[Override]:
    """A manager swaps two shifts of a rota, for somebody who is ill, say.

    Raises UnableToOverride where one of them is over, or nobody or one person has both.
    """
    if len(parts) != 2:
        raise UnableToOverride("choose two shifts")
    holders = [_holder(rota, part, now) for part in parts]
    if holders[0] == holders[1]:
        raise UnableToOverride(f"{holders[0]} has both of them already")
    made: list[Override] = []
    for part, taker in zip(parts, reversed(holders), strict=True):
        made += _stand(rota, part, taker, reason, actor, origin, now)
    check_counts(made)
    return made


@transaction.atomic
def put_on_turn(
    *, rota: Rota, part: Part, person: Person, reason: str, actor: str, origin: str, now: datetime
) -> list[Override]:
    """Give somebody the whole of a slot: one that has not begun follows the rota from then on, of
    one under way they get what is left. Raises UnableToOverride where nothing is left of it."""
    pieces = shift_of(rota, part.duty, part.slot, part.around) if part.slot else []
    if not any(one.end > now for one in pieces):
        raise UnableToOverride("this shift is over, is no more, or somebody else was put on it")
    made = _stand(rota, part, person, reason, actor, origin, now)
    check_counts(made)
    return made


def _give(
    rota: Rota, part: Part, giver: Person, taker: Person, origin: str, now: datetime
) -> list[Override]:
    _period_of(rota, part, giver, now)  # still theirs?
    reason = f"taken over from {giver.username}"
    return _stand(rota, part, taker, reason, taker.username, origin, now)


def _stand(
    rota: Rota, part: Part, taker: Person, reason: str, actor: str, origin: str, now: datetime
) -> list[Override]:
    """A slot that has not begun is taken whole, and follows the rota; of one under way, or that
    somebody has a part of, each of the shifts that are left."""
    pieces = shift_of(rota, part.duty, part.slot, part.around)
    start, end = min(one.start for one in pieces), max(one.end for one in pieces)
    if start >= now and not _is_shared(rota, part, start, end):
        times = [(start, end, part.slot)]
    else:
        times = [(one.start, one.end, "") for one in pieces if one.end > now]
    return [
        lay_override(
            rota=rota,
            stand=Stand(
                duty=part.duty, person=taker, start=start, end=end, slot=slot, reason=reason
            ),
            actor=actor,
            origin=origin,
            now=now,
        )
        for start, end, slot in times
    ]


def _is_shared(rota: Rota, part: Part, start: datetime, end: datetime) -> bool:
    others = rota.overrides.filter(duty=part.duty, starts_at__lt=end, ends_at__gt=start)
    return others.exclude(slot_start_local=part.slot).exists()


def _holder(rota: Rota, part: Part, now: datetime) -> Person:
    pieces = [one for one in shift_of(rota, part.duty, part.slot, part.around) if one.end > now]
    names = {one.person_key for one in pieces}
    if len(names) != 1:
        raise UnableToOverride("this shift is over, or nobody has all of it")
    return rota.people()[names.pop()]


def _period_of(rota: Rota, part: Part, person: Person, now: datetime) -> tuple[datetime, datetime]:
    holder = _holder(rota, part, now)
    if holder.pk != person.pk:
        raise UnableToOverride(f"{holder} has this shift, not {person}")
    pieces = shift_of(rota, part.duty, part.slot, part.around)
    return min(one.start for one in pieces), max(one.end for one in pieces)


def _waiting(request: CoverRequest, now: datetime) -> CoverRequest:
    """The request under a lock, if it still waits for an answer."""
    row = CoverRequest.objects.select_for_update().get(pk=request.pk)
    if row.answer != Answer.WAITING:
        who = f" by {row.answered_by}" if row.answered_by else ""
        raise UnableToOverride(f"it was {row.get_answer_display().lower()}{who} already")
    if row.ends_at <= now:
        raise UnableToOverride("this shift is over")
    return CoverRequest.objects.select_related("asked_by", "asked").get(pk=row.pk)


def _check_may_answer(row: CoverRequest, person: Person) -> None:
    if row.asked_by_id == person.pk:
        raise UnableToOverride("somebody else has to take it")
    if row.asked_id not in (None, person.pk):
        raise UnableToOverride(f"{row.asked} was asked")


def _answer(row: CoverRequest, answer: Answer, person: Person, origin: str, now: datetime) -> None:
    row.answer, row.answered_by, row.answered_at = answer, person, now
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    record_cover(row, answer.value, person.username, origin, now)
