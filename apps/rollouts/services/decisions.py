"""A decision about go-lives becomes rows: one change with its items, the go-lives, the ledger.

`settle` is the one place that writes dates and status of a go-live that is there: it brings them to
what its changes come to (tests/rollouts/test_one_way.py walks the code for another one).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from django.db.models import Max

from apps.core.guard import mask
from apps.ledger.services import Entry
from apps.rollouts.choices import ChangeKind
from apps.rollouts.models import GoLive, Programme, ScheduleChange, ScheduleChangeItem, Wave
from apps.rollouts.services.portions import portions

BATCH = 500
SETTLED = ("planned_on", "actual_on", "status", "wave_id", "scope")
VERBS = {
    ChangeKind.PLAN: "planned",
    ChangeKind.MOVE: "moved",
    ChangeKind.PAUSE: "paused",
    ChangeKind.RESUME: "resumed",
    ChangeKind.REDUCE: "reduced",
    ChangeKind.CANCEL: "cancelled",
    ChangeKind.ROLL_BACK: "rolled_back",
}


class UnableToChangeSchedule(Exception):
    """Why not, in words; nothing was written."""


class StaleSchedule(UnableToChangeSchedule):
    """Somebody changed a go-live since the caller read it; `go_lives` are the ids."""

    def __init__(self, words: str, go_lives: Collection[int]) -> None:
        super().__init__(words)
        self.go_lives = tuple(go_lives)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Why a schedule changes, who decided it, and who wrote it down from where."""

    reason: str
    decided_by: str
    made_by: str
    origin: str


@dataclass(frozen=True, slots=True)
class Step:
    """What a change does to one go-live; `is_actual`: `to_on` is the day it really began,
    `is_new`: it is not saved yet and would be planned, `is_gone`: it would be cancelled."""

    go_live: GoLive
    from_on: date | None
    to_on: date | None
    from_scope: str
    to_scope: str
    from_wave: Wave | None = None
    to_wave: Wave | None = None
    is_actual: bool = False
    is_new: bool = False
    is_gone: bool = False

    @property
    def label(self) -> str:
        return label_of(self.go_live)


def label_of(row: GoLive) -> str:
    """How the ledger calls a go-live."""
    return f"{row.site.number} {row.product.key}"


def check_decision(decision: Decision) -> None:
    """Raises UnableToChangeSchedule without a reason or who decided."""
    if not decision.reason.strip():
        raise UnableToChangeSchedule("say the reason of this change")
    if not decision.decided_by.strip():
        raise UnableToChangeSchedule("say who decided this change")


def write_change(
    *,
    programme: Programme,
    kind: ChangeKind,
    decision: Decision,
    steps: Sequence[Step],
    now: datetime,
    tell: Sequence[str] = (),
) -> ScheduleChange:
    """One change with an item for each step, in the caller's transaction; the reason is masked."""
    change = ScheduleChange.objects.create(
        programme=programme,
        kind=kind,
        reason=mask(decision.reason.strip()).text,
        decided_by=decision.decided_by.strip(),
        made_by=decision.made_by,
        made_at=now,
        tell=list(tell),
    )
    at = _after_all(steps, now)
    items = [_item(change, step, at) for step in steps]
    ScheduleChangeItem.objects.bulk_create(items, batch_size=BATCH)
    return change


def _after_all(steps: Sequence[Step], now: datetime) -> datetime:
    """When a change takes effect: now, but never before one that is there, whose order would be
    turned round by a clock that was set back."""
    found = [now]
    for some in portions([step.go_live.pk for step in steps]):
        mine = ScheduleChangeItem.objects.filter(go_live__in=some)
        latest = mine.aggregate(at=Max("effective_at"))["at"]
        found += [latest] if latest else []
    return max(found)


def _item(change: ScheduleChange, step: Step, at: datetime) -> ScheduleChangeItem:
    return ScheduleChangeItem(
        change=change,
        go_live=step.go_live,
        from_on=step.from_on,
        to_on=step.to_on,
        is_actual=step.is_actual,
        from_scope=step.from_scope,
        to_scope=step.to_scope,
        from_wave=step.from_wave,
        to_wave=step.to_wave,
        effective_at=at,
    )


def settle(
    go_lives: Collection[int],
    *,
    waves: Mapping[int, Wave | None] | None = None,
    scopes: Mapping[int, str] | None = None,
) -> None:
    """Bring dates and status of go-lives (by id) to what their changes come to, wave and scope to
    what is given; in the caller's transaction, which holds their locks. Each row that differs then
    gets a new version."""
    changed = []
    rows = (GoLive.objects.with_facts().filter(pk__in=some) for some in portions(go_lives))
    for row in chain.from_iterable(rows):
        before = [getattr(row, name) for name in SETTLED]
        folded = row.folded()
        row.planned_on = folded.planned_on or row.planned_on
        row.actual_on, row.status = folded.actual_on, folded.status
        if waves is not None and row.pk in waves:
            row.wave = waves[row.pk]
        row.scope = (scopes or {}).get(row.pk, row.scope)
        if before != [getattr(row, name) for name in SETTLED]:
            row.version += 1
            changed.append(row)
    names = ["planned_on", "actual_on", "status", "wave", "scope", "version"]
    GoLive.objects.bulk_update(changed, names, batch_size=BATCH)


def entry_of_step(change: ScheduleChange, step: Step, decision: Decision) -> Entry:
    """The ledger entry of one step."""
    fields: dict[str, object] = {"reason": change.reason, "decided_by": change.decided_by}
    if step.to_on is not None:
        name = "actual_on" if step.is_actual else "planned_on"
        fields[name] = [step.from_on and step.from_on.isoformat(), step.to_on.isoformat()]
    if step.to_wave != step.from_wave:
        before, after = step.from_wave, step.to_wave
        fields["wave"] = [before and before.number, after and after.number]
    if step.to_scope != step.from_scope:
        fields["scope"] = [step.from_scope, step.to_scope]
    return Entry(
        subject="go_live",
        subject_key=step.label,
        verb=_verb(change, step),
        actor=decision.made_by,
        origin=decision.origin,
        programme_id=change.programme_id,
        fields=fields | {"change": change.pk},
    )


def _verb(change: ScheduleChange, step: Step) -> str:
    """What stays on its day and only joins another wave or has another scope was not moved."""
    is_move = change.kind == ChangeKind.MOVE
    return "changed" if is_move and step.to_on is None else VERBS[ChangeKind(change.kind)]
