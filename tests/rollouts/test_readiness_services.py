"""The checklist and its items; ticking many at once, taking it back, giving it to somebody."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.ledger.models import Change
from apps.rollouts.choices import ChangeKind, Readiness
from apps.rollouts.models import (
    GoLive,
    Product,
    Programme,
    ReadinessBatch,
    ReadinessItem,
    ReadinessStep,
    ReadinessTemplate,
)
from apps.rollouts.services import (
    Decision,
    NotYours,
    Plan,
    TemplateDraft,
    Tick,
    Ticked,
    UnableToTick,
    Wish,
    change_schedule,
    give_items,
    plan_go_lives,
    save_checklist,
    tick,
    undo_change,
    undo_ticks,
)
from tests import build
from tests.at_once import run_at_once

pytestmark = pytest.mark.django_db
NOW = build.MONDAY
MONDAY = date(2022, 7, 11)
DECISION = Decision(reason="Plan", decided_by="Pam", made_by="pam", origin="page")
WHO: dict[str, Any] = {"actor": "adi", "origin": "command", "now": NOW}
DONE, OPEN, SKIP = Readiness.DONE, Readiness.OPEN, Readiness.NOT_APPLICABLE


@pytest.fixture
def programme() -> Programme:
    made = build.programme()
    build.product(made)
    build.product(made, "vse", name="VSE-CS")
    return made


def plan(programme: Programme, *numbers: str) -> None:
    wave = build.wave(programme, 11, MONDAY)
    plans = [Plan(site=build.site(number, f"Site {number}"), product=product, wave=wave,
                  planned_on=MONDAY)
             for number in numbers for product in programme.products.all()]  # fmt: skip
    plan_go_lives(programme=programme, plans=plans, decision=DECISION, now=NOW)


def draft(key: str = "training", **facts: Any) -> TemplateDraft:
    usual: dict[str, Any] = {"name": key.capitalize(), "owner_role": "engineer", "offset_days": -7}
    return TemplateDraft(key=key, **usual | facts)


def save(programme: Programme, *drafts: TemplateDraft) -> dict[str, Any]:
    return save_checklist(programme=programme, drafts=drafts, **WHO)


def items(*keys: str) -> list[ReadinessItem]:
    rows = ReadinessItem.objects.current().with_facts().exclude(go_live__site__number="999")
    rows = rows.order_by("pk")
    return list(rows.filter(template__key__in=keys) if keys else rows)


def ticked(
    programme: Programme, rows: list[ReadinessItem], state: Readiness = DONE, evidence: str = "",
    who: str = "ana",
) -> Ticked:  # fmt: skip
    wanted = {row.pk: Tick(state, evidence) for row in rows}
    by = build.person(who, programme)
    return tick(programme=programme, wanted=wanted, by=by, origin="page", now=NOW)


def states(*keys: str) -> list[str]:
    return [row.state for row in items(*keys)]


def told(subject: str) -> list[str]:
    return list(
        Change.objects.filter(subject=subject).order_by("id").values_list("verb", flat=True)
    )


# --- the checklist --------------------------------------------------------------------------


def test_every_go_live_gets_every_item_in_whatever_order_they_come(programme: Programme) -> None:
    plan(programme, "636")
    save(programme, draft(), draft("audit", offset_days=1))
    plan(programme, "437")
    save(programme, draft(), draft("audit", offset_days=1), draft("poster"))
    assert ReadinessItem.objects.count() == 2 * 2 * 3
    assert len(items("poster")) == 4


def test_an_item_may_be_for_some_products_only(programme: Programme) -> None:
    plan(programme, "636", "437")
    save(programme, draft(products=("vse",)))
    assert {row.go_live.product.key for row in items()} == {"vse"}
    save(programme, draft(products=("echeckin", "vse")))
    assert len(items()) == 4
    save(programme, draft(products=("echeckin",)))
    assert {row.go_live.product.key for row in items()} == {"echeckin"}


def test_it_tells_what_changed_and_nothing_the_second_time(programme: Programme) -> None:
    first = save(programme, draft())
    assert first["training"][0] is None
    save(programme, draft())
    assert told("readiness_template") == ["added"]
    before, after = save(programme, draft(offset_days=-3, owner_role="pm"))["training"]
    assert (before["offset_days"], after["offset_days"]) == (-7, -3)
    change = Change.objects.get(subject="readiness_template", verb="changed")
    assert change.fields == {"owner_role": ["engineer", "pm"], "offset_days": [-7, -3]}


def test_a_retired_item_keeps_its_ticks_and_comes_back_with_them(programme: Programme) -> None:
    plan(programme, "636")
    save(programme, draft(), draft("poster"))
    ticked(programme, items("poster"), evidence="photo 7")
    assert save(programme, draft())["poster"] == ({"is_retired": False}, {"is_retired": True})
    assert (states("poster"), ReadinessItem.objects.count()) == ([], 4)
    save(programme, draft(), draft("poster"))
    assert [(row.state, row.evidence) for row in items("poster")] == [("done", "photo 7")] * 2


def test_a_cancelled_go_live_has_none_and_has_them_again_when_that_is_undone(
    programme: Programme,
) -> None:
    plan(programme, "636", "437")
    omaha = GoLive.objects.filter(site__number="636")
    wish = Wish(kind=ChangeKind.CANCEL, go_lives=dict.fromkeys(omaha.values_list("pk", flat=True)))
    change = change_schedule(programme=programme, wish=wish, decision=DECISION, now=NOW)
    save(programme, draft())
    assert {row.go_live.site.number for row in items()} == {"437"}
    assert change is not None
    undo_change(change=change, actor="pam", origin="page", now=NOW)
    assert {row.go_live.site.number for row in items()} == {"437", "636"}


def test_a_moved_go_live_takes_its_due_days_along(programme: Programme) -> None:
    plan(programme, "636")
    save(programme, draft())
    assert {row.due_on for row in items()} == {MONDAY - timedelta(days=7)}
    moves = dict.fromkeys(GoLive.objects.values_list("pk", flat=True), MONDAY + timedelta(days=7))
    wish = Wish(kind=ChangeKind.MOVE, go_lives=moves)
    change_schedule(programme=programme, wish=wish, decision=DECISION, now=NOW)
    assert {row.due_on for row in items()} == {MONDAY}
    templates = ReadinessTemplate.objects.all()
    due = ReadinessItem.objects.current().due_until
    assert due(MONDAY, templates).count() == 2
    assert due(MONDAY - timedelta(days=1), templates).count() == 0


def test_the_database_knows_what_cannot_be(programme: Programme) -> None:
    plan(programme, "636")
    save(programme, draft())
    row = items()[0]
    for columns in (
        {"state": "lost"},
        {"state": "not_applicable", "changed_by": "ana", "changed_at": NOW},
        {"state": "done"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReadinessItem.objects.filter(pk=row.pk).update(**columns)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReadinessItem.objects.create(template=row.template, go_live=row.go_live)
    row.template.is_blocking, row.template.offset_days = True, 1
    with pytest.raises(IntegrityError), transaction.atomic():
        row.template.save()


def test_thousands_of_items_are_made_in_one_statement(programme: Programme) -> None:
    plan(programme, *(str(number) for number in range(500, 600)))
    drafts = [draft(f"item-{number}") for number in range(10)]
    with CaptureQueriesContext(connection) as queries:
        save(programme, *drafts)
    assert ReadinessItem.objects.count() == 2000
    inserts = [one for one in queries if "INSERT INTO rollouts_readinessitem " in one["sql"]]
    assert len(inserts) == 1


@pytest.mark.django_db(transaction=True)
def test_none_is_missing_when_go_lives_and_items_are_added_at_once(programme: Programme) -> None:
    acts: list[Any] = [
        lambda: plan(programme, "636"),
        lambda: save(programme, draft(), draft("poster")),
        lambda: plan(programme, "437"),
        lambda: save(programme, draft(), draft("poster"), draft("audit")),
    ]
    build.wave(programme, 11, MONDAY)
    sites = [build.site(number, f"Site {number}") for number in ("636", "437")]
    run_at_once(acts)
    standing = ReadinessTemplate.objects.filter(retired_at=None).count()
    assert len(items()) == standing * len(sites) * 2
    assert standing in {2, 3}


# --- ticks ----------------------------------------------------------------------------------


@pytest.fixture
def ready(programme: Programme) -> Programme:
    plan(programme, "636", "437", "438")
    build.checklist(programme)
    return programme


def test_many_are_ticked_by_one_act_with_one_evidence(ready: Programme) -> None:
    rows = items("whitelist")
    done = ticked(ready, rows, evidence=" list of 8 July ")
    assert done.changed == 6
    row = items("whitelist")[0]
    assert (row.state, row.evidence, row.changed_by, row.changed_at) == (
        "done", "list of 8 July", "ana", NOW,
    )  # fmt: skip
    assert told("readiness") == ["ticked"] * 6
    change = Change.objects.filter(subject="readiness").first()
    assert change is not None
    assert done.batch is not None
    assert change.subject_key == "636 echeckin whitelist"
    assert change.fields == {
        "state": ["open", "done"], "batch": done.batch.pk, "evidence": "list of 8 July",
    }  # fmt: skip


def test_the_second_time_nothing_happens(ready: Programme) -> None:
    ticked(ready, items("whitelist"), evidence="list")
    again = ticked(ready, items("whitelist"))
    assert (again.batch, again.changed) == (None, 0)
    assert ReadinessBatch.objects.count() == 1
    assert ticked(ready, items("whitelist"), evidence="another list").changed == 6
    assert {row.evidence for row in items("whitelist")} == {"another list"}


def test_an_item_is_opened_again(ready: Programme) -> None:
    ticked(ready, items("whitelist"), evidence="list")
    ticked(ready, items("whitelist")[:1], OPEN)
    row = items("whitelist")[0]
    assert (row.state, row.evidence) == ("open", "")
    assert told("readiness")[-1] == "reopened"


def test_it_is_set_aside_with_a_reason_only(ready: Programme) -> None:
    with pytest.raises(UnableToTick, match="say why"):
        ticked(ready, items("poster"), SKIP, "  ")
    assert ReadinessBatch.objects.count() == 0
    ticked(ready, items("poster"), SKIP, "no counter here")
    assert [row.evidence for row in items("poster")] == ["no counter here"] * 6


def test_nothing_is_written_when_one_of_them_cannot_be(ready: Programme) -> None:
    other = build.programme()
    build.go_live(build.site("999"), build.product(other), MONDAY)
    build.checklist(other)
    theirs = ReadinessItem.objects.filter(go_live__programme=other)
    with pytest.raises(UnableToTick, match="not on the checklist"):
        ticked(ready, [*items("whitelist"), *theirs])
    with pytest.raises(NotYours, match="Audit is ticked by DevOps"):
        ticked(ready, items("whitelist", "audit"))
    assert set(states()) == {"open"}
    assert not told("readiness")


@pytest.mark.parametrize(
    ("who", "keys"),
    [
        ("ana", {"whitelist", "poster"}),
        ("dev", {"audit"}),
        ("pam", {"training", "whitelist", "poster", "audit"}),
        ("dee", {"training", "whitelist", "poster", "audit"}),
        ("adi", {"training", "whitelist", "poster", "audit"}),
        ("vic", set()),
    ],
)
def test_each_role_ticks_its_own_items(ready: Programme, who: str, keys: set[str]) -> None:
    may = set()
    for key, *_ in build.CHECKLIST:
        try:
            ticked(ready, items(key), who=who)
        except NotYours:
            continue
        may.add(key)
    assert may == keys


def test_an_act_is_taken_back_as_a_whole(ready: Programme) -> None:
    ticked(ready, items("whitelist")[:1], evidence="by hand")
    done = ticked(ready, items("whitelist", "poster"), evidence="all of them")
    assert done.batch is not None
    ana = build.person("ana")
    assert undo_ticks(batch=done.batch, by=ana, origin="page", now=NOW) == (12, 0)
    first, *others = items("whitelist", "poster")
    assert (first.state, first.evidence, first.changed_by) == ("done", "by hand", "ana")
    assert {(row.state, row.changed_by, row.changed_at) for row in others} == {("open", "", None)}
    assert told("readiness").count("restored") == 12
    assert undo_ticks(batch=done.batch, by=ana, origin="page", now=NOW) == (0, 0)


def test_what_somebody_changed_since_stays(ready: Programme) -> None:
    done = ticked(ready, items("whitelist"))
    ticked(ready, items("whitelist")[:2], evidence="checked again", who="pam")
    assert done.batch is not None
    assert undo_ticks(batch=done.batch, by=build.person("ana"), origin="page", now=NOW) == (4, 2)
    assert states("whitelist") == ["done", "done", *["open"] * 4]


def test_only_who_may_tick_takes_back(ready: Programme) -> None:
    done = ticked(ready, items("audit"), who="dev")
    assert done.batch is not None
    with pytest.raises(NotYours):
        undo_ticks(batch=done.batch, by=build.person("ana", ready), origin="page", now=NOW)
    assert set(states("audit")) == {"done"}


def give(programme: Programme, rows: list[ReadinessItem], owner: Any, who: str = "pam") -> int:
    return give_items(programme=programme, items=[row.pk for row in rows], owner=owner,
                      by=build.person(who, programme), origin="page", now=NOW)  # fmt: skip


def test_an_item_is_given_to_a_person_who_then_ticks_it(ready: Programme) -> None:
    ana = build.person("ana", ready)
    with pytest.raises(NotYours):
        ticked(ready, items("audit")[:2])
    assert give(ready, items("audit")[:2], ana) == 2
    assert ticked(ready, items("audit")[:2]).changed == 2
    assert give(ready, items("audit")[:2], ana) == 0
    assert give(ready, items("audit")[:1], None) == 1
    assert [row.owner for row in items("audit")[:2]] == [None, ana]
    assert told("readiness") == ["given", "given", "ticked", "ticked", "given"]


def test_it_is_not_given_to_somebody_who_may_not_tick(ready: Programme) -> None:
    for person in (build.person("vic", ready), build.person("ben", build.programme())):
        with pytest.raises(UnableToTick, match="may tick nothing"):
            give(ready, items("audit"), person)
    with pytest.raises(NotYours):
        give(ready, items("audit"), None, who="ana")


@pytest.mark.django_db(transaction=True)
def test_it_is_done_once_when_many_tick_at_once(ready: Programme) -> None:
    rows = items("whitelist")
    build.person("ana", ready)
    results = run_at_once([lambda: ticked(ready, rows)] * 4)
    assert sorted(one.changed for one in results) == [0, 0, 0, 6]
    assert (ReadinessBatch.objects.count(), ReadinessStep.objects.count()) == (1, 6)
    assert told("readiness") == ["ticked"] * 6


def test_it_asks_as_often_for_many_as_for_few(ready: Programme) -> None:
    counts: list[int] = []
    build.person("ana", ready)
    for keys in (("poster",), ("whitelist",)):
        plan(ready, *(f"{number}{len(keys[0])}" for number in range(50, 50 + len(counts) * 30)))
        with CaptureQueriesContext(connection) as queries:
            ticked(ready, items(*keys))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14


def test_rows_name_themselves(ready: Programme) -> None:
    done = ticked(ready, items("whitelist"))
    step, row = ReadinessStep.objects.all()[0], items("whitelist")[0]
    assert [str(one) for one in (row.template, row, done.batch, step)] == [
        "Whitelisted", f"readiness {row.pk}", f"batch {step.batch_id}",
        f"batch {step.batch_id} of {row.pk}",
    ]  # fmt: skip
    assert Product.objects.count() == 2
