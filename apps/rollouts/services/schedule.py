"""Planning go-lives, and bringing them to what a file says (product R4, R6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import IntegrityError, transaction

from apps.ledger.services import record_many
from apps.rollouts.choices import ChangeKind, Status
from apps.rollouts.models import GoLive, Product, Programme, ScheduleChange, Site, Wave
from apps.rollouts.services.checklist import hold_checklist, make_items
from apps.rollouts.services.decisions import (
    BATCH,
    Decision,
    Step,
    UnableToChangeSchedule,
    check_decision,
    entry_of_step,
    settle,
    write_change,
)
from apps.rollouts.services.entries import Columns

__all__ = [
    "Decision", "Key", "Plan", "Planned", "UnableToChangeSchedule", "plan_go_live",
    "plan_go_lives",
]  # fmt: skip
FINAL = frozenset({Status.CANCELLED, Status.ROLLED_BACK})
Key = tuple[str, str]  # site number, product key


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A go-live as somebody wants it; `keeps` names what they say nothing of, "wave" or "scope": it
    stays as it is."""

    site: Site
    product: Product
    wave: Wave | None
    planned_on: date
    scope: str = ""
    keeps: frozenset[str] = frozenset()

    @property
    def key(self) -> Key:
        return self.site.number, self.product.key

    def columns(self) -> Columns:
        wave = self.wave.number if self.wave else None
        return {"planned_on": self.planned_on, "wave": wave, "scope": self.scope}

    def beside(self, row: GoLive | None) -> "Plan":
        """This plan with what it keeps of the go-live that stands. Who says the day it really began
        moves nothing."""
        if row is None:
            return self
        return replace(
            self,
            planned_on=row.planned_on if self.planned_on == row.actual_on else self.planned_on,
            wave=row.wave if "wave" in self.keeps else self.wave,
            scope=row.scope if "scope" in self.keeps else self.scope,
        )


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
    New ones get the items of the checklist.

    Returns what became of each, by (site number, product key). A go-live that is not in `plans`
    stays: cancelling is a decision of its own, and so is planning one anew that was cancelled or
    rolled back. Raises UnableToChangeSchedule.
    """
    check_decision(decision)
    _check_programme(programme, plans)
    hold_checklist(programme)
    known = _standing(programme)
    plans = [plan.beside(known.get(plan.key)) for plan in plans]
    new = [plan for plan in plans if plan.key not in known]
    kept = [plan for plan in plans if plan.key in known and known[plan.key].status not in FINAL]
    result = {plan.key: _outcome(plan, known.get(plan.key)) for plan in plans}
    _add(programme, new, decision, now)
    _bring(programme, {known[plan.key]: plan for plan in kept}, decision, now)
    if new:
        make_items(programme)
    return result


@transaction.atomic
def add_go_lives(
    *, programme: Programme, plans: Sequence[Plan], decision: Decision, now: datetime
) -> ScheduleChange | None:
    """Plan go-lives that do not stand, one that was cancelled before anew; None without plans.
    They get the items of the checklist.

    Raises UnableToChangeSchedule without reason or decider.
    """
    check_decision(decision)
    _check_programme(programme, plans)
    hold_checklist(programme)
    change = _add(programme, plans, decision, now)[1]
    make_items(programme)
    return change


@transaction.atomic
def plan_go_live(*, programme: Programme, plan: Plan, decision: Decision, now: datetime) -> GoLive:
    """Plan one go-live, also one whose last attempt was cancelled; that is the decision it needs.

    Raises UnableToChangeSchedule while another stands for the same site and product.
    """
    check_decision(decision)
    _check_programme(programme, [plan])
    hold_checklist(programme)
    mine = GoLive.objects.filter(programme=programme, site=plan.site, product=plan.product)
    standing = mine.exclude(status=Status.CANCELLED).first()
    if standing is not None:
        words = f"go-live {standing.pk} stands for it and {_state(standing)}"
        raise UnableToChangeSchedule(words)
    try:
        with transaction.atomic():
            made = _add(programme, [plan], decision, now)[0][0]
    except IntegrityError as problem:  # somebody planned it in this very moment
        raise UnableToChangeSchedule("somebody else has just planned it") from problem
    make_items(programme)
    return made


def _check_programme(programme: Programme, plans: Sequence[Plan]) -> None:
    """What is planned belongs to the programme it is planned in; the database says so too."""
    for plan in plans:
        owners = {plan.product.programme_id, plan.wave.programme_id if plan.wave else programme.pk}
        if owners != {programme.pk}:
            words = f"{plan.site.number}: product and wave belong to {programme.key}"
            raise UnableToChangeSchedule(words)


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
        return Planned(before, before, f"{_state(row)}, and stays so")
    return Planned(before, plan.columns())


def _state(row: GoLive) -> str:
    verb = "was" if row.status in FINAL else "is"
    return f"{verb} {row.get_status_display().lower()}"


def _columns(row: GoLive) -> Columns:
    return {"planned_on": row.planned_on, "wave": _number(row.wave), "scope": row.scope}


def _number(wave: Wave | None) -> int | None:
    return wave.number if wave else None


def _add(
    programme: Programme, plans: Sequence[Plan], decision: Decision, now: datetime
) -> tuple[list[GoLive], ScheduleChange | None]:
    """New go-lives; the one place that makes them, with the plan they follow from."""
    rows = GoLive.objects.bulk_create(
        [
            GoLive(programme=programme, site=plan.site, product=plan.product, wave=plan.wave,
                   planned_on=plan.planned_on, scope=plan.scope)
            for plan in plans
        ],
        batch_size=BATCH,
    )  # fmt: skip
    steps = [Step(row, None, row.planned_on, "", row.scope, None, row.wave) for row in rows]
    return rows, _write(programme, ChangeKind.PLAN, steps, decision, now)


def _bring(
    programme: Programme, plans: Mapping[GoLive, Plan], decision: Decision, now: datetime
) -> None:
    """Go-lives that stand, to what is planned, by one change: another day is a move; what stays on
    its day and joins another wave, or has another scope, stands in it without one."""
    changing = {row: plan for row, plan in plans.items() if _columns(row) != plan.columns()}
    steps = [_step(row, plan) for row, plan in changing.items()]
    _write(programme, ChangeKind.MOVE, steps, decision, now)
    settle(
        [row.pk for row in changing],
        waves={row.pk: plan.wave for row, plan in changing.items()},
        scopes={row.pk: plan.scope for row, plan in changing.items()},
    )


def _step(row: GoLive, plan: Plan) -> Step:
    to_on = plan.planned_on if plan.planned_on != row.planned_on else None
    return Step(row, row.planned_on, to_on, row.scope, plan.scope, row.wave, plan.wave)


def _write(
    programme: Programme,
    kind: ChangeKind,
    steps: Sequence[Step],
    decision: Decision,
    now: datetime,
) -> ScheduleChange | None:
    """The change and its ledger entries; None without steps."""
    if not steps:
        return None
    change = write_change(programme=programme, kind=kind, decision=decision, steps=steps, now=now)
    record_many([entry_of_step(change, step, decision) for step in steps], now=now)
    return change
