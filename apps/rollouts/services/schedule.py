"""Writes to the schedule: a go-live's dates change only through a schedule change (product R4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from apps.ledger.services import Entry, record_many
from apps.rollouts.choices import ChangeKind, Status
from apps.rollouts.models import (
    GoLive,
    Product,
    Programme,
    ScheduleChange,
    ScheduleChangeItem,
    Site,
    Wave,
)
from apps.rollouts.services.entries import Columns, Diff, entry_of

BATCH = 500
FINAL = frozenset({Status.CANCELLED, Status.ROLLED_BACK})
Key = tuple[str, str]  # site number, product key


class UnableToChangeSchedule(Exception):
    """Why not, in words; nothing was written."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A go-live as somebody wants it."""

    site: Site
    product: Product
    wave: Wave | None
    planned_on: date
    scope: str = ""

    @property
    def key(self) -> Key:
        return self.site.number, self.product.key

    def columns(self) -> Columns:
        wave = self.wave.number if self.wave else None
        return {"planned_on": self.planned_on, "wave": wave, "scope": self.scope}


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Why a schedule changes, who decided it, and who wrote it down from where."""

    reason: str
    decided_by: str
    made_by: str
    origin: str


@dataclass(frozen=True)
class Planned:
    """What became of a plan: columns before (None: new) and after; `stays` says why it was left."""

    before: Columns | None
    after: Columns
    stays: str = ""


@transaction.atomic
def plan_go_lives(
    *, programme: Programme, plans: Sequence[Plan], decision: Decision, now: datetime
) -> dict[Key, Planned]:
    """Bring go-lives to what `plans` say: new ones are planned, others moved, each with its change.

    Returns what became of each, by (site number, product key). A go-live that is not in `plans`
    stays: cancelling is a decision of its own, and so is planning one anew that was cancelled or
    rolled back. Raises UnableToChangeSchedule.
    """
    _check(decision)
    known = _standing(programme)
    new = [plan for plan in plans if plan.key not in known]
    kept = [plan for plan in plans if plan.key in known and known[plan.key].status not in FINAL]
    result = {plan.key: _outcome(plan, known.get(plan.key)) for plan in plans}
    _add(programme, new, decision, now)
    _move(programme, {known[plan.key]: plan.planned_on for plan in kept}, decision, now)
    _set_waves(programme, {known[plan.key]: plan for plan in kept}, decision, now)
    return result


@transaction.atomic
def add_go_lives(
    *, programme: Programme, plans: Sequence[Plan], decision: Decision, now: datetime
) -> ScheduleChange | None:
    """Plan go-lives that do not stand, one that was cancelled before anew; None without plans.

    Raises UnableToChangeSchedule without reason or decider.
    """
    _check(decision)
    return _add(programme, plans, decision, now)


@transaction.atomic
def move_go_lives(
    *, programme: Programme, moves: Mapping[int, date], decision: Decision, now: datetime
) -> ScheduleChange | None:
    """Move go-lives (by id) to other dates, by one decision; None when all stand there already.

    Raises UnableToChangeSchedule without reason or decider, for a go-live of another programme,
    and for one that was cancelled or rolled back.
    """
    _check(decision)
    rows = GoLive.objects.filter(programme=programme, pk__in=moves).select_for_update(of=("self",))
    found: dict[int, GoLive] = {row.pk: row for row in rows.select_related("site", "product")}
    for number in moves:
        if number not in found:
            raise UnableToChangeSchedule(f"no go-live {number} in {programme.key}")
        if found[number].status in FINAL:
            words = f"{_label(found[number])} was {found[number].get_status_display().lower()}"
            raise UnableToChangeSchedule(words)
    return _move(programme, {found[pk]: on for pk, on in moves.items()}, decision, now)


def _check(decision: Decision) -> None:
    if not decision.reason.strip():
        raise UnableToChangeSchedule("say the reason of this change")
    if not decision.decided_by.strip():
        raise UnableToChangeSchedule("say who decided this change")


def _standing(programme: Programme) -> dict[Key, GoLive]:
    """One go-live for each site and product: the one that stands, else the latest that did."""
    rows = GoLive.objects.filter(programme=programme).select_for_update(of=("self",))
    rows = rows.select_related("site", "product", "wave").order_by("pk")
    found: dict[Key, GoLive] = {}
    for row in rows:
        key = row.site.number, row.product.key
        if key not in found or found[key].status == Status.CANCELLED:
            found[key] = row
    return found


def _outcome(plan: Plan, row: GoLive | None) -> Planned:
    if row is None:
        return Planned(None, plan.columns())
    before = _columns(row)
    if row.status in FINAL:
        return Planned(before, before, f"was {row.get_status_display().lower()}, and stays so")
    return Planned(before, plan.columns())


def _columns(row: GoLive) -> Columns:
    wave = row.wave.number if row.wave else None
    return {"planned_on": row.planned_on, "wave": wave, "scope": row.scope}


def _add(
    programme: Programme, plans: Sequence[Plan], decision: Decision, now: datetime
) -> ScheduleChange | None:
    rows = GoLive.objects.bulk_create(
        [
            GoLive(programme=programme, site=plan.site, product=plan.product, wave=plan.wave,
                   planned_on=plan.planned_on, scope=plan.scope)
            for plan in plans
        ],
        batch_size=BATCH,
    )  # fmt: skip
    items = [(row, None, row.planned_on) for row in rows]
    return _write_change(programme, ChangeKind.PLAN, items, decision, now)


def _move(
    programme: Programme, moves: Mapping[GoLive, date], decision: Decision, now: datetime
) -> ScheduleChange | None:
    items = [(row, row.planned_on, on) for row, on in moves.items() if row.planned_on != on]
    for row, _, on in items:
        row.planned_on = on
    GoLive.objects.bulk_update([row for row, _, _ in items], ["planned_on"], batch_size=BATCH)
    return _write_change(programme, ChangeKind.MOVE, items, decision, now)


def _set_waves(
    programme: Programme, plans: Mapping[GoLive, Plan], decision: Decision, now: datetime
) -> None:
    """Wave and scope are no dates: they change without a schedule change, but not silently."""
    entries: list[Entry | None] = []
    for row, plan in plans.items():
        diff: Diff = (_columns(row), plan.columns())
        row.wave, row.scope = plan.wave, plan.scope
        entries.append(
            entry_of(diff, subject="go_live", key=_label(row), programme_id=programme.pk,
                     actor=decision.made_by, origin=decision.origin)
        )  # fmt: skip
    changed = [row for row, entry in zip(plans, entries, strict=True) if entry]
    GoLive.objects.bulk_update(changed, ["wave", "scope"], batch_size=BATCH)
    record_many([entry for entry in entries if entry], now=now)


def _write_change(
    programme: Programme,
    kind: ChangeKind,
    items: Sequence[tuple[GoLive, date | None, date]],
    decision: Decision,
    now: datetime,
) -> ScheduleChange | None:
    """One change with an item and a ledger entry for each go-live; None without items."""
    if not items:
        return None
    change = ScheduleChange.objects.create(
        programme=programme,
        kind=kind,
        reason=decision.reason,
        decided_by=decision.decided_by,
        made_by=decision.made_by,
        made_at=now,
    )
    ScheduleChangeItem.objects.bulk_create(
        [
            ScheduleChangeItem(
                change=change, go_live=row, from_on=before, to_on=after, effective_at=now
            )
            for row, before, after in items
        ],
        batch_size=BATCH,
    )
    verb = "planned" if kind == ChangeKind.PLAN else "moved"
    record_many([_entry(verb, *item, decision) for item in items], now=now)
    return change


def _entry(verb: str, row: GoLive, before: date | None, after: date, decision: Decision) -> Entry:
    return Entry(
        subject="go_live",
        subject_key=_label(row),
        verb=verb,
        actor=decision.made_by,
        origin=decision.origin,
        programme_id=row.programme_id,
        fields={
            "planned_on": [before and before.isoformat(), after.isoformat()],
            "reason": decision.reason,
            "decided_by": decision.decided_by,
        },
    )


def _label(row: GoLive) -> str:
    return f"{row.site.number} {row.product.key}"
