"""Who may sign a part of a go/no-go: holders of its role, and the deputies they name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from apps.accounts.models import Person
from apps.ledger.services import record
from apps.rollouts.choices import Part
from apps.rollouts.models import Deputy, Programme, SignOff
from apps.rollouts.rules.readiness import Permission, may_sign


class UnableToSign(Exception):
    """Why not, in words; nothing was written."""


class NotEntitled(UnableToSign):
    """This person signs nothing here, whatever was signed before."""


def today_of(programme: Programme, now: datetime) -> date:
    """The day it is in the programme's own zone."""
    return now.astimezone(ZoneInfo(programme.time_zone)).date()


def deputies_of(programme: Programme, now: datetime) -> list[Deputy]:
    """Those who may sign for somebody now."""
    rows = Deputy.objects.filter(programme=programme).active(today_of(programme, now))
    return list(rows.select_related("person", "named_by").order_by("role", "person__name", "id"))


def roles_of(person: Person, programme: Programme) -> frozenset[str]:
    """The roles somebody was given in the programme; being an administrator signs nothing."""
    rows = programme.memberships.filter(person=person, person__is_active=True)
    return frozenset(rows.values_list("role", flat=True))


def permission(
    *, part: str, person: Person, programme: Programme, signatures: Sequence[SignOff], now: datetime
) -> Permission:
    """Whether somebody may sign a part, beside what was signed already."""
    return may_sign(
        part, person=person.username, roles=roles_of(person, programme),
        deputies=[one.facts() for one in deputies_of(programme, now)],
        signatures=[one.facts() for one in signatures],
    )  # fmt: skip


def signs_in(person: Person, programme: Programme, now: datetime) -> frozenset[str]:
    """The parts somebody may sign in a programme, as holder or deputy: they may waive as well."""
    named = {one.role for one in deputies_of(programme, now) if one.person_id == person.pk}
    return (roles_of(person, programme) | named) & frozenset(Part.values)


@dataclass(frozen=True, kw_only=True)
class DeputyDraft:
    """Who may sign a part for whom, up to and including a day."""

    role: Part
    person: Person
    named_by: Person
    until: date


@transaction.atomic
def name_deputy(
    *, programme: Programme, draft: DeputyDraft, by: Person, origin: str, now: datetime
) -> Deputy:
    """Name a deputy; naming the same one again sets the last day. `by` writes it down: who names
    them, or an administrator.

    Raises NotEntitled for anybody else, UnableToSign when they could not sign: a stranger, a day
    that is over, themselves, named by somebody who does not hold the role.
    """
    if by != draft.named_by and not by.is_administrator:
        raise NotEntitled("everybody names their own deputy")
    if why_not := _no_deputy(programme, draft, now):
        raise UnableToSign(why_not)
    list(Programme.objects.select_for_update(no_key=True).filter(pk=programme.pk))
    names = {"role": draft.role, "person": draft.person, "named_by": draft.named_by}
    row = Deputy.objects.filter(programme=programme, ended_at=None, **names).first()
    before = row.until.isoformat() if row else None
    if row is None:
        row = Deputy(programme=programme, named_at=now, **names)
    row.version += int(before not in {None, draft.until.isoformat()})
    row.until = draft.until
    row.save()
    if before != draft.until.isoformat():
        _record_deputy(row, "named", by, origin, now, {"until": [before, row.until.isoformat()]})
    return row


def _no_deputy(programme: Programme, draft: DeputyDraft, now: datetime) -> str:
    if draft.person == draft.named_by:
        return "a deputy is somebody else"
    if draft.role not in roles_of(draft.named_by, programme):
        return f"{draft.named_by} is not {draft.role.label} in this programme"
    if not roles_of(draft.person, programme):
        return f"{draft.person} is nobody in this programme"
    if draft.until < today_of(programme, now):
        return "the last day is over"
    return ""


@transaction.atomic
def end_deputy(*, deputy: Deputy, by: Person, origin: str, now: datetime) -> Deputy:
    """From now on they sign nothing; what they signed stands. Twice does no harm.

    The one who named them may, they themselves, and an administrator. Raises NotEntitled.
    """
    row: Deputy = Deputy.objects.select_for_update(of=("self",)).select_related(
        "programme", "person", "named_by"
    ).get(pk=deputy.pk)  # fmt: skip
    if by not in {row.named_by, row.person} and not by.is_administrator:
        raise NotEntitled("only who named them, or they themselves, end this")
    if row.ended_at is None:
        row.ended_at, row.version = now, row.version + 1
        row.save(update_fields=["ended_at", "version"])
        _record_deputy(row, "ended", by, origin, now, {})
    return row


def _record_deputy(
    row: Deputy, verb: str, by: Person, origin: str, now: datetime, fields: dict[str, object]
) -> None:
    facts = {"role": row.role, "person": row.person.username, "named_by": row.named_by.username}
    record(
        subject="deputy", subject_key=row.person.username, verb=verb, actor=by.username,
        origin=origin, programme_id=row.programme_id, now=now, fields=facts | fields,
    )  # fmt: skip


def candidates(programme: Programme) -> Sequence[Person]:
    """Members of a programme, whom one may name."""
    mine = Q(memberships__programme=programme)
    return list(Person.objects.filter(mine, is_active=True).distinct().order_by("name"))
