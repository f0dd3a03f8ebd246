"""The planner: a proposal of waves as a difference to the schedule, taken over as one change."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, cast
from zoneinfo import ZoneInfo

from django.db import transaction

from apps.ledger.services import Entry, record_many
from apps.rollouts.choices import ChangeKind, Status
from apps.rollouts.models import GoLive, Programme, ScheduleChange, Wave
from apps.rollouts.rules import NoSuchWeek, PlanSite, ProposedWave, propose_waves, support_phase
from apps.rollouts.services.changing import Wish, change_schedule
from apps.rollouts.services.checklist import hold_checklist
from apps.rollouts.services.decisions import Decision, Step, UnableToChangeSchedule


@dataclass(frozen=True)
class Proposal:
    """Waves, the steps that lead there from the schedule as it stands, sites that stay."""

    programme: Programme
    waves: list[ProposedWave]
    steps: list[Step]
    unknown: list[str]
    begun: int

    @property
    def digest(self) -> str:
        """Changes when the proposal does, or the schedule it was made for."""
        facts = [(one.go_live.pk, one.from_on, one.to_on) for one in self.steps]
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def propose(
    *,
    programme: Programme,
    pace: int,
    first_week: date,
    group_by: str,
    only: Collection[str],
    now: datetime,
) -> Proposal:
    """Spread the sites whose go-lives have not begun over weeks to come; writes nothing.

    `only` names the sites to plan (empty: all). Sites come in the order of their present date; test
    sites stay. Raises UnableToChangeSchedule when holidays and blackouts leave no week.
    """
    rows: list[GoLive] = list(
        GoLive.objects.with_facts()
        .filter(programme=programme, status=Status.PLANNED)
        .order_by("planned_on", "site__number", "product_id")
    )  # fmt: skip
    waiting = [row for row in rows if support_phase(row.facts(), now).key == "planned"]
    known = {row.site.number for row in rows}
    wanted = [
        row for row in waiting
        if not row.site.is_test and (not only or row.site.number in only)
    ]  # fmt: skip
    sites = {
        row.site.number: PlanSite(row.site.number, row.site.region, row.site.state)
        for row in wanted
    }
    waves = _waves(
        programme, list(sites.values()), pace, first_week, group_by, _tomorrow(wanted, now)
    )
    days = {number: wave.starts_on for wave in waves for number in wave.sites}
    steps = [
        Step(row, row.planned_on, days[row.site.number], row.scope, row.scope)
        for row in wanted
        if row.planned_on != days[row.site.number]
    ]
    unknown = sorted(set(only) - known)
    begun = sum(not row.site.is_test for row in rows if row not in waiting)
    return Proposal(programme, waves, steps, unknown, begun)


def _tomorrow(rows: Collection[GoLive], now: datetime) -> date:
    """The first day that has begun at none of their sites."""
    zones = {row.site.time_zone for row in rows} or {"UTC"}
    return max(now.astimezone(ZoneInfo(zone)).date() for zone in zones) + timedelta(days=1)


def _waves(
    programme: Programme,
    sites: list[PlanSite],
    pace: int,
    first_week: date,
    group_by: str,
    earliest: date,
) -> list[ProposedWave]:
    holidays = programme.holiday_dates()
    blackouts = [
        (date.fromisoformat(row["start"]), date.fromisoformat(row["end"]))
        for row in programme.blackouts
    ]
    grouped = cast("Literal['region', 'state', '']", group_by)
    try:
        return propose_waves(sites, pace=pace, first_week=first_week, holidays=holidays,
                             blackouts=blackouts, group_by=grouped, earliest=earliest)  # fmt: skip
    except NoSuchWeek as problem:
        raise UnableToChangeSchedule(f"holidays and blackouts leave {problem}") from problem


@transaction.atomic
def take_over(*, proposal: Proposal, decision: Decision, now: datetime) -> ScheduleChange | None:
    """Make a proposal the schedule: waves for weeks that have none, then one move of all.

    None when the schedule stands so already. Raises UnableToChangeSchedule, also when somebody has
    changed one of the go-lives since the proposal was worked out.
    """
    if not proposal.steps:
        return None
    hold_checklist(proposal.programme)  # two at once would give new waves the same numbers
    _add_waves(proposal, decision, now)
    wish = Wish(
        kind=ChangeKind.MOVE,
        go_lives={step.go_live.pk: step.to_on for step in proposal.steps},
        versions={step.go_live.pk: step.go_live.version for step in proposal.steps},
    )
    return change_schedule(programme=proposal.programme, wish=wish, decision=decision, now=now)


def _add_waves(proposal: Proposal, decision: Decision, now: datetime) -> None:
    programme = proposal.programme
    standing = list(programme.waves.all())
    weeks = {wave.starts_on.isocalendar()[:2] for wave in standing}
    number = max((wave.number for wave in standing), default=0)
    made = []
    for wave in proposal.waves:
        if wave.starts_on.isocalendar()[:2] not in weeks:
            number += 1
            made.append(Wave(programme=programme, number=number, name=wave.group[:120],
                             starts_on=wave.starts_on))  # fmt: skip
    Wave.objects.bulk_create(made)
    record_many([_entry(wave, decision) for wave in made], now=now)


def _entry(wave: Wave, decision: Decision) -> Entry:
    return Entry(
        subject="wave", subject_key=str(wave.number), verb="added", actor=decision.made_by,
        origin=decision.origin, programme_id=wave.programme_id,
        fields={"starts_on": [None, wave.starts_on.isoformat()], "name": [None, wave.name]},
    )  # fmt: skip
