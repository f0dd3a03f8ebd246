"""Schedule changes as decisions: one change, many go-lives, previewed, undone until announced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from apps.core.guard import mask
from apps.ledger.services import Entry, record, record_many
from apps.rollouts.choices import ChangeKind, Status
from apps.rollouts.models import GoLive, Programme, ScheduleChange, ScheduleChangeItem, Wave
from apps.rollouts.rules import has_begun, is_beginning, phases_of, why_not, why_not_move
from apps.rollouts.rules.changes import HANDED_OVER
from apps.rollouts.services.checklist import hold_checklist
from apps.rollouts.services.decisions import (
    Decision,
    StaleSchedule,
    Step,
    UnableToChangeSchedule,
    check_decision,
    entry_of_step,
    label_of,
    settle,
    write_change,
)
from apps.rollouts.services.portions import portions
from apps.rollouts.services.warnings import warnings_of


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants of a schedule: go-lives by id, for a move with their new dates; and the
    versions in which they saw them, where they say so."""

    kind: ChangeKind
    go_lives: Mapping[int, date | None]
    scope: str = ""
    tell: Sequence[str] = ()
    versions: Mapping[int, int] = field(default_factory=dict)


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
    steps = [_step(rows[pk], wish, waves, now) for pk in wish.go_lives if pk not in refused]
    changing = [step for step in steps if _differs(step, wish)]
    return Preview(changing, refused, warnings_of(programme, changing, now))


@transaction.atomic
def change_schedule(
    *, programme: Programme, wish: Wish, decision: Decision, now: datetime
) -> ScheduleChange | None:
    """Make the change; None when all stands so already. One change, one ledger entry a go-live.

    Raises UnableToChangeSchedule, with nothing written, without reason or decider, and when one of
    the go-lives cannot be changed so; StaleSchedule when one is newer than the version seen.
    """
    _check(wish, decision)
    _lock(wish)
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
    steps_by = {step.go_live.pk: step for step in steps}
    change = write_change(
        programme=programme, kind=wish.kind, decision=decision, steps=steps, now=now, tell=wish.tell
    )
    settle(
        list(steps_by),
        waves={pk: step.to_wave for pk, step in steps_by.items()},
        scopes={pk: step.to_scope for pk, step in steps_by.items()},
    )
    record_many([entry_of_step(change, step, decision) for step in steps], now=now)
    return change


def _lock(wish: Wish) -> None:
    rows = GoLive.objects.filter(pk__in=wish.go_lives).order_by("pk").select_for_update()
    _refuse_stale(wish, dict(rows.values_list("pk", "version")))


def refuse_stale(wish: Wish) -> None:
    """Raises StaleSchedule when a go-live is newer than the version the wish saw; writes and locks
    nothing, for who only looks."""
    rows = GoLive.objects.filter(pk__in=wish.versions)
    _refuse_stale(wish, dict(rows.values_list("pk", "version")))


def _refuse_stale(wish: Wish, found: Mapping[int, int]) -> None:
    stale = [pk for pk, seen in wish.versions.items() if pk in found and found[pk] != seen]
    if stale:
        words = f"go-live {', '.join(map(str, stale))}: changed since you read it"
        raise StaleSchedule(words, stale)


@transaction.atomic
def undo_change(
    *, change: ScheduleChange, actor: str, origin: str, now: datetime
) -> ScheduleChange:
    """Take a change back: it counts as never made; wave and scope go back where nobody has changed
    them since. Twice does no harm.

    Raises UnableToChangeSchedule once it was announced, for the plan itself, when another go-live
    has taken the place of a cancelled one, and when one was handed over since: others have acted.
    """
    hold_checklist(change.programme)  # so that nobody plans anew what comes back
    row: ScheduleChange = ScheduleChange.objects.select_for_update().get(pk=change.pk)
    if row.undone_at is not None:
        return row
    if row.announced_at is not None:
        raise UnableToChangeSchedule("it was announced: make another change instead")
    if row.kind == ChangeKind.PLAN:
        raise UnableToChangeSchedule("this is how it was planned first: cancel it instead")
    locked = GoLive.objects.filter(pk__in=row.items.values("go_live")).order_by("pk")
    list(locked.select_for_update().values_list("pk"))
    items = list(row.items.select_related("go_live__site", "go_live__product", "from_wave"))
    _refuse_taken(row, items)
    _refuse_handed_over(row, items, now)
    row.undone_at, row.undone_by, row.version = now, actor, row.version + 1
    row.save(update_fields=["undone_at", "undone_by", "version"])
    joined = [item for item in items if item.go_live.wave_id == item.to_wave_id]
    reduced = [item for item in items if item.go_live.scope == item.to_scope]
    settle(
        [item.go_live_id for item in items],
        waves={item.go_live_id: item.from_wave for item in joined},
        scopes={item.go_live_id: item.from_scope for item in reduced},
    )
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
        row.announced_at, row.version = now, row.version + 1
        row.save(update_fields=["announced_at", "version"])
        _record_change(row, "announced", actor, origin, now)
    return row


def _check(wish: Wish, decision: Decision) -> None:
    check_decision(decision)
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
    to_on = wish.go_lives[pk]
    if wish.kind == ChangeKind.MOVE and to_on is None:
        return "say the day to move it to"
    return refusal_of(row, wish.kind, now, to_on)


def refusal_of(row: GoLive, kind: ChangeKind, now: datetime, to_on: date | None = None) -> str:
    """Why a go-live, read with its phases, cannot be changed so; empty when it can. A change that
    says no day moves nothing."""
    facts = row.facts()
    words = why_not(kind.value, status=row.status, has_started=has_begun(facts, now))
    if words or kind != ChangeKind.MOVE or to_on is None:
        return words
    return why_not_move(facts, to_on, now)


def waves_by_week(programme: Programme) -> dict[tuple[int, int], Wave]:
    """The waves by the ISO year and week they begin in; of two in a week the first."""
    found: dict[tuple[int, int], Wave] = {}
    for wave in programme.waves.order_by("number"):
        found.setdefault(week_of(wave.starts_on), wave)
    return found


def week_of(day: date) -> tuple[int, int]:
    """Its ISO year and week."""
    return day.isocalendar()[:2]


def _step(row: GoLive, wish: Wish, waves: Mapping[tuple[int, int], Wave], now: datetime) -> Step:
    """A move into the week of another wave joins it; into a week without one it stays. The day it
    really began is no plan any more: then the wave stays too."""
    to_on = wish.go_lives[row.pk] if wish.kind == ChangeKind.MOVE else None
    to_scope = mask(wish.scope.strip()).text if wish.kind == ChangeKind.REDUCE else row.scope
    is_actual = to_on is not None and is_beginning(row.facts(), to_on, now)
    is_elsewhere = to_on is not None and week_of(to_on) != week_of(row.planned_on)
    joined = waves.get(week_of(to_on)) if to_on and is_elsewhere and not is_actual else None
    return Step(
        row,
        row.starts_on,
        to_on,
        row.scope,
        to_scope,
        row.wave,
        joined or row.wave,
        is_actual,
        is_gone=wish.kind == ChangeKind.CANCEL,
    )


def _differs(step: Step, wish: Wish) -> bool:
    if wish.kind == ChangeKind.MOVE:
        return step.to_on != step.from_on
    return wish.kind != ChangeKind.REDUCE or step.to_scope != step.from_scope


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


def _refuse_handed_over(
    change: ScheduleChange, items: Sequence[ScheduleChangeItem], now: datetime
) -> None:
    ids = [item.go_live_id for item in items]
    since = sorted(
        row.site.number
        for some in portions(ids)
        for row in GoLive.objects.with_phases().filter(pk__in=some)
        for phase in phases_of(row.facts())
        if phase.key in HANDED_OVER and phase.since and change.made_at < phase.since <= now
    )
    if since:
        words = f"handed over since: {', '.join(dict.fromkeys(since))}; make another change instead"
        raise UnableToChangeSchedule(words)


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
            subject_key=label_of(item.go_live),
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
