"""Writes to escalation policies; each change is one entry of the ledger, with before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from apps.ledger.services import record
from apps.paging.choices import Cause
from apps.paging.models import CAUSES, EscalationPolicy, EscalationStep
from apps.paging.rules import DEFAULT_POLICY, HAND_OVER_POLICY, PolicyFacts
from apps.rollouts.models import Programme

DEFAULT_KEY = "default"
HAND_OVER_KEY = "hand-overs"
Columns = dict[str, Any]


class UnableToSavePolicy(Exception):
    """Why not, in words; `field` says about what."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class PolicyDraft:
    """A policy as it should be."""

    name: str
    causes: Sequence[str]
    facts: PolicyFacts

    def columns(self) -> Columns:
        """As the ledger tells it."""
        return {"name": self.name, "causes": sorted(self.causes), **self.facts.plan()}


DEFAULT = PolicyDraft(
    name="Default",
    causes=[cause.value for cause in CAUSES if cause != Cause.HAND_OVER],
    facts=DEFAULT_POLICY,
)
HAND_OVER = PolicyDraft(name="Hand-overs", causes=[Cause.HAND_OVER.value], facts=HAND_OVER_POLICY)


@transaction.atomic
def save_policy(
    *, programme: Programme, key: str, draft: PolicyDraft, actor: str, origin: str, now: datetime
) -> tuple[EscalationPolicy, Columns | None, Columns]:
    """Make or change a policy; returns it and its columns before (None: new) and after.

    Pages under way keep the policy they started with. Raises UnableToSavePolicy without anybody to
    tell, and where another policy of the programme answers for a cause already.
    """
    _check(draft)
    Programme.objects.select_for_update().get(pk=programme.pk)
    row = EscalationPolicy.objects.filter(programme=programme, key=key).first()
    before = columns_of(row) if row else None
    if before == draft.columns() and row is not None:
        return row, before, before
    row = row or EscalationPolicy(programme=programme, key=key, counts_from=now)
    _fill(row, draft)
    record(
        subject="escalation", subject_key=key, verb="added" if before is None else "changed",
        actor=actor, origin=origin, programme_id=programme.pk, now=now,
        fields=_differences(before or {}, draft.columns()),
    )  # fmt: skip
    return row, before, draft.columns()


def ensure_policy(programme: Programme, *, now: datetime) -> None:
    """The default policy, for a programme that has none."""
    if not EscalationPolicy.objects.filter(programme=programme).exists():
        save_policy(programme=programme, key=DEFAULT_KEY, draft=DEFAULT, actor="system",
                    origin="worker", now=now)  # fmt: skip


def ensure_hand_over_policies(*, now: datetime) -> None:
    """A policy for hand-overs, from now on, for each programme where none answers for them. Who
    wants none keeps this one without its cause."""
    rows = Programme.objects.exclude(escalations__on_hand_over=True)
    for programme in rows.exclude(escalations__key=HAND_OVER_KEY):
        save_policy(programme=programme, key=HAND_OVER_KEY, draft=HAND_OVER, actor="system",
                    origin="worker", now=now)  # fmt: skip


def policy_for(programme: Programme, cause: str, *, now: datetime) -> EscalationPolicy | None:
    """The policy that answers for a cause; None where the programme pages nobody for it. A test
    goes the way of severity 1, else of the first policy."""
    ensure_policy(programme, now=now)
    rows = EscalationPolicy.objects.filter(programme=programme).prefetch_related("steps")
    if cause != Cause.TEST:
        return rows.filter(**{CAUSES[Cause(cause)]: True}).first()
    return rows.order_by("-on_severity_one", "key").first()


def columns_of(row: EscalationPolicy) -> Columns:
    """A policy as the ledger and the configuration tell it."""
    causes = sorted(cause.value for cause, column in CAUSES.items() if getattr(row, column))
    return {"name": row.name, "causes": causes, **row.facts().plan()}


def _check(draft: PolicyDraft) -> None:
    if not draft.facts.last_resort:
        raise UnableToSavePolicy("name a last resort: somebody has to be told", "last_resort")
    if all(target.kind == "channel" for target in draft.facts.last_resort):
        words = "a channel is nobody: the last resort names a role, a duty or a person"
        raise UnableToSavePolicy(words, "last_resort")
    unknown = sorted(set(draft.causes) - {cause.value for cause in CAUSES})
    if unknown:
        raise UnableToSavePolicy(f"no cause {unknown[0]!r}", "causes")


def _fill(row: EscalationPolicy, draft: PolicyDraft) -> None:
    plan = draft.facts.plan()
    row.name, row.rounds = draft.name, plan["rounds"]
    row.last_resort, row.last_wait = plan["last_resort"], plan["last_wait"]
    for cause, column in CAUSES.items():
        setattr(row, column, cause.value in draft.causes)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as problem:
        words = "another policy answers for one of these causes, or a wait is below a minute"
        raise UnableToSavePolicy(words, "causes") from problem
    row.steps.all().delete()
    EscalationStep.objects.bulk_create(
        EscalationStep(policy=row, position=position, **step)
        for position, step in enumerate(plan["steps"])
    )


def _differences(before: Columns, after: Columns) -> Columns:
    return {
        name: [before.get(name), value]
        for name, value in after.items()
        if before.get(name) != value
    }
