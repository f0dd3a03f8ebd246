"""Who decides about a rota, who may be put on duty, who may take an override back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from apps.accounts.choices import Role
from apps.accounts.models import Person
from apps.oncall.models import CoverRequest, Override
from apps.rollouts.models import Programme

Span = tuple[str, datetime | None, datetime | None]
DECIDING = frozenset({Role.PM.value, Role.DM.value, Role.ADMINISTRATOR.value})


def decides(person: Person, programme_id: int) -> bool:
    """Whether they put others on duty, arrange swaps and enter the leave of others."""
    return bool(DECIDING & person.roles_in(programme_id))


def workers(programme: Programme) -> Any:
    """Those who can be put on duty, by name: members who do more than look on."""
    roles = [role for role in Role.values if role != Role.VIEWER]
    rows = Person.objects.filter(
        is_active=True, memberships__programme=programme, memberships__role__in=roles
    )
    return rows.distinct().order_by("name", "username")


def may_put(by: Person, programme_id: int, person: Person) -> bool:
    """Who decides puts anybody on duty, everybody else only themselves."""
    return by.pk == person.pk or decides(by, programme_id)


def may_withdraw(override: Override, person: Person) -> bool:
    """Who decides; and who took a shift by themselves, unless they promised it to somebody."""
    if took_alone(override, person, promises_of(person)):
        return True
    return decides(person, override.rota.programme_id)


def promises_of(person: Person) -> list[CoverRequest]:
    """Requests for cover and swaps that made overrides for this person."""
    mine = Q(answered_by=person) | Q(asked_by=person, return_starts_at__isnull=False)
    return list(CoverRequest.objects.accepted().filter(mine))


def took_alone(override: Override, person: Person, promises: Iterable[CoverRequest]) -> bool:
    """Whether somebody put themselves on duty, and not because of a request."""
    is_own = override.person_id == person.pk and override.made_by == person.username
    return is_own and not any(
        one.rota_id == override.rota_id and _covers(one, override, person) for one in promises
    )


def _covers(request: CoverRequest, override: Override, person: Person) -> bool:
    """Whether an override lies in the shift that came to a person by a request."""
    spans: list[Span] = [(request.duty, request.starts_at, request.ends_at)]
    if request.answered_by_id != person.pk:
        spans = [(request.return_duty, request.return_starts_at, request.return_ends_at)]
    return any(
        duty == override.duty and start is not None and end is not None
        and override.starts_at < end and start < override.ends_at
        for duty, start, end in spans
    )  # fmt: skip


def people_led(by: Person) -> list[Person]:
    """Whose leave somebody may enter: their own first, then of those they decide about."""
    rows = Programme.objects.visible_to(by)
    led = [one for one in rows if decides(by, one.pk)]
    others = Person.objects.filter(is_active=True, memberships__programme__in=led)
    return [by, *others.exclude(pk=by.pk).distinct().order_by("name", "username")]


def may_enter_leave(by: Person, person: Person) -> bool:
    """For themselves, and for members of a programme in which they decide."""
    return by.pk == person.pk or any(
        decides(by, row.programme_id) for row in person.memberships.all()
    )
