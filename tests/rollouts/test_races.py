"""Two people at once: one wins, the other is told; two real connections."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from apps.rollouts.choices import ChangeKind
from apps.rollouts.models import GoLive, Product, Programme, ScheduleChange, Wave
from apps.rollouts.services import (
    Decision,
    Plan,
    Proposal,
    UnableToChangeSchedule,
    Wish,
    change_schedule,
    plan_go_live,
    plan_go_lives,
    propose,
    take_over,
    undo_change,
)
from tests import build
from tests.at_once import run_at_once

pytestmark = [pytest.mark.postgresql_only, pytest.mark.django_db(transaction=True)]
NOW = datetime(2022, 4, 20, 15, tzinfo=UTC)
FIRST = date(2022, 6, 13)
DECISION = Decision(reason="as agreed", decided_by="Dee", made_by="dee", origin="page")
ROUNDS = range(5)


@contextmanager
def slowly(both: threading.Barrier) -> Iterator[None]:
    """In a transaction that begins when the other does, and is still open when that one acts."""
    with transaction.atomic():
        both.wait()
        yield
        threading.Event().wait(0.05)


def refused(results: list[Any]) -> list[Any]:
    """Those that were refused in words; anything else that was raised is a failure."""
    words = [one for one in results if isinstance(one, UnableToChangeSchedule)]
    raised = [one for one in results if isinstance(one, Exception)]
    assert raised == words
    return words


@pytest.fixture
def product() -> Product:
    return build.product(build.programme())


def cancelled(product: Product, number: str) -> tuple[Plan, ScheduleChange]:
    plan = Plan(site=build.site(number), product=product, wave=None, planned_on=FIRST)
    row = plan_go_live(programme=product.programme, plan=plan, decision=DECISION, now=NOW)
    wish = Wish(kind=ChangeKind.CANCEL, go_lives={row.pk: None})
    change = change_schedule(programme=product.programme, wish=wish, decision=DECISION, now=NOW)
    assert change is not None
    return plan, change


@pytest.mark.parametrize("number", ROUNDS)
def test_a_cancellation_undone_while_it_is_planned_anew(product: Product, number: int) -> None:
    plan, change = cancelled(product, str(500 + number))
    both = threading.Barrier(2)

    def undo() -> None:
        with slowly(both):
            undo_change(change=change, actor="pam", origin="page", now=NOW)

    def anew() -> None:
        with slowly(both):
            plan_go_live(programme=product.programme, plan=plan, decision=DECISION, now=NOW)

    assert len(refused(run_at_once([undo, anew]))) == 1
    assert GoLive.objects.exclude(status="cancelled").count() == 1


def proposals(programme: Programme) -> list[Proposal]:
    return [
        propose(programme=programme, pace=1, first_week=date(2022, 7, 4), group_by="", only=(),
                now=NOW)
        for _ in range(2)
    ]  # fmt: skip


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_who_take_a_plan_over_number_their_waves_once(product: Product, _round: int) -> None:
    programme = product.programme
    plans = [
        Plan(site=build.site(str(number)), product=product, wave=None, planned_on=FIRST)
        for number in range(500, 504)
    ]
    plan_go_lives(programme=programme, plans=plans, decision=DECISION, now=NOW)
    both = threading.Barrier(2)

    def act(proposal: Proposal) -> Any:
        with slowly(both):
            return take_over(proposal=proposal, decision=DECISION, now=NOW + timedelta(hours=1))

    results = run_at_once([partial(act, one) for one in proposals(programme)])
    [words] = refused(results)
    assert "changed since you read it" in str(words)
    assert list(Wave.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]
    assert ScheduleChange.objects.filter(kind="move").count() == 1
