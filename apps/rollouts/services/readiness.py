"""Ticking the checklist: many items at once, taken back together (product R7)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.accounts.models import Person
from apps.ledger.services import Entry, record_many
from apps.rollouts.choices import Readiness
from apps.rollouts.models import Programme, ReadinessBatch, ReadinessItem, ReadinessStep
from apps.rollouts.rules.readiness import may_tick

BATCH = 500
TICKING = frozenset({"engineer", "pm", "dm", "devops", "administrator"})
VERBS = {
    Readiness.DONE: "ticked",
    Readiness.NOT_APPLICABLE: "set_aside",
    Readiness.OPEN: "reopened",
}


class UnableToTick(Exception):
    """Why not, in words; nothing was written."""


class StaleItems(UnableToTick):
    """Somebody changed items since the caller read them; `items` are their ids."""

    def __init__(self, items: Sequence[int]) -> None:
        super().__init__(f"item {', '.join(map(str, items[:10]))}: changed since you read it")
        self.items = tuple(items)


class NotYours(UnableToTick):
    """It is somebody else's to do."""


@dataclass(frozen=True, slots=True)
class Tick:
    """How an item is to stand; `evidence` is what shows it, for not needed the reason."""

    state: Readiness
    evidence: str = ""


@dataclass(frozen=True)
class Ticked:
    """What an act came to: its batch (None: all stood so already) and how many it changed."""

    batch: ReadinessBatch | None
    changed: int


@transaction.atomic
def tick(
    *, programme: Programme, wanted: Mapping[int, Tick], by: Person, origin: str, now: datetime,
    versions: Mapping[int, int] | None = None,
) -> Ticked:  # fmt: skip
    """Bring items (by id) to what is wanted, by one act; those that stand so already stay.

    Raises UnableToTick, with nothing written, for an item that is not on the programme's checklist
    now, and for one set aside without a reason; StaleItems for one that is newer than the version
    in which it was seen; NotYours for one somebody else has to tick.
    """
    items = _hold(programme, wanted)
    seen = versions or {}
    if stale := [item.pk for item in items if seen.get(item.pk, item.version) != item.version]:
        raise StaleItems(stale)
    _refuse_others(items, by, programme)
    if any(one.state == Readiness.NOT_APPLICABLE and not one.evidence.strip()
           for one in wanted.values()):  # fmt: skip
        raise UnableToTick("say why it is not needed")
    changing = [item for item in items if _differs(item, wanted[item.pk])]
    if not changing:
        return Ticked(None, 0)
    batch = ReadinessBatch.objects.create(programme=programme, made_by=by.username, made_at=now)
    steps = [_step(batch, item, wanted[item.pk]) for item in changing]
    _set(steps, by, now)
    ReadinessStep.objects.bulk_create(steps, batch_size=BATCH)
    record_many(
        [_entry(item, VERBS[Readiness(step.to_state)], by, origin, _told(step))
         for item, step in zip(changing, steps, strict=True)],
        now=now,
    )  # fmt: skip
    return Ticked(batch, len(changing))


@transaction.atomic
def undo_ticks(*, batch: ReadinessBatch, by: Person, origin: str, now: datetime) -> tuple[int, int]:
    """Take an act back as a whole; an item that somebody has changed since stays as it is.

    Returns how many were restored, and how many stay. Twice does no harm. Raises NotYours.
    """
    row = ReadinessBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if row.undone_at is not None:
        return 0, 0
    steps = {step.item_id: step for step in row.steps.all()}
    items = list(_rows(ReadinessItem.objects.filter(pk__in=steps)))
    _refuse_others(items, by, row.programme)
    undone = [item for item in items if _is_as_left(item, steps[item.pk], row)]
    for item in undone:
        step = steps[item.pk]
        item.state, item.evidence = step.from_state, step.from_evidence
        item.changed_by, item.changed_at = step.from_by, step.from_at
        item.version += 1
    _restore(undone)
    row.undone_at, row.undone_by = now, by.username
    row.save(update_fields=["undone_at", "undone_by"])
    facts = [{"state": [steps[i.pk].to_state, i.state], "batch": row.pk} for i in undone]
    record_many(
        [_entry(item, "restored", by, origin, told)
         for item, told in zip(undone, facts, strict=True)],
        now=now,
    )  # fmt: skip
    return len(undone), len(items) - len(undone)


@transaction.atomic
def give_items(
    *, programme: Programme, items: Collection[int], owner: Person | None, by: Person, origin: str,
    now: datetime,
) -> int:  # fmt: skip
    """Give items (by id) to a person, or back (None) to whoever has the owner's role; returns how
    many changed hands. Raises UnableToTick for somebody who may not tick in this programme."""
    if owner is not None and not TICKING & owner.roles_in(programme.pk):
        raise UnableToTick(f"{owner} may tick nothing in this programme")
    rows = _hold(programme, items)
    _refuse_others(rows, by, programme)
    changing = [item for item in rows if item.owner != owner]
    entries = []
    for item in changing:
        told = {"owner": [_name(item.owner), _name(owner)]}
        entries.append(_entry(item, "given", by, origin, told))
        item.owner, item.version = owner, item.version + 1
    ReadinessItem.objects.bulk_update(changing, ["owner", "version"], batch_size=BATCH)
    record_many(entries, now=now)
    return len(changing)


def _name(person: Person | None) -> str | None:
    return person.username if person else None


def _hold(programme: Programme, wanted: Collection[int]) -> list[ReadinessItem]:
    """These items, locked in the order of their ids. Raises UnableToTick when one is not there."""
    rows = ReadinessItem.objects.current().filter(go_live__programme=programme, pk__in=wanted)
    found = list(_rows(rows))
    if len(found) < len(wanted):
        missing = sorted(set(wanted) - {row.pk for row in found})
        raise UnableToTick(f"not on the checklist now: {', '.join(map(str, missing[:10]))}")
    return found


def _rows(rows: Any) -> Any:
    return rows.with_facts().select_for_update(of=("self",), no_key=True).order_by("pk")


def _refuse_others(items: Sequence[ReadinessItem], by: Person, programme: Programme) -> None:
    roles = by.roles_in(programme.pk)
    for item in items:
        is_owner = item.owner_id == by.pk and bool(TICKING & roles)
        if not may_tick(roles=roles, owner_role=item.template.owner_role, is_owner=is_owner):
            who = item.template.get_owner_role_display()
            raise NotYours(f"{item.template.name} is ticked by {who}")


def _differs(item: ReadinessItem, wanted: Tick) -> bool:
    if item.state != wanted.state:
        return True
    evidence = wanted.evidence.strip()
    return item.state != Readiness.OPEN and bool(evidence) and evidence != item.evidence


def _step(batch: ReadinessBatch, item: ReadinessItem, wanted: Tick) -> ReadinessStep:
    to_evidence = "" if wanted.state == Readiness.OPEN else wanted.evidence.strip()
    return ReadinessStep(
        batch=batch, item=item, from_state=item.state, to_state=wanted.state,
        from_evidence=item.evidence, to_evidence=to_evidence,
        from_by=item.changed_by, from_at=item.changed_at,
    )  # fmt: skip


def _is_as_left(item: ReadinessItem, step: ReadinessStep, batch: ReadinessBatch) -> bool:
    stands = item.state, item.evidence, item.changed_by, item.changed_at
    return stands == (step.to_state, step.to_evidence, batch.made_by, batch.made_at)


def _set(steps: Sequence[ReadinessStep], by: Person, now: datetime) -> None:
    """One statement for all that are to stand alike."""
    alike: dict[tuple[str, str], list[int]] = {}
    for step in steps:
        alike.setdefault((step.to_state, step.to_evidence), []).append(step.item_id)
    for (state, evidence), ids in alike.items():
        ReadinessItem.objects.filter(pk__in=ids).update(
            state=state,
            evidence=evidence,
            changed_by=by.username,
            changed_at=now,
            version=F("version") + 1,
        )


def _restore(items: Sequence[ReadinessItem]) -> None:
    names = ["state", "evidence", "changed_by", "changed_at", "version"]
    ReadinessItem.objects.bulk_update(items, names, batch_size=BATCH)


def _told(step: ReadinessStep) -> dict[str, Any]:
    told: dict[str, Any] = {"state": [step.from_state, step.to_state], "batch": step.batch_id}
    return told | ({"evidence": step.to_evidence} if step.to_evidence else {})


def _entry(
    item: ReadinessItem, verb: str, by: Person, origin: str, fields: Mapping[str, Any]
) -> Entry:
    return Entry(
        subject="readiness", subject_key=item.label[:120], verb=verb, actor=by.username,
        origin=origin, programme_id=item.programme_id, fields=fields,
    )  # fmt: skip
