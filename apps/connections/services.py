"""Every write to connections."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction

from apps.connections.models import Connection
from apps.ledger.services import record


class UnableToSaveConnection(Exception):
    """Why not, in words."""


class Programme(Protocol):
    """What is needed of a programme (rollouts is above this app)."""

    pk: int

    @property
    def connections(self) -> Any: ...


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A connection as it should be."""

    key: str
    kind: str
    base_url: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What a save did: `before` is None for a new one; of secrets only the names that changed."""

    before: dict[str, Any] | None
    after: dict[str, Any]
    changed_secrets: tuple[str, ...]
    has_joined: bool

    @property
    def is_changed(self) -> bool:
        return self.before != self.after or bool(self.changed_secrets) or self.has_joined


@transaction.atomic
def save_connection(
    *, wanted: Wanted, programme: Programme, actor: str, origin: str, now: datetime
) -> Saved:
    """Make or change a connection and join it to a programme; a change closes its circuit again.

    Raises UnableToSaveConnection: the kind stays, for what came over it is of that kind.
    """
    row = Connection.objects.select_for_update().filter(key=wanted.key).first()
    if row and row.kind != wanted.kind:
        words = f"{wanted.key} is of kind {row.kind}; take another key for {wanted.kind}"
        raise UnableToSaveConnection(words)
    before, secrets = (_shown(row), dict(row.secrets)) if row else (None, {})
    after = _shown(_filled(row or Connection(key=wanted.key, kind=wanted.kind), wanted))
    changed = _changed_secrets(secrets, wanted.secrets)
    if before != after or changed:
        row = _store(row, wanted)
    assert row is not None  # noqa: S101 - a new one differs from None, so it was stored
    has_joined = not programme.connections.filter(pk=row.pk).exists()
    if has_joined:
        programme.connections.add(row)
    saved = Saved(before=before, after=after, changed_secrets=changed, has_joined=has_joined)
    if saved.is_changed:
        _tell(saved, wanted, programme.pk, actor, origin, now)
    return saved


def _store(row: Connection | None, wanted: Wanted) -> Connection:
    row = _filled(row or Connection(key=wanted.key, kind=wanted.kind), wanted)
    row.secrets = dict(wanted.secrets)
    row.failures, row.quiet_until, row.last_error = 0, None, ""
    row.save()
    return row


def _filled(row: Connection, wanted: Wanted) -> Connection:
    row.base_url, row.settings, row.is_active = wanted.base_url, dict(wanted.settings), True
    return row


def _shown(row: Connection) -> dict[str, Any]:
    return {"base_url": row.base_url, **row.settings, "is_active": row.is_active}


def _changed_secrets(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in {*old, *new} if old.get(name) != new.get(name)))


def _tell(
    saved: Saved, wanted: Wanted, programme_id: int, actor: str, origin: str, now: datetime
) -> None:
    before, after = saved.before or {}, saved.after
    fields: dict[str, Any] = {
        name: [before.get(name), after.get(name)]
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    }
    if saved.changed_secrets:
        fields["secrets"] = list(saved.changed_secrets)
    record(
        subject="connection",
        subject_key=wanted.key,
        verb="added" if saved.before is None else "changed",
        actor=actor,
        origin=origin,
        programme_id=programme_id,
        now=now,
        fields=fields,
    )
