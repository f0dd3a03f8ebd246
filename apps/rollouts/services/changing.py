"""Schedule changes as decisions: one change, many go-lives, previewed, undone until announced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from apps.ledger.services import Entry, record, record_many
from apps.rollouts.choices import ChangeKind, Status
from apps.rollouts.models import GoLive, Programme, ScheduleChange, ScheduleChangeItem, Wave
from apps.rollouts.rules import clashes, support_phase, why_not
from apps.rollouts.rules.changes import STARTED
from apps.rollouts.services.schedule import BATCH, Decision, UnableToChangeSchedule

MOST_NAMED = 5000  # go-lives in one query
VERBS = {
    ChangeKind.MOVE: "moved",
    ChangeKind.PAUSE: "paused",
    ChangeKind.RESUME: "resumed",
    ChangeKind.REDUCE: "reduced",
    ChangeKind.CANCEL: "cancelled",
    ChangeKind.ROLL_BACK: "rolled_back",
}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants of a schedule: go-lives by id, for a move with their new dates."""

    kind: ChangeKind
    go_lives: Mapping[int, date | None]
    scope: str = ""
    tell: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What a change does to one go-live."""

    go_live: GoLive
    from_on: date
    to_on: date | None
    from_scope: str
    to_scope: str
    from_wave: Wave | None = None
    to_wave: Wave | None = None
    is_new: bool = False  # not saved yet: it would be planned for `to_on`
    is_gone: bool = False  # it would be cancelled

    @property
    def label(self) -> str:
        return f"{self.go_live.site.number} {self.go_live.product.key}"


@dataclass(frozen=True)
class Preview:
    """What a wish comes to: its steps, why some are refused (by go-live id), what to mind."""

    steps: list[Step]
    refused: dict[int, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def preview_change(*, programme: Programme, wish: Wish, now: datetime) -> Preview:
    """What the wish would do; writes nothing, in a constant number of queries."""
    rows = _rows(programme, wish)
    refused = {pk: words for pk in wish.go_lives if (words := _refusal(pk, rows, wish, now))}
    waves = waves_by_week(programme) if wish.kind == ChangeKind.MOVE else {}
    steps = [_step(rows[pk], wish, waves) for pk in wish.go_lives if pk not in refused]
    changing = [step for step in steps if _differs(step, wish)]
    return Preview(changing, refused, warnings_of(programme, changing))


@transaction.atomic
def change_schedule(
    *, programme: Programme, wish: Wish, decision: Decision, now: datetime
) -> ScheduleChange | None:
    """Make the change; None when all stands so already. One change, one ledger entry a go-live.

    Raises UnableToChangeSchedule, with nothing written, without reason or decider, and when one of
    the go-lives cannot be changed so.
    """
    _check(wish, decision)
    list(GoLive.objects.filter(pk__in=wish.go_lives).select_for_update().values_list("pk"))
    preview = preview_change(programme=programme, wish=wish, now=now)
    if preview.refused:
        words = "; ".join(f"go-live {pk}: {why}" for pk, why in preview.refused.items())
        raise UnableToChangeSchedule(words)
    return carry_out(
        programme=programme, wish=wish, steps=preview.steps, decision=decision, now=now
    )


@transaction.atomic
def carry_out(
    *, programme: Programme, wish: Wish, steps: Sequence[Step], decision: Decision, now: datetime
) -> ScheduleChange | None:
    """Write steps that were worked out, and found possible, as one change; None without steps."""
    if not steps:
        return None
    change = _write(programme, wish, decision, steps, now)
    for first in range(0, len(steps), MOST_NAMED):
        refold([step.go_live.pk for step in steps[first : first + MOST_NAMED]])
    _set_scopes(steps)
    _set_waves({step.go_live: step.to_wave for step in steps})
    record_many([_entry(change, step, decision) for step in steps], now=now)
    return change


@transaction.atomic
def undo_change(
    *, change: ScheduleChange, actor: str, origin: str, now: datetime
) -> ScheduleChange:
    """Take a change back: it counts as never made. Twice does no harm.

    Raises UnableToChangeSchedule once it was announced, for the plan itself, and when another
    go-live has taken the place of a cancelled one.
    """
    row: ScheduleChange = ScheduleChange.objects.select_for_update().get(pk=change.pk)
    if row.undone_at is not None:
        return row
    if row.announced_at is not None:
        raise UnableToChangeSchedule("it was announced: make another change instead")
    if row.kind == ChangeKind.PLAN:
        raise UnableToChangeSchedule("this is how it was planned first: cancel it instead")
    items = list(row.items.select_related("go_live__site", "go_live__product", "from_wave"))
    _refuse_taken(row, items)
    row.undone_at, row.undone_by = now, actor
    row.save(update_fields=["undone_at", "undone_by"])
    refold([item.go_live_id for item in items])
    _restore_scopes(items)
    joined = [item for item in items if item.go_live.wave_id == item.to_wave_id]
    _set_waves({item.go_live: item.from_wave for item in joined})
    _record_undone(row, items, actor, origin, now)
    return row


@transaction.atomic
def announce_change(
    *, change: ScheduleChange, actor: str, origin: str, now: datetime
) -> ScheduleChange:
    """Those who had to be told have been: from now on it cannot be undone. Twice does no harm."""
    row: ScheduleChange = ScheduleChange.objects.select_for_update().get(pk=change.pk)
    if row.undone_at is not None:
        raise UnableToChangeSchedule("it was undone: there is nothing to announce")
    if row.announced_at is None:
        row.announced_at = now
        row.save(update_fields=["announced_at"])
        _record_change(row, "announced", actor, origin, now)
    return row


def refold(go_lives: Sequence[int]) -> None:
    """Bring date and status of go-lives to what their changes come to, in the caller's
    transaction: nothing else writes these columns but a plan."""
    changed = []
    for row in GoLive.objects.with_facts().filter(pk__in=go_lives):
        folded = row.folded()
        planned_on = folded.planned_on or row.planned_on
        if (row.planned_on, row.status) != (planned_on, folded.status):
            row.planned_on, row.status = planned_on, folded.status
            changed.append(row)
    GoLive.objects.bulk_update(changed, ["planned_on", "status"], batch_size=BATCH)


def _check(wish: Wish, decision: Decision) -> None:
    if not decision.reason.strip():
        raise UnableToChangeSchedule("say the reason of this change")
    if not decision.decided_by.strip():
        raise UnableToChangeSchedule("say who decided this change")
    if not wish.go_lives:
        raise UnableToChangeSchedule("choose at least one go-live")
    if wish.kind == ChangeKind.REDUCE and not wish.scope.strip():
        raise UnableToChangeSchedule("say the scope that remains, such as two clinics")


def _rows(programme: Programme, wish: Wish) -> dict[int, GoLive]:
    rows = GoLive.objects.with_facts().select_related("wave")
    rows = rows.filter(programme=programme, pk__in=wish.go_lives)
    return {row.pk: row for row in rows}


def _refusal(pk: int, rows: Mapping[int, GoLive], wish: Wish, now: datetime) -> str:
    row = rows.get(pk)
    if row is None:
        return "there is no such go-live in this programme"
    if wish.kind == ChangeKind.MOVE and wish.go_lives[pk] is None:
        return "say the day to move it to"
    return refusal_of(row, wish.kind, now)


def refusal_of(row: GoLive, kind: ChangeKind, now: datetime) -> str:
    """Why a go-live, read with its phases, cannot be changed so; empty when it can."""
    has_started = support_phase(row.facts(), now).key in STARTED or _began(row, now)
    return why_not(kind.value, status=row.status, has_started=has_started)


def _began(row: GoLive, now: datetime) -> bool:
    """A go-live that is paused now, but whose first day has come."""
    facts = row.facts()
    return row.status == Status.PAUSED and now.astimezone(facts.zone).date() >= facts.starts_on


def waves_by_week(programme: Programme) -> dict[tuple[int, int], Wave]:
    """The waves by the ISO year and week they begin in; of two in a week the first."""
    found: dict[tuple[int, int], Wave] = {}
    for wave in programme.waves.order_by("number"):
        found.setdefault(week_of(wave.starts_on), wave)
    return found


def week_of(day: date) -> tuple[int, int]:
    """Its ISO year and week."""
    return day.isocalendar()[:2]


def _step(row: GoLive, wish: Wish, waves: Mapping[tuple[int, int], Wave]) -> Step:
    """A move into the week of another wave joins it; into a week without one it stays."""
    to_on = wish.go_lives[row.pk] if wish.kind == ChangeKind.MOVE else None
    to_scope = wish.scope.strip() if wish.kind == ChangeKind.REDUCE else row.scope
    is_elsewhere = to_on is not None and week_of(to_on) != week_of(row.planned_on)
    joined = waves.get(week_of(to_on)) if to_on and is_elsewhere else None
    return Step(row, row.planned_on, to_on, row.scope, to_scope, row.wave, joined or row.wave,
                is_gone=wish.kind == ChangeKind.CANCEL)  # fmt: skip


def _differs(step: Step, wish: Wish) -> bool:
    if wish.kind == ChangeKind.MOVE:
        return step.to_on != step.from_on
    return wish.kind != ChangeKind.REDUCE or step.to_scope != step.from_scope


def warnings_of(programme: Programme, steps: Sequence[Step]) -> list[str]:
    """Holidays, blackouts and weekends that go-lives would begin on: they warn, never forbid."""
    days = [step.to_on for step in steps if step.to_on is not None]
    names = {date.fromisoformat(row["on"]): row["name"] for row in programme.holidays}
    blackouts = [
        (date.fromisoformat(row["start"]), date.fromisoformat(row["end"]))
        for row in programme.blackouts
    ]
    found = clashes(days, names.keys(), blackouts)
    warnings = [f"{day:%a %-d %b %Y} is {names.get(day, 'in a blackout')}" for day in found]
    weekend = sorted({day for day in days if day.weekday() >= 5})
    return warnings + [f"{day:%a %-d %b %Y} is a weekend" for day in weekend]


def _write(
    programme: Programme, wish: Wish, decision: Decision, steps: Sequence[Step], now: datetime
) -> ScheduleChange:
    change = ScheduleChange.objects.create(
        programme=programme,
        kind=wish.kind,
        reason=decision.reason.strip(),
        decided_by=decision.decided_by.strip(),
        made_by=decision.made_by,
        made_at=now,
        tell=list(wish.tell),
    )
    ScheduleChangeItem.objects.bulk_create(
        [
            ScheduleChangeItem(
                change=change,
                go_live=step.go_live,
                from_on=step.from_on,
                to_on=step.to_on,
                from_scope=step.from_scope,
                to_scope=step.to_scope,
                from_wave=step.from_wave,
                to_wave=step.to_wave,
                effective_at=now,
            )
            for step in steps
        ],
        batch_size=BATCH,
    )
    return change


def _set_scopes(steps: Sequence[Step]) -> None:
    changed = [step for step in steps if step.to_scope != step.from_scope]
    for step in changed:
        step.go_live.scope = step.to_scope
    GoLive.objects.bulk_update([step.go_live for step in changed], ["scope"], batch_size=BATCH)


def _set_waves(waves: Mapping[GoLive, Wave | None]) -> None:
    changed = [row for row, wave in waves.items() if row.wave_id != (wave.pk if wave else None)]
    for row in changed:
        row.wave = waves[row]
    GoLive.objects.bulk_update(changed, ["wave"], batch_size=BATCH)


def _restore_scopes(items: Sequence[ScheduleChangeItem]) -> None:
    """Only where nobody has written another one since."""
    rows = []
    for item in items:
        if item.to_scope != item.from_scope and item.go_live.scope == item.to_scope:
            item.go_live.scope = item.from_scope
            rows.append(item.go_live)
    GoLive.objects.bulk_update(rows, ["scope"], batch_size=BATCH)


def _refuse_taken(change: ScheduleChange, items: Sequence[ScheduleChangeItem]) -> None:
    if change.kind != ChangeKind.CANCEL:
        return
    own = {item.go_live_id for item in items}
    wanted = {(item.go_live.site_id, item.go_live.product_id): item.go_live for item in items}
    standing = GoLive.objects.filter(programme=change.programme_id).exclude(pk__in=own)
    standing = standing.exclude(status=Status.CANCELLED)
    for site, product in standing.values_list("site_id", "product_id"):
        if (site, product) in wanted:
            words = f"{wanted[site, product].site.number} was planned anew since"
            raise UnableToChangeSchedule(words)


def _entry(change: ScheduleChange, step: Step, decision: Decision) -> Entry:
    fields: dict[str, object] = {"reason": change.reason, "decided_by": change.decided_by}
    if step.to_on is not None:
        fields["planned_on"] = [step.from_on.isoformat(), step.to_on.isoformat()]
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


def _record_undone(
    change: ScheduleChange,
    items: Sequence[ScheduleChangeItem],
    actor: str,
    origin: str,
    now: datetime,
) -> None:
    _record_change(change, "undone", actor, origin, now)
    entries = [
        Entry(
            subject="go_live",
            subject_key=f"{item.go_live.site.number} {item.go_live.product.key}",
            verb="restored",
            actor=actor,
            origin=origin,
            programme_id=change.programme_id,
            fields={"change": change.pk, "kind": change.kind},
        )
        for item in items
    ]
    record_many(entries, now=now)


def _record_change(
    change: ScheduleChange, verb: str, actor: str, origin: str, now: datetime
) -> None:
    record(
        subject="schedule_change",
        subject_key=str(change.pk),
        verb=verb,
        actor=actor,
        origin=origin,
        programme_id=change.programme_id,
        now=now,
        fields={"kind": change.kind, "reason": change.reason},
    )
