"""Importing a schedule: looked at first, all of it or nothing, a date never overwritten."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.ledger.models import Change
from apps.rollouts.choices import ChangeKind, Status
from apps.rollouts.effects import effects_of
from apps.rollouts.exporting import exported
from apps.rollouts.models import GoLive, Programme, ScheduleChange
from apps.rollouts.services import (
    BadRows,
    Decision,
    ImportOptions,
    UnableToChangeSchedule,
    Wish,
    change_schedule,
    import_schedule,
    undo_change,
)
from apps.rollouts.sheets import BadFile, NoColumn
from tests import build
from tests.rollouts.importing import (
    DECISION,
    FIRST,
    NOW,
    PLAIN,
    SECOND,
    WHOLE,
    bring,
    look_at,
    make_programme,
    standing,
    table,
)
from tests.rollouts.workbooks import workbook

pytestmark = pytest.mark.django_db
THIRD = date(2022, 5, 16)


@pytest.fixture
def programme() -> Programme:
    return make_programme()


def change(programme: Programme, number: str, kind: ChangeKind, now: datetime = NOW) -> None:
    row = GoLive.objects.exclude(status=Status.CANCELLED).get(site__number=number)
    wish = Wish(kind=kind, go_lives={row.pk: None})
    change_schedule(programme=programme, wish=wish, decision=DECISION, now=now)


def test_a_look_says_what_changes_and_writes_nothing(programme: Programme) -> None:
    before, changes = standing(), Change.objects.count()
    seen = look_at(programme, table("442,2022-05-09,2", "358,2022-05-09,2"))
    assert list(seen.diff.added) == [("358", "echeckin")]
    assert list(seen.diff.moved) == [("442", "echeckin")]
    assert not seen.diff.removed
    assert seen.lines == {("442", "echeckin"): 2, ("358", "echeckin"): 3}
    assert (standing(), Change.objects.count()) == (before, changes)


def test_it_moves_and_adds_through_changes_with_the_reason(programme: Programme) -> None:
    made = bring(programme, table("442,2022-05-09,2", "358,2022-05-09,2"))
    assert standing()["442"] == standing()["358"] == SECOND
    moved = GoLive.objects.get(site__number="442")
    assert moved.wave is not None
    assert moved.wave.number == 2
    assert [one.kind for one in made.changes] == ["plan", "move"]
    for one in made.changes:
        assert (one.reason, one.decided_by, one.made_by) == ("New plan", "Pam", "pam")
    told = Change.objects.filter(subject="go_live").order_by("-pk")[:2]
    assert {(row.verb, row.subject_key) for row in told} == {
        ("planned", "358 echeckin"), ("moved", "442 echeckin"),
    }  # fmt: skip


def test_status_and_date_are_still_the_fold_of_the_changes(programme: Programme) -> None:
    bring(programme, table("442,2022-05-09,2", "358,2022-05-09,2"), WHOLE)
    for row in GoLive.objects.with_facts():
        folded = row.folded()
        assert (row.planned_on, row.status) == (folded.planned_on, folded.status)


def test_undoing_the_move_brings_date_wave_and_scope_back(programme: Programme) -> None:
    content = table("442,2022-05-09,2,two clinics", head="site,planned_on,wave,scope")
    made = bring(programme, content)
    undo_change(change=made.changes[0], actor="dee", origin="page", now=NOW)
    row = GoLive.objects.get(site__number="442")
    assert (row.planned_on, row.wave and row.wave.number, row.scope) == (FIRST, 1, "")


def test_the_same_file_again_does_nothing(programme: Programme) -> None:
    content = table("442,2022-05-09,2", "358,2022-05-09,2")
    bring(programme, content)
    changes, facts = ScheduleChange.objects.count(), Change.objects.count()
    again = bring(programme, content)
    assert again.preview.is_empty
    assert again.changes == []
    assert (ScheduleChange.objects.count(), Change.objects.count()) == (changes, facts)


@pytest.mark.parametrize(
    ("row", "column", "value", "words"),
    [
        ("442,2022-02-30,2", "planned_on", "2022-02-30", "no such day"),
        ("443,2022-05-09,2", "site", "443", "did you mean '442'"),
        ("901,2022-05-09,2", "site", "901", "import the sites first"),
        ("442.0,2022-05-09,2", "site", "442.0", "is a number, not a site number"),
        ("442,2022-05-09,77", "wave", "77", "there are: 1 to 2"),
        ("442,3/4/2022,2", "planned_on", "3/4/2022", "either 3 April or 4 March"),
        ("442,44690,2", "planned_on", "44690", "may mean 2022-05-09"),
        ("442,,2", "planned_on", "", "the day is missing"),
        ("358,2022-05-16,2", "planned_on", "2022-05-16", "line 2, where it is 9 May 2022"),
        ("358,2022-05-09,1", "site", "358", "says otherwise of 358 echeckin than line 2"),
        ("442,2022-05-09,2,more", "", "", "more cells than there are headers"),
    ],
)
def test_one_bad_cell_and_nothing_is_imported(
    programme: Programme, row: str, column: str, value: str, words: str
) -> None:
    before = standing()
    content = table("358,2022-05-09,2", row)
    (error,) = look_at(programme, content).errors
    assert (error.line, error.column, error.value) == (3, column, value)
    assert words in error.words
    with pytest.raises(BadRows, match="line 3"):
        bring(programme, content)
    assert standing() == before


def test_errors_name_the_columns_as_the_file_does(programme: Programme) -> None:
    content = table("442,2022-02-30", head="Station number,Go-live date")
    programme.labels = {"site": "Station"}
    (error,) = look_at(programme, content).errors
    assert error.column == "Go-live date"


def test_a_product_is_known_by_key_or_name_and_asked_for_where_there_are_two(
    programme: Programme,
) -> None:
    build.product(programme, "vse", name="VSE-CS")
    head = "site,planned_on,product"
    rows = ("442,2022-05-02,ECHECK-IN", "442,2022-05-02,vse", "358,2022-05-02,", "358,2022-05-02,x")
    seen = look_at(programme, table(*rows, head=head))
    assert list(seen.diff.added) == [("442", "vse")]
    assert [one.words for one in seen.errors] == [
        "the product is missing; there are: echeckin, vse",
        "is no product of the programme; there are: echeckin, vse",
    ]


def test_what_a_workbook_made_of_numbers_and_days_is_right_or_refused(programme: Programme) -> None:
    build.site("442E1", "Laramie")
    head, day = ("site", "planned_on"), datetime(2022, 5, 9)  # noqa: DTZ001 - as workbooks have it
    seen = look_at(programme, workbook(head, (442, day), (636.0, 44690), (358, "9 May 2022")))
    assert {key[0]: one.after.planned_on for key, one in seen.diff.moved.items()} == {
        "442": SECOND, "636": SECOND,
    }  # fmt: skip
    assert [key[0] for key in seen.diff.added] == ["358"]
    (error,) = look_at(programme, workbook(head, (4420, day))).errors
    assert (error.value, "may have been 442E1" in error.words) == ("4420", True)


def test_rows_that_stand_twice_and_agree_count_once(programme: Programme) -> None:
    seen = look_at(programme, table("442,2022-05-09,2", "442,2022-05-09,2"))
    assert not seen.errors
    assert "rows that stand a second time count once: line 3" in seen.notes


def test_without_a_wave_column_who_moves_joins_the_wave_of_the_week(programme: Programme) -> None:
    bring(programme, table("442,2022-05-10", "358,2022-05-02", "636,2022-05-03",
                           head="site,planned_on"))  # fmt: skip
    waves = dict(GoLive.objects.values_list("site__number", "wave__number"))
    assert waves == {"442": 2, "358": 1, "636": 1}


def test_an_empty_wave_is_none(programme: Programme) -> None:
    made = bring(programme, table("442,2022-05-02,"))
    assert list(made.preview.diff.changed) == [("442", "echeckin")]
    row = GoLive.objects.get(site__number="442")
    assert (row.wave, row.planned_on) == (None, FIRST)
    told = Change.objects.filter(subject="go_live").latest("pk")
    assert (told.verb, (told.fields or {}).get("wave")) == ("changed", [1, None])
    undo_change(change=made.changes[0], actor="dee", origin="page", now=NOW)
    row.refresh_from_db()
    assert row.wave is not None


def test_what_a_file_lacks_is_cancelled_only_when_asked(programme: Programme) -> None:
    content = table("442,2022-05-02,1")
    assert look_at(programme, content).is_empty
    made = bring(programme, content, WHOLE)
    assert standing() == {"442": FIRST}
    assert [one.kind for one in made.changes] == ["cancel"]


def test_what_was_cancelled_is_planned_anew_and_one_is_told(programme: Programme) -> None:
    bring(programme, table("442,2022-05-02,1"), WHOLE)
    content = table("636,2022-05-09,2")
    assert "cancelled once, and planned anew: 636 echeckin" in look_at(programme, content).warnings
    bring(programme, content)
    assert standing() == {"442": FIRST, "636": SECOND}
    assert GoLive.objects.filter(site__number="636").count() == 2


def test_what_has_begun_is_not_moved_by_a_file(programme: Programme) -> None:
    now, before, content = NOW + timedelta(days=13), standing(), table("442,2022-05-09,2")
    (error,) = look_at(programme, content, now=now).errors
    assert error.value == "442 echeckin"
    assert error.words.startswith("cannot be moved: it has gone live: its date is history")
    with pytest.raises(BadRows):
        bring(programme, content, now=now)
    assert standing() == before


def test_what_has_begun_stays_though_a_whole_file_does_not_name_it(programme: Programme) -> None:
    bring(programme, table("358,2022-06-06,"))
    now = NOW + timedelta(days=13)
    made = bring(programme, table("442,2022-05-02,1"), WHOLE, now=now)
    told = "not named and too late to cancel, so they stay: 636 echeckin"
    assert told in made.preview.warnings
    assert standing() == {"442": FIRST, "636": FIRST}


def test_what_was_rolled_back_is_refused(programme: Programme) -> None:
    later = NOW + timedelta(days=20)
    change(programme, "442", ChangeKind.ROLL_BACK, later)
    seen = look_at(programme, table("442,2022-06-06,"), now=later)
    assert [one.words for one in seen.errors] == ["cannot be moved: it is rolled back"]


def test_a_row_that_cannot_be_read_is_not_taken_for_missing(programme: Programme) -> None:
    now = NOW + timedelta(days=20)
    seen = look_at(programme, table("442,2022-05-02,1", "636,soon,1"), WHOLE, now=now)
    assert [one.line for one in seen.errors] == [3]


def test_a_look_at_something_else_is_refused(programme: Programme) -> None:
    content = table("442,2022-05-09,2")
    seen = look_at(programme, content)
    bring(programme, table("442,2022-05-16,2"))
    with pytest.raises(UnableToChangeSchedule, match="look again"):
        bring(programme, content, digest=seen.digest)
    assert standing()["442"] == THIRD


def test_a_change_elsewhere_is_none_of_it(programme: Programme) -> None:
    content = table("442,2022-05-09,2")
    seen = look_at(programme, content)
    bring(programme, table("636,2022-05-16,2"))
    bring(programme, content, digest=seen.digest)
    assert standing() == {"442": SECOND, "636": THIRD}


@pytest.mark.parametrize("lacking", [{"reason": " "}, {"decided_by": ""}])
def test_without_reason_or_decider_nothing_is_imported(
    programme: Programme, lacking: dict[str, str]
) -> None:
    facts = {"reason": "x", "decided_by": "x", "made_by": "pam", "origin": "page"} | lacking
    with pytest.raises(UnableToChangeSchedule, match="say"):
        import_schedule(
            programme=programme, content=table("442,2022-05-09,2"), options=PLAIN,
            decision=Decision(**facts), now=NOW,
        )  # fmt: skip
    assert standing()["442"] == FIRST


def test_holidays_weekends_and_strange_waves_warn(programme: Programme) -> None:
    seen = look_at(programme, table("442,2022-05-30,2", "358,2022-05-14,1"))
    assert not seen.errors
    told = " ".join(seen.warnings)
    assert "Memorial Day" in told
    assert "Sat 14 May 2022 is a weekend" in told
    assert "outside of the week of their wave: 358 on 14 May 2022 (wave 1)" in told


def test_what_it_touches_elsewhere_is_told(programme: Programme) -> None:
    programme.pace = 1
    rows = ("442,2022-05-09,2", "358,2022-05-09,2", "636,2022-04-18,")
    seen = look_at(programme, table(*rows))
    told = effects_of(programme, seen.steps, NOW)
    assert "In the week of 9 May 2022 2 begin; the pace is 1 a week." in told
    assert "Outside the programme's weeks: 18 Apr 2022." in told
    assert "1 go-live would be in “Go live week” at once, not in “Planned”." in told


def test_what_is_cancelled_no_longer_counts_against_the_pace(programme: Programme) -> None:
    programme.pace = 1
    seen = look_at(programme, table("358,2022-05-03,1"), WHOLE)
    assert effects_of(programme, seen.steps, NOW) == []


def test_the_days_of_a_file_are_read_as_somebody_says(programme: Programme) -> None:
    content = table("442,9/5/2022,2")
    assert look_at(programme, content).errors
    seen = look_at(programme, content, ImportOptions(order="dmy"))
    assert list(seen.diff.moved) == [("442", "echeckin")]


def test_headers_somebody_explained_once_are_known(programme: Programme) -> None:
    content = table("442,2022-05-09", head="Sta3n,Cutover")
    with pytest.raises(NoColumn, match="site, planned_on is missing"):
        look_at(programme, content)
    programme.import_columns = {"schedule": {"sta3n": "site", "cutover": "planned_on"}}
    assert list(look_at(programme, content).diff.moved) == [("442", "echeckin")]


def test_headers_in_the_programmes_own_words_are_known(programme: Programme) -> None:
    programme.labels = {"site": "Branch"}
    seen = look_at(programme, table("442,2022-05-09", head="Branch,Go live"))
    assert list(seen.diff.moved) == [("442", "echeckin")]


def test_only_so_many_errors_are_kept(programme: Programme) -> None:
    seen = look_at(programme, table(*("999,soon,77" for _ in range(600))))
    assert len(seen.errors) == 1000
    assert seen.is_full


def test_an_empty_file_is_refused(programme: Programme) -> None:
    with pytest.raises(BadFile, match="empty"):
        look_at(programme, b"\xef\xbb\xbf\n")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_is_stable_and_imports_as_no_change(programme: Programme, form: str) -> None:
    scopes = "=cmd|' /C calc'!A0", " two clinics ", "'=x"
    for row, scope in zip(GoLive.objects.order_by("pk"), scopes, strict=False):
        row.scope = scope
        row.save()
    content = exported(programme, "schedule", form)
    assert exported(programme, "schedule", form) == content
    seen = look_at(programme, content, WHOLE)
    assert (seen.rows, seen.errors, seen.is_empty) == (2, [], True)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_import_export_gives_the_same_bytes(programme: Programme, form: str) -> None:
    bring(programme, table("358,2022-05-09,2,=1+1;x", head="site,planned_on,wave,scope"))
    content = exported(programme, "schedule", form)
    other = make_programme(key="other")
    bring(other, content, WHOLE)
    assert exported(other, "schedule", form) == content


def test_a_day_it_really_began_is_imported_once(programme: Programme) -> None:
    during = datetime(2022, 5, 4, 15, tzinfo=NOW.tzinfo)  # its go-live week
    content = exported(programme, "schedule", "csv").replace(b"2022-05-02", b"2022-05-03")
    made = import_schedule(programme=programme, content=content, options=WHOLE, decision=DECISION,
                           now=during).changes  # fmt: skip
    assert len(made) == 1
    began = GoLive.objects.filter(actual_on=date(2022, 5, 3), planned_on=FIRST)
    assert began.exists()
    for again in (content, exported(programme, "schedule", "csv")):
        found = import_schedule(programme=programme, content=again, options=WHOLE,
                                decision=DECISION, now=during)  # fmt: skip
        assert found.changes == []
    assert b"2022-05-03" in exported(programme, "schedule", "csv")


def test_a_look_costs_the_same_for_many_rows(programme: Programme) -> None:
    def cost(rows: int) -> int:
        for number in range(rows):
            build.site(f"7{number:03}{chr(65 + rows % 26)}", "Branch")
        content = table(
            *(f"7{number:03}{chr(65 + rows % 26)},2022-05-09,2" for number in range(rows)),
            "442,2022-05-09,2",
        )
        with CaptureQueriesContext(connection) as asked:
            seen: Any = look_at(programme, content, WHOLE)
            effects_of(programme, seen.steps, NOW)
        assert len(seen.diff.added) == rows
        return len(asked)

    assert cost(2) == cost(40) <= 17
