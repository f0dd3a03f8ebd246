"""API tokens: what one may do, how one is made."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import TextChoices
from knox.models import get_digest_token
from knox.settings import CONSTANTS

from apps.accounts.models import Person, Token
from apps.ledger.services import record

MOST_DAYS = 366


class Scope(TextChoices):
    """What a token may be used for; the person's roles still count."""

    READ = "read", "Read"
    WRITE = "write", "Read and change"


class UnableToCreateToken(Exception):
    """Why not, in words."""


@transaction.atomic
def create_token(
    *,
    person: Person,
    scopes: list[str],
    days: int,
    actor: str,
    origin: str,
    now: datetime,
    name: str = "",
) -> str:
    """Make a token for `person` that works for `days` from `now`; returns it, the only time ever.

    Only its hash is kept. Raises UnableToCreateToken.
    """
    _check(person, scopes, days)
    digest, text = get_digest_token()
    # A scope is said once and in the order of Scope, so that tokens compare.
    kept = [scope.value for scope in Scope if scope in scopes]
    Token(
        digest=digest,
        token_key=text[: CONSTANTS.TOKEN_KEY_LENGTH],
        user=person,
        name=name,
        scopes=kept,
        expiry=now + timedelta(days=days),
    ).save(force_insert=True)
    record(
        subject="token",
        subject_key=digest[:12],
        verb="created",
        actor=actor,
        origin=origin,
        programme_id=None,
        now=now,
        fields={"person": person.username, "scopes": kept, "days": days, "name": name},
    )
    return str(text)


def _check(person: Person, scopes: list[str], days: int) -> None:
    unknown = [scope for scope in scopes if scope not in Scope.values]
    if unknown or not scopes:
        what = f"no scope {unknown[0]!r}" if unknown else "no scope given"
        raise UnableToCreateToken(f"{what}; there are {', '.join(Scope.values)}")
    if not 1 <= days <= MOST_DAYS:
        raise UnableToCreateToken(f"days: {days} is not 1 to {MOST_DAYS}")
    if not person.is_active:
        raise UnableToCreateToken(f"{person.username} is not active any more")
