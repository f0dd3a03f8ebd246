"""A schedule as a table: what it changes, and the change itself."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from apps.core.guard import mask
from apps.rollouts.choices import ChangeKind, Status
from apps.rollouts.models import GoLive, Programme, ScheduleChange
from apps.rollouts.rules import Moved, ScheduleDiff, Slot, is_beginning, schedule_diff
from apps.rollouts.rules.cells import text_of
from apps.rollouts.rules.columns import NEEDED, headers_of
from apps.rollouts.rules.days import day_of
from apps.rollouts.services.changing import Wish, carry_out, refusal_of, week_of
from apps.rollouts.services.decisions import Decision, Step
from apps.rollouts.services.imports.known import Known
from apps.rollouts.services.imports.previews import (
    ImportOptions,
    ImportPreview,
    Row,
    few,
    in_words,
    refuse,
)
from apps.rollouts.services.schedule import Key, add_go_lives
from apps.rollouts.services.warnings import warnings_of
from apps.rollouts.sheets import Table, read_table

LONGEST_SCOPE = 200
KINDS = {"moved": ChangeKind.MOVE, "changed": ChangeKind.REDUCE}


@dataclass(frozen=True)
class Imported:
    """What a file did, and the changes that say so."""

    preview: ImportPreview
    changes: list[ScheduleChange]


def preview_schedule(
    *, programme: Programme, content: bytes, options: ImportOptions, now: datetime
) -> ImportPreview:
    """What a schedule file would change, in a constant number of queries; writes nothing.

    Raises BadFile, and NoColumn when somebody has to say what the headers mean.
    """
    headers = headers_of("schedule", programme.labels)
    named = programme.import_columns.get("schedule", {})
    table = read_table(content, headers, NEEDED["schedule"], named)
    known = Known(programme)
    preview = ImportPreview.of("schedule", table)
    slots = _Reading(known, table, options, preview).slots()
    kept = {key: slot for key, slot in known.standing.items() if key not in slots}
    # As long as rows cannot be read, what seems to be missing may stand in one of them.
    if options.cancel_missing and not preview.errors:
        kept = _not_to_cancel(kept, known, preview, now)
    preview.diff = schedule_diff(known.standing, {**kept, **slots})
    preview.names = {number: row.name for number, row in known.sites.items()}
    known.fetch([*preview.diff.moved, *preview.diff.changed, *preview.diff.removed])
    _refuse_changes(preview, known, now)
    preview.plans = [known.plan(key, slot) for key, slot in preview.diff.added.items()]
    preview.steps = _steps(preview.diff, known, now)
    preview.warnings += warnings_of(programme, preview.steps, now) + _warnings(preview, known)
    preview.sign()
    return preview


class _Reading:
    """The rows of one table, as what they want."""

    def __init__(
        self, known: Known, table: Table, options: ImportOptions, preview: ImportPreview
    ) -> None:
        self._known, self._table, self._options, self._preview = known, table, options, preview
        self._repeated: list[str] = []

    def slots(self) -> dict[Key, Slot]:
        found: dict[Key, Slot] = {}
        for line, cells in self._table.rows:
            if self._preview.is_full:
                break
            row = Row(line, cells, self._preview)
            if (taken := self._taken(row)) is None:
                continue
            key, slot = taken
            if key not in found:
                found[key], self._preview.lines[key] = slot, line
            elif found[key] == slot:
                self._repeated.append(str(line))
            else:
                self._contradict(row, key, found[key], slot)
        if self._repeated:
            words = f"rows that stand a second time count once: line {few(self._repeated)}"
            self._preview.notes.append(words)
        return found

    def _taken(self, row: Row) -> tuple[Key, Slot] | None:
        number = row.take("site", self._known.site)
        product = row.take("product", self._known.product)
        order, epoch = self._options.order, self._table.epoch
        on = row.take("planned_on", lambda cell: day_of(cell, order=order, epoch=epoch))
        wave = row.take("wave", self._known.wave)
        scope = row.take("scope", lambda cell: mask(text_of(cell, most=LONGEST_SCOPE)).text)
        if row.has_failed:
            return None
        return self._completed((number, product), Slot(on, wave, scope))

    def _completed(self, key: Key, slot: Slot) -> tuple[Key, Slot]:
        """What the file has no column for stays; who moves to another week joins its wave. A file
        from before a go-live began on another day than planned does not take that back."""
        standing = self._known.standing.get(key)
        if standing and slot.planned_on == self._known.planned[key].planned_on:
            slot = replace(slot, planned_on=standing.planned_on)
        if "scope" not in self._table.headers:
            slot = replace(slot, scope=standing.scope if standing else "")
        elif standing and standing.scope != slot.scope == standing.scope.strip():
            slot = replace(slot, scope=standing.scope)
        if "wave" not in self._table.headers:
            slot = replace(slot, wave=self._wave(standing, slot.planned_on))
        return key, slot

    def _wave(self, standing: Slot | None, on: date) -> int | None:
        own = standing.wave if standing else None
        if standing and week_of(standing.planned_on) == week_of(on):
            return own
        joined = self._known.by_week.get(week_of(on))
        return joined.number if joined else own

    def _contradict(self, row: Row, key: Key, first: Slot, second: Slot) -> None:
        line = self._preview.lines[key]
        column = "planned_on" if first.planned_on != second.planned_on else "site"
        words = f"says otherwise of {key[0]} {key[1]} than line {line}"
        if column == "planned_on":
            words += f", where it is {in_words(first.planned_on)}"
        row.fail(column, f"{words}: keep one of them")


def _not_to_cancel(
    missing: dict[Key, Slot], known: Known, preview: ImportPreview, now: datetime
) -> dict[Key, Slot]:
    """What the file does not name and that cannot be cancelled any more: it stays, with a word."""
    known.fetch(list(missing))
    begun = {
        key: slot
        for key, slot in missing.items()
        if refusal_of(known.rows[key], ChangeKind.CANCEL, now)
    }
    if begun:
        names = few([" ".join(key) for key in begun])
        preview.warnings.append(f"not named and too late to cancel, so they stay: {names}")
    return begun


def _refuse_changes(preview: ImportPreview, known: Known, now: datetime) -> None:
    """What may not be done to a go-live as it stands: its row is an error."""
    diff, column = preview.diff, preview.headers.get("planned_on", "")
    for verb, ones in (("moved", diff.moved), ("changed", diff.changed)):
        for key, one in ones.items():
            to_on = one.after.planned_on if verb == "moved" else None
            if why := refusal_of(known.rows[key], KINDS[verb], now, to_on):
                where = preview.lines[key], column if verb == "moved" else ""
                preview.fail(*where, " ".join(key), f"cannot be {verb}: {why}")


def _steps(diff: ScheduleDiff, known: Known, now: datetime) -> list[Step]:
    """Everything the file does, for the effects of other apps."""
    moved = [_step(known, key, one, now) for key, one in (diff.moved | diff.changed).items()]
    gone = [
        Step(row, row.starts_on, None, row.scope, row.scope, row.wave, row.wave, is_gone=True)
        for row in (known.rows[key] for key in diff.removed)
    ]
    return [_new(known, key, slot) for key, slot in diff.added.items()] + moved + gone


def _step(known: Known, key: Key, one: Moved, now: datetime) -> Step:
    row, after = known.rows[key], one.after
    to_on = after.planned_on if one.days else None
    return Step(
        row, row.starts_on, to_on, row.scope, after.scope,
        row.wave, known.waves.get(after.wave) if after.wave is not None else None,
        is_actual=to_on is not None and is_beginning(row.facts(), to_on, now),
    )  # fmt: skip


def _new(known: Known, key: Key, slot: Slot) -> Step:
    plan = known.plan(key, slot)
    row = GoLive(programme=known.programme, site=plan.site, product=plan.product, wave=plan.wave,
                 planned_on=slot.planned_on, scope=slot.scope)  # fmt: skip
    return Step(row, slot.planned_on, slot.planned_on, slot.scope, slot.scope, plan.wave,
                plan.wave, is_new=True)  # fmt: skip


def _warnings(preview: ImportPreview, known: Known) -> list[str]:
    """What one should mind, beside the days: waves of other weeks, what was cancelled before."""
    diff = preview.diff
    after = diff.added | {key: one.after for key, one in (diff.moved | diff.changed).items()}
    astray = [
        f"{key[0]} on {in_words(slot.planned_on)} (wave {slot.wave})"
        for key, slot in after.items()
        if slot.wave is not None
        and week_of(known.waves[slot.wave].starts_on) != week_of(slot.planned_on)
    ]
    warnings = [f"outside of the week of their wave: {few(astray)}"] if astray else []
    old = GoLive.objects.filter(programme=known.programme, status=Status.CANCELLED)
    cancelled = set(old.values_list("site__number", "product__key"))
    if anew := [" ".join(key) for key in diff.added if key in cancelled]:
        warnings.append(f"cancelled once, and planned anew: {few(anew)}")
    return warnings


@transaction.atomic
def import_schedule(
    *, programme: Programme, content: bytes, options: ImportOptions, decision: Decision,
    now: datetime, digest: str = "",
) -> Imported:  # fmt: skip
    """Bring the schedule to what the file says: all of it, or nothing. The same file again does
    nothing.

    Raises BadFile; BadRows; UnableToChangeSchedule when `digest` is of another look, and without
    reason or decider.
    """
    list(Programme.objects.select_for_update().filter(pk=programme.pk))
    list(programme.go_lives.select_for_update().order_by("pk").values_list("pk"))
    preview = preview_schedule(programme=programme, content=content, options=options, now=now)
    refuse(preview, digest)
    moved = [step for step in preview.steps if not (step.is_new or step.is_gone)]
    gone = [step for step in preview.steps if step.is_gone]
    made = [
        add_go_lives(programme=programme, plans=preview.plans, decision=decision, now=now),
        _carry_out(programme, ChangeKind.MOVE, moved, decision, now),
        _carry_out(programme, ChangeKind.CANCEL, gone, decision, now),
    ]
    return Imported(preview, [one for one in made if one is not None])


def _carry_out(
    programme: Programme, kind: ChangeKind, steps: list[Step], decision: Decision, now: datetime
) -> ScheduleChange | None:
    wish = Wish(kind=kind, go_lives={step.go_live.pk: step.to_on for step in steps})
    return carry_out(programme=programme, wish=wish, steps=steps, decision=decision, now=now)
