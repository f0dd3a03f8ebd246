"""Planning and moving go-lives: only through a schedule change, told in the ledger, once only."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from apps.ledger.models import Change
from apps.rollouts.choices import Status
from apps.rollouts.models import GoLive, Product, ScheduleChange, ScheduleChangeItem
from apps.rollouts.services import (
    Decision,
    Plan,
    Planned,
    UnableToChangeSchedule,
    plan_go_lives,
)
from tests import build

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 4, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
FIRST, SECOND = date(2022, 6, 13), date(2022, 6, 27)


def decision(reason: str = "the clinic is not ready", decided_by: str = "Dee Dunn") -> Decision:
    return Decision(reason=reason, decided_by=decided_by, made_by="dee", origin="command")


@pytest.fixture
def product() -> Product:
    return build.product(build.programme())


def plans(product: Product, count: int, on: date = FIRST, **more: Any) -> list[Plan]:
    sites = [build.site(str(500 + number), f"Place {number}") for number in range(count)]
    facts: dict[str, Any] = {"wave": None} | more
    return [Plan(site=site, product=product, planned_on=on, **facts) for site in sites]


def plan(product: Product, wanted: list[Plan], now: datetime = NOW) -> list[Planned]:
    made = plan_go_lives(programme=product.programme, plans=wanted, decision=decision(), now=now)
    return list(made.values())


def assert_equal_to_their_changes() -> None:
    for row in GoLive.objects.with_facts():
        folded = row.folded()
        assert (row.planned_on, row.status) == (folded.planned_on, folded.status)


def test_it_plans_many_by_one_change(product: Product) -> None:
    made = plan(product, plans(product, 3))
    change = ScheduleChange.objects.get()
    assert (change.kind, change.reason, change.decided_by, change.made_by, change.made_at) == (
        "plan", "the clinic is not ready", "Dee Dunn", "dee", NOW,
    )  # fmt: skip
    assert change.items.count() == GoLive.objects.count() == 3
    assert made[0] == Planned(None, {"planned_on": FIRST, "wave": None, "scope": ""})
    assert_equal_to_their_changes()


def test_it_changes_nothing_the_second_time(product: Product) -> None:
    wanted = plans(product, 3)
    plan(product, wanted)
    again = plan(product, wanted, LATER)
    assert all(one.before == one.after for one in again)
    assert ScheduleChange.objects.count() == 1
    assert Change.objects.count() == 3


def test_it_moves_what_has_another_date(product: Product) -> None:
    wanted = plans(product, 2)
    plan(product, wanted)
    moved = plan(product, [*plans(product, 1, SECOND), wanted[1]], LATER)
    item = ScheduleChangeItem.objects.get(change__kind="move")
    assert (item.go_live.site.number, item.from_on, item.to_on) == ("500", FIRST, SECOND)
    assert [one.after["planned_on"] for one in moved] == [SECOND, FIRST]
    assert_equal_to_their_changes()


def test_it_tells_each_in_the_ledger(product: Product) -> None:
    plan(product, plans(product, 1))
    plan(product, plans(product, 1, SECOND), LATER)
    planned, moved = Change.objects.order_by("pk")
    assert (planned.type, moved.type) == ("go_live.planned", "go_live.moved")
    assert (moved.subject_key, moved.actor, moved.programme_id) == (
        "500 echeckin", "dee", product.programme_id,
    )  # fmt: skip
    assert moved.fields == {
        "planned_on": ["2022-06-13", "2022-06-27"],
        "reason": "the clinic is not ready",
        "decided_by": "Dee Dunn",
        "change": ScheduleChange.objects.get(kind="move").pk,
    }


def test_it_tells_a_change_of_wave_or_scope(product: Product) -> None:
    wave = build.wave(product.programme)
    plan(product, plans(product, 1))
    (made,) = plan(product, plans(product, 1, wave=wave, scope="two clinics"), LATER)
    assert (made.before, made.after) == (
        {"planned_on": FIRST, "wave": None, "scope": ""},
        {"planned_on": FIRST, "wave": 9, "scope": "two clinics"},
    )
    row = GoLive.objects.get()
    assert (row.wave, row.scope) == (wave, "two clinics")
    told = Change.objects.order_by("pk").last()
    assert told is not None
    assert told.type == "go_live.changed"
    change = ScheduleChange.objects.get(kind="move")
    assert told.fields == {
        "wave": [None, 9], "scope": ["", "two clinics"], "change": change.pk,
        "reason": change.reason, "decided_by": change.decided_by,
    }  # fmt: skip
    assert change.items.get().to_on is None


def test_it_leaves_alone_what_is_not_planned_any_more(product: Product) -> None:
    wanted = plans(product, 2)
    plan(product, wanted)
    plan(product, wanted[:1], LATER)
    assert GoLive.objects.count() == 2


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.ROLLED_BACK])
def test_it_does_not_bring_back_what_was_ended(product: Product, status: Status) -> None:
    wanted = plans(product, 1)
    plan(product, wanted)
    GoLive.objects.update(status=status)
    (made,) = plan(product, plans(product, 1, SECOND), LATER)
    assert made.stays == f"was {status.label.lower()}, and stays so"
    assert GoLive.objects.get().planned_on == FIRST


def test_it_looks_at_the_standing_one_beside_a_cancelled_one(product: Product) -> None:
    site = build.site("500")
    build.go_live(site, product, FIRST, status=Status.CANCELLED)
    standing = build.go_live(site, product, FIRST)
    plan(product, plans(product, 1, SECOND))
    standing.refresh_from_db()
    assert standing.planned_on == SECOND
    assert GoLive.objects.count() == 2


def test_it_asks_the_database_as_often_for_many_as_for_few(
    product: Product, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    wanted = plans(product, 300)
    with django_assert_max_num_queries(18):  # SQLite takes 999 values a time
        plan(product, wanted)
    with django_assert_max_num_queries(10):
        plan(product, wanted, LATER)


@pytest.mark.parametrize(
    ("reason", "decided_by", "words"),
    [(" ", "Dee Dunn", "say the reason"), ("late", "", "say who decided")],
)
def test_it_wants_a_reason_and_who_decided(
    product: Product, reason: str, decided_by: str, words: str
) -> None:
    unsaid = decision(reason, decided_by)
    with pytest.raises(UnableToChangeSchedule, match=words):
        plan_go_lives(
            programme=product.programme, plans=plans(product, 1), decision=unsaid, now=NOW
        )
    assert GoLive.objects.count() == 0
