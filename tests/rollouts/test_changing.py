"""Schedule changes as decisions: previewed, made for many at once, undone until announced."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.ledger.models import Change
from apps.rollouts.choices import ChangeKind
from apps.rollouts.models import GoLive, Product, ScheduleChange
from apps.rollouts.services import (
    Decision,
    Plan,
    StaleSchedule,
    UnableToChangeSchedule,
    Wish,
    announce_change,
    change_schedule,
    plan_go_lives,
    preview_change,
    undo_change,
)
from tests import build

pytestmark = pytest.mark.django_db
PLANNED_AT = datetime(2022, 4, 1, 12, tzinfo=UTC)
BEFORE = datetime(2022, 6, 1, 12, tzinfo=UTC)
DURING = datetime(2022, 6, 15, 12, tzinfo=UTC)
FIRST, SECOND = date(2022, 6, 13), date(2022, 6, 27)
JUNETEENTH = date(2022, 6, 20)


def decision(**facts: str) -> Decision:
    usual = {"reason": "the clinic is not ready", "decided_by": "Dee Dunn"}
    return Decision(**{**usual, "made_by": "dee", "origin": "page", **facts})


@pytest.fixture
def product() -> Product:
    return build.product(build.programme())


@pytest.fixture
def go_lives(product: Product) -> list[GoLive]:
    sites = [build.site(str(500 + number), f"Place {number}") for number in range(3)]
    plan_go_lives(
        programme=product.programme,
        plans=[Plan(site=site, product=product, wave=None, planned_on=FIRST) for site in sites],
        decision=decision(),
        now=PLANNED_AT,
    )
    return list(GoLive.objects.order_by("pk"))


def wish(kind: ChangeKind, go_lives: list[GoLive], to: date | None = None, **more: Any) -> Wish:
    return Wish(kind=kind, go_lives={row.pk: to for row in go_lives}, **more)


def make(
    wish: Wish, go_lives: list[GoLive], now: datetime = BEFORE, **facts: str
) -> ScheduleChange:
    made = change_schedule(
        programme=go_lives[0].programme, wish=wish, decision=decision(**facts), now=now
    )
    assert made is not None
    return made


def states() -> list[tuple[date, str]]:
    return list(GoLive.objects.order_by("pk").values_list("planned_on", "status"))


def test_it_moves_many_by_one_decision(go_lives: list[GoLive]) -> None:
    made = make(wish(ChangeKind.MOVE, go_lives, SECOND, tell=["Pam Price"]), go_lives)
    assert states() == [(SECOND, "planned")] * 3
    assert (made.items.count(), made.tell, made.decided_by) == (3, ["Pam Price"], "Dee Dunn")
    told = Change.objects.filter(subject="go_live", verb="moved")
    assert (told.count(), (told[0].fields or {})["planned_on"]) == (3, ["2022-06-13", "2022-06-27"])


def test_it_changes_nothing_when_all_stands_so(go_lives: list[GoLive]) -> None:
    nothing = change_schedule(
        programme=go_lives[0].programme,
        wish=wish(ChangeKind.MOVE, go_lives, FIRST),
        decision=decision(),
        now=BEFORE,
    )
    assert (nothing, ScheduleChange.objects.count()) == (None, 1)


def test_it_previews_without_writing(go_lives: list[GoLive]) -> None:
    programme = go_lives[0].programme
    programme.holidays = [{"on": JUNETEENTH.isoformat(), "name": "Juneteenth (observed)"}]
    programme.save()
    preview = preview_change(
        programme=programme, wish=wish(ChangeKind.MOVE, go_lives, JUNETEENTH), now=BEFORE
    )
    assert [(step.label, step.from_on, step.to_on) for step in preview.steps[:1]] == [
        ("500 echeckin", FIRST, JUNETEENTH)
    ]
    assert preview.warnings == ["Mon 20 Jun 2022 is Juneteenth (observed)"]
    assert states() == [(FIRST, "planned")] * 3


def test_it_warns_of_a_weekend_and_a_blackout(go_lives: list[GoLive]) -> None:
    programme = go_lives[0].programme
    programme.blackouts = [{"start": "2022-07-01", "end": "2022-07-10", "reason": "freeze"}]
    programme.save()
    saturday = wish(ChangeKind.MOVE, go_lives, date(2022, 7, 2))
    preview = preview_change(programme=programme, wish=saturday, now=BEFORE)
    assert preview.warnings == [
        "Sat 2 Jul 2022 is in a blackout",
        "Sat 2 Jul 2022 is a weekend",
    ]


@pytest.mark.parametrize(
    ("kinds", "now", "status"),
    [
        ([ChangeKind.PAUSE], BEFORE, "paused"),
        ([ChangeKind.PAUSE, ChangeKind.RESUME], BEFORE, "planned"),
        ([ChangeKind.CANCEL], BEFORE, "cancelled"),
        ([ChangeKind.ROLL_BACK], DURING, "rolled_back"),
        ([ChangeKind.PAUSE, ChangeKind.ROLL_BACK], DURING, "rolled_back"),
    ],
)
def test_it_brings_the_status(
    go_lives: list[GoLive], kinds: list[ChangeKind], now: datetime, status: str
) -> None:
    for step, kind in enumerate(kinds):
        make(wish(kind, go_lives), go_lives, now + timedelta(minutes=step))
    assert {state for _, state in states()} == {status}


def test_it_reduces_the_scope_and_says_from_what(go_lives: list[GoLive]) -> None:
    made = make(wish(ChangeKind.REDUCE, go_lives[:1], scope="two clinics"), go_lives)
    go_lives[0].refresh_from_db()
    item = made.items.get()
    assert (go_lives[0].scope, item.from_scope, item.to_scope) == ("two clinics", "", "two clinics")


@pytest.mark.parametrize(
    ("kind", "now", "words"),
    [
        (ChangeKind.RESUME, BEFORE, "it is planned"),
        (ChangeKind.ROLL_BACK, BEFORE, "not gone live yet"),
        (ChangeKind.CANCEL, DURING, "it has gone live"),
        (ChangeKind.MOVE, DURING, "its date is history"),
    ],
)
def test_it_refuses_what_makes_no_sense(
    go_lives: list[GoLive], kind: ChangeKind, now: datetime, words: str
) -> None:
    with pytest.raises(UnableToChangeSchedule, match=words):
        make(wish(kind, go_lives, SECOND), go_lives, now)
    assert ScheduleChange.objects.count() == 1


def test_a_move_to_a_day_that_has_come_says_when_it_really_began(
    go_lives: list[GoLive], product: Product
) -> None:
    wave = build.wave(product.programme, 3, date(2022, 6, 6))
    wednesday = date(2022, 6, 15)
    asked = wish(ChangeKind.MOVE, go_lives[:2], wednesday)
    preview = preview_change(programme=product.programme, wish=asked, now=DURING)
    assert preview.warnings == ["Wed 15 Jun 2022 has come: it is noted as the day it really began"]
    made = make(asked, go_lives, DURING)
    row = GoLive.objects.get(pk=go_lives[0].pk)
    assert (row.planned_on, row.actual_on, row.wave) == (FIRST, wednesday, None)
    item = made.items.first()
    assert item is not None
    assert (item.from_on, item.to_on, item.is_actual) == (FIRST, wednesday, True)
    told = Change.objects.filter(verb="moved").latest("pk")
    assert (told.fields or {})["actual_on"] == ["2022-06-13", "2022-06-15"]
    earlier = wish(ChangeKind.MOVE, go_lives[2:], date(2022, 6, 8))  # in the week of a wave
    make(earlier, go_lives, BEFORE + timedelta(days=8))
    assert GoLive.objects.get(pk=go_lives[2].pk).wave != wave
    undo_change(change=made, actor="dee", origin="page", now=DURING)
    row.refresh_from_db()
    assert (row.planned_on, row.actual_on) == (FIRST, None)


def test_the_plan_of_what_was_handed_over_is_corrected_with_a_warning(
    go_lives: list[GoLive], product: Product
) -> None:
    after, asked = DURING + timedelta(days=30), wish(ChangeKind.MOVE, go_lives[:1], SECOND)
    preview = preview_change(programme=product.programme, wish=asked, now=after)
    assert preview.warnings == [
        "handed over already, so that others have acted on the date: 500",
    ]
    make(asked, go_lives, after)
    row = GoLive.objects.get(pk=go_lives[0].pk)
    assert (row.planned_on, row.actual_on) == (SECOND, None)


def test_what_was_handed_over_since_is_not_undone(go_lives: list[GoLive]) -> None:
    made = make(wish(ChangeKind.MOVE, go_lives[:1], SECOND), go_lives, DURING - timedelta(days=4))
    with pytest.raises(UnableToChangeSchedule, match="handed over since: 500; make another"):
        undo_change(change=made, actor="dee", origin="page", now=DURING + timedelta(days=60))
    assert GoLive.objects.get(pk=go_lives[0].pk).planned_on == SECOND


def test_what_names_a_person_is_masked_before_it_is_kept(go_lives: list[GoLive]) -> None:
    said = decision(reason="Veteran with SSN 536-90-4399 waited")
    change_schedule(
        programme=go_lives[0].programme, decision=said, now=BEFORE,
        wish=wish(ChangeKind.REDUCE, go_lives[:1], scope="all but SSN 536-90-4399"),
    )  # fmt: skip
    row, told = ScheduleChange.objects.latest("pk"), Change.objects.latest("pk")
    assert row.reason == "Veteran with SSN [SSN] waited"
    assert GoLive.objects.get(pk=go_lives[0].pk).scope == "all but SSN [SSN]"
    assert "536" not in str(told.fields)


def test_that_it_began_as_planned_is_no_change(go_lives: list[GoLive]) -> None:
    nothing = change_schedule(
        programme=go_lives[0].programme,
        wish=wish(ChangeKind.MOVE, go_lives, FIRST),
        decision=decision(),
        now=DURING,
    )
    assert nothing is None


def test_what_was_rolled_back_is_given_up_by_cancelling(go_lives: list[GoLive]) -> None:
    make(wish(ChangeKind.ROLL_BACK, go_lives), go_lives, DURING)
    made = make(wish(ChangeKind.CANCEL, go_lives), go_lives, DURING + timedelta(hours=1))
    assert {state for _, state in states()} == {"cancelled"}
    undo_change(change=made, actor="dee", origin="page", now=DURING + timedelta(hours=2))
    assert {state for _, state in states()} == {"rolled_back"}


def test_a_decision_counts_although_the_clock_was_set_back(go_lives: list[GoLive]) -> None:
    make(wish(ChangeKind.MOVE, go_lives, SECOND), go_lives)
    third = date(2022, 7, 11)
    make(wish(ChangeKind.MOVE, go_lives, third), go_lives, BEFORE - timedelta(minutes=5))
    assert states() == [(third, "planned")] * 3


def test_it_refuses_a_go_live_somebody_else_changed(go_lives: list[GoLive]) -> None:
    seen = {row.pk: row.version for row in go_lives}
    make(wish(ChangeKind.MOVE, go_lives[:1], SECOND), go_lives)
    with pytest.raises(StaleSchedule) as caught:
        make(wish(ChangeKind.PAUSE, go_lives, versions=seen), go_lives)
    assert caught.value.go_lives == (go_lives[0].pk,)
    assert {state for _, state in states()} == {"planned"}


def test_it_does_all_or_nothing(go_lives: list[GoLive]) -> None:
    make(wish(ChangeKind.CANCEL, go_lives[:1]), go_lives)
    with pytest.raises(UnableToChangeSchedule, match=f"go-live {go_lives[0].pk}: it is cancelled"):
        make(wish(ChangeKind.MOVE, go_lives, SECOND), go_lives)
    assert states() == [(FIRST, "cancelled"), (FIRST, "planned"), (FIRST, "planned")]


def test_it_refuses_a_go_live_of_another_programme(go_lives: list[GoLive]) -> None:
    other = build.product(build.programme())
    with pytest.raises(UnableToChangeSchedule, match="no such go-live"):
        change_schedule(
            programme=other.programme,
            wish=wish(ChangeKind.PAUSE, go_lives),
            decision=decision(),
            now=BEFORE,
        )


@pytest.mark.parametrize(
    ("facts", "words"), [({"reason": " "}, "reason"), ({"decided_by": ""}, "who decided")]
)
def test_it_asks_why_and_who_decided(
    go_lives: list[GoLive], facts: dict[str, str], words: str
) -> None:
    with pytest.raises(UnableToChangeSchedule, match=words):
        make(wish(ChangeKind.PAUSE, go_lives), go_lives, BEFORE, **facts)


def test_it_undoes_a_change_as_if_it_was_never_made(go_lives: list[GoLive]) -> None:
    made = make(wish(ChangeKind.MOVE, go_lives, SECOND), go_lives)
    undo_change(change=made, actor="dee", origin="page", now=BEFORE + timedelta(minutes=1))
    assert states() == [(FIRST, "planned")] * 3
    made.refresh_from_db()
    assert made.undone_by == "dee"
    assert Change.objects.filter(subject="go_live", verb="restored").count() == 3


def test_it_undoes_in_the_middle_and_keeps_what_came_later(go_lives: list[GoLive]) -> None:
    moved = make(wish(ChangeKind.MOVE, go_lives[:1], SECOND), go_lives)
    make(wish(ChangeKind.PAUSE, go_lives[:1]), go_lives, BEFORE + timedelta(minutes=1))
    undo_change(change=moved, actor="dee", origin="page", now=BEFORE + timedelta(minutes=2))
    assert states()[0] == (FIRST, "paused")


def test_it_undoes_twice_without_harm(go_lives: list[GoLive]) -> None:
    made = make(wish(ChangeKind.PAUSE, go_lives), go_lives)
    for minute in (1, 2):
        undo_change(change=made, actor="dee", origin="page", now=BEFORE + timedelta(minutes=minute))
    assert Change.objects.filter(subject="schedule_change", verb="undone").count() == 1


def test_it_restores_a_scope_nobody_changed_since(go_lives: list[GoLive]) -> None:
    made = make(wish(ChangeKind.REDUCE, go_lives[:2], scope="two clinics"), go_lives)
    GoLive.objects.filter(pk=go_lives[1].pk).update(scope="one clinic")
    undo_change(change=made, actor="dee", origin="page", now=BEFORE)
    assert list(GoLive.objects.order_by("pk").values_list("scope", flat=True)) == [
        "", "one clinic", "",
    ]  # fmt: skip


def test_it_cannot_be_undone_once_it_was_announced(go_lives: list[GoLive]) -> None:
    made = make(wish(ChangeKind.PAUSE, go_lives), go_lives)
    announce_change(change=made, actor="pam", origin="page", now=BEFORE)
    with pytest.raises(UnableToChangeSchedule, match="announced"):
        undo_change(change=made, actor="dee", origin="page", now=BEFORE)
    assert {state for _, state in states()} == {"paused"}


def test_it_announces_nothing_that_was_undone(go_lives: list[GoLive]) -> None:
    made = make(wish(ChangeKind.PAUSE, go_lives), go_lives)
    undo_change(change=made, actor="dee", origin="page", now=BEFORE)
    with pytest.raises(UnableToChangeSchedule, match="undone"):
        announce_change(change=made, actor="pam", origin="page", now=BEFORE)


def test_it_cannot_undo_the_plan_itself(go_lives: list[GoLive]) -> None:
    with pytest.raises(UnableToChangeSchedule, match="cancel it instead"):
        undo_change(
            change=ScheduleChange.objects.get(kind="plan"), actor="dee", origin="page", now=BEFORE
        )


def test_it_does_not_bring_back_a_cancelled_go_live_whose_place_is_taken(
    go_lives: list[GoLive], product: Product
) -> None:
    made = make(wish(ChangeKind.CANCEL, go_lives[:1]), go_lives)
    build.go_live(go_lives[0].site, product, SECOND)
    with pytest.raises(UnableToChangeSchedule, match="planned anew"):
        undo_change(change=made, actor="dee", origin="page", now=BEFORE)


def test_it_asks_the_database_as_often_for_many_as_for_one(product: Product) -> None:
    counts = []
    for size, first in ((2, 100), (40, 200)):
        sites = [build.site(str(first + number)) for number in range(size)]
        plans = [Plan(site=site, product=product, wave=None, planned_on=FIRST) for site in sites]
        plan_go_lives(programme=product.programme, plans=plans, decision=decision(), now=PLANNED_AT)
        rows = list(GoLive.objects.filter(site__in=sites))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            make(wish(ChangeKind.MOVE, rows, SECOND), rows)
        counts.append(len(queries))
    assert counts[0] == counts[1]
