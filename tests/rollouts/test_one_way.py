"""A go-live's dates and status have one writer: what its schedule changes come to.

First the code is walked for another one; then random decisions are made, and after each the columns
are what the changes come to.
"""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.django import TestCase

from apps.rollouts.choices import ChangeKind
from apps.rollouts.models import GoLive, Programme, ScheduleChange
from apps.rollouts.services import (
    Asked,
    Decision,
    Plan,
    UnableToChangeSchedule,
    UnableToSave,
    Wish,
    announce_change,
    change_schedule,
    edit_row,
    hold_hand_over,
    plan_go_live,
    plan_go_lives,
    propose,
    put_in_wave,
    take_over,
    undo_change,
)
from tests import build

APPS = Path(__file__).resolve().parents[2] / "apps"
GUARDED = {"planned_on", "actual_on", "status"}
WRITING = {"create", "update", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
           "abulk_update", "aupdate", "acreate", "save", "GoLive"}  # fmt: skip
WRITING_SQL = re.compile(r"(update|into|delete from|table)\s+\W?rollouts_golive\b", re.IGNORECASE)
# Where they are written: rows that are there are settled, new ones come with their plan. The look
# at an import makes rows that are never saved.
WRITERS = {
    ("rollouts/services/decisions.py", "settle"),
    ("rollouts/services/schedule.py", "_add"),
    ("rollouts/services/imports/schedule.py", "_new"),
}


def writers() -> Iterator[tuple[str, str]]:
    """File and function of everything that could write a guarded column of a go-live."""
    for path in sorted(APPS.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "migrations" in path.parts or not ("GoLive" in text or "go_live" in text):
            continue
        for function, node in _within(ast.parse(text)):
            if _writes(node):
                yield str(path.relative_to(APPS)), function


def _within(tree: ast.AST, name: str = "") -> Iterator[tuple[str, ast.AST]]:
    for node in ast.iter_child_nodes(tree):
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        yield name, node
        yield from _within(node, node.name if is_function else name)  # type: ignore[attr-defined]  # as asked


def _writes(node: ast.AST) -> bool:
    match node:
        case ast.Assign(targets=targets):
            return any(_is_guarded(target) for target in targets)
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            return _is_guarded(target)
        case ast.Call(func=func):
            name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
            return name in WRITING and bool(_named(node) & GUARDED) and _is_of_go_lives(node)
        case ast.Constant(value=str(text)):
            return bool(WRITING_SQL.search(text))  # SQL of its own
    return False


def _is_guarded(target: ast.AST) -> bool:
    """An attribute; also one of several that are assigned together."""
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    return any(isinstance(one, ast.Attribute) and one.attr in GUARDED for one in parts)


def _named(call: ast.Call) -> set[str]:
    """Columns a call names: keywords, and texts in its lists."""
    words = {word.arg or "" for word in call.keywords}
    return words | {one.value for one in ast.walk(call)
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)}  # fmt: skip


def _is_of_go_lives(call: ast.Call) -> bool:
    """`names` of settle are a list of their own; anything else says GoLive or go_lives."""
    return "golive" in ast.unparse(call).lower().replace("_", "")


def test_nothing_but_the_settling_of_changes_writes_dates_and_status() -> None:
    assert set(writers()) == WRITERS


@pytest.mark.parametrize(
    "line",
    [
        "row.planned_on = today",
        "row.wave, row.status = wave, 'paused'",
        "GoLive.objects.filter(pk=1).update(status='paused')",
        "GoLive.objects.bulk_update(rows, ['actual_on'])",
        "GoLive(planned_on=today)",
        "programme.go_lives.update(planned_on=today)",
        "cursor.execute('UPDATE rollouts_golive SET scope = 1')",
    ],
)
def test_the_walk_sees_each_way_of_writing(line: str) -> None:
    assert any(_writes(node) for _, node in _within(ast.parse(line)))


@pytest.mark.parametrize(
    "line", ["row.wave = wave", "GoLive.objects.filter(status='paused')", "kept.state = 200"]
)
def test_the_walk_minds_nothing_else(line: str) -> None:
    assert not any(_writes(node) for _, node in _within(ast.parse(line)))


# --- random decisions ----------------------------------------------------------------------

START = datetime(2022, 6, 1, 12, tzinfo=UTC)
FIRST = date(2022, 6, 6)
SITES = ("358", "442", "636")
ZONES = {"358": "Asia/Manila", "442": "America/Denver", "636": "America/Chicago"}
DECISION = Decision(reason="as decided", decided_by="Dee", made_by="dee", origin="page")
KINDS = [kind for kind in ChangeKind if kind is not ChangeKind.PLAN]
ACTS = some.tuples(
    some.sampled_from(
        ["plan", "bring", "undo", "announce", "wave", "hold", "take over", "zone", *KINDS]
    ),
    some.sets(some.integers(0, 5), min_size=1, max_size=3),  # which
    some.integers(-20, 40),  # a day
    some.integers(-2, 90),  # hours until then; a clock may be set back
)


class Season:
    """Two products at three sites, and everything that may be done to their schedule."""

    def __init__(self) -> None:
        self.now = START
        self.programme: Programme = build.programme()
        self.products = [build.product(self.programme, key) for key in ("echeckin", "vse")]
        self.sites = [build.site(number, time_zone=ZONES[number]) for number in SITES]
        self.waves = [
            build.wave(self.programme, number, FIRST + timedelta(weeks=number))
            for number in range(1, 4)
        ]

    def act(self, what: str, which: set[int], day: int, hours: int) -> None:
        self.now += timedelta(hours=hours)
        on = FIRST + timedelta(days=day)
        act = getattr(self, what.replace(" ", "_"), None)
        if act is not None:
            act(which, on)
        else:
            self.change(ChangeKind(what), which, on)

    def change(self, kind: ChangeKind, which: set[int], on: date) -> None:
        rows = self._rows(which)
        wish = Wish(kind=kind, go_lives={row.pk: on for row in rows}, scope=f"{on.day} clinics")
        change_schedule(programme=self.programme, wish=wish, decision=DECISION, now=self.now)

    def plan(self, which: set[int], on: date) -> None:
        for plan in self._plans(which, on):
            plan_go_live(programme=self.programme, plan=plan, decision=DECISION, now=self.now)

    def bring(self, which: set[int], on: date) -> None:
        plans = self._plans(which, on)
        plan_go_lives(programme=self.programme, plans=plans, decision=DECISION, now=self.now)

    def undo(self, which: set[int], on: date) -> None:
        for change in self._changes(which):
            undo_change(change=change, actor="dee", origin="page", now=self.now)

    def announce(self, which: set[int], on: date) -> None:
        for change in self._changes(which):
            announce_change(change=change, actor="dee", origin="page", now=self.now)

    def wave(self, which: set[int], on: date) -> None:
        for row in self._rows(which):
            put_in_wave(go_live=row, wave=self.waves[on.day % 3], decision=DECISION, now=self.now)

    def hold(self, which: set[int], on: date) -> None:
        rows = self._rows(which)
        hold_hand_over(go_lives=rows, reason="wait", actor="dee", origin="page", now=self.now)

    def take_over(self, which: set[int], on: date) -> None:
        proposal = propose(programme=self.programme, pace=1 + on.day % 3, first_week=on,
                           group_by="", only=(), now=self.now)  # fmt: skip
        take_over(proposal=proposal, decision=DECISION, now=self.now)

    def zone(self, which: set[int], on: date) -> None:
        site = self.sites[min(which) % 3]
        asked = Asked(actor="dee", origin="page", now=self.now)
        edit_row(row=site, changes={"time_zone": ZONES[SITES[on.day % 3]]}, asked=asked)

    def _plans(self, which: set[int], on: date) -> list[Plan]:
        return [
            Plan(site=self.sites[one % 3], product=self.products[one // 3],
                 wave=self.waves[one % 3], planned_on=on)
            for one in sorted(which)
        ]  # fmt: skip

    def _rows(self, which: set[int]) -> list[GoLive]:
        rows = list(GoLive.objects.select_related("site", "product").order_by("-pk"))
        return [rows[one] for one in sorted(which) if one < len(rows)]

    def _changes(self, which: set[int]) -> list[ScheduleChange]:
        rows = list(ScheduleChange.objects.order_by("-pk"))
        return [rows[one] for one in sorted(which) if one < len(rows)]


def columns() -> dict[int, tuple[Any, ...]]:
    names = ("pk", "planned_on", "actual_on", "status", "scope", "wave_id", "version")
    return {row[0]: row[1:] for row in GoLive.objects.values_list(*names)}


class TestRandomDecisions(TestCase):
    """Whatever is decided, refused, undone: the columns are what the changes come to."""

    @settings(max_examples=60)
    @given(some.lists(ACTS, max_size=12))
    def test_columns_are_the_fold_of_the_changes(
        self, acts: list[tuple[str, set[int], int, int]]
    ) -> None:
        season = Season()
        season.act("plan", {0, 1, 2, 3}, 7, 0)
        for act in acts:
            before = columns()
            try:
                season.act(*act)
            except (UnableToChangeSchedule, UnableToSave):
                assert columns() == before or act[0] in {"plan", "undo", "announce", "wave"}
            self.check(before, columns())

    def check(self, before: dict[int, tuple[Any, ...]], after: dict[int, tuple[Any, ...]]) -> None:
        for row in GoLive.objects.with_facts():
            folded = row.folded()
            assert (row.planned_on, row.actual_on, row.status) == (
                folded.planned_on, folded.actual_on, folded.status,
            )  # fmt: skip
            assert row.wave is None or row.wave.programme_id == row.programme_id
        for pk, (*was, version) in before.items():
            *is_now, newer = after[pk]
            assert (newer > version) is (is_now != was)
            assert newer >= version
