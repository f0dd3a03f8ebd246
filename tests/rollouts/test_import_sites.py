"""Importing the register of sites: made, changed, never taken away, never guessed."""

import threading
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.ledger.models import Change
from apps.rollouts.exporting import exported
from apps.rollouts.models import Programme, Site
from apps.rollouts.services import (
    BadRows,
    ImportPreview,
    UnableToChangeSchedule,
    import_sites,
    preview_sites,
)
from tests import build
from tests.at_once import run_at_once
from tests.rollouts.importing import NOW, make_programme, table
from tests.rollouts.workbooks import workbook

pytestmark = pytest.mark.django_db
HEAD = "number,name,time_zone"
ZONE = "America/Denver"


@pytest.fixture
def programme() -> Programme:
    return make_programme()


def look_at(programme: Programme, content: bytes) -> ImportPreview:
    return preview_sites(programme=programme, content=content, by=build.person("pam", programme))


def bring(programme: Programme, content: bytes, **more: str) -> ImportPreview:
    return import_sites(
        programme=programme,
        content=content,
        by=build.person("pam", programme),
        origin="page",
        now=NOW,
        **more,
    )


def test_sites_are_made_and_changed_and_keep_what_the_file_lacks(programme: Programme) -> None:
    content = b"number;name;time_zone\n442;Cheyenne VA;America/Denver\n0501;New;Asia/Manila"
    made = bring(programme, content)
    assert [(one.number, one.before is None) for one in made.sites] == [
        ("442", False), ("0501", True),
    ]  # fmt: skip
    assert Site.objects.get(number="442").region == "VISN 23"
    assert Site.objects.get(number="0501").time_zone == "Asia/Manila"
    assert bring(programme, content).is_empty


def test_what_changed_stands_in_the_ledger(programme: Programme) -> None:
    bring(programme, table("442,Cheyenne VA", head="number,name"))
    told = Change.objects.filter(subject="site").latest("pk")
    assert (told.actor, told.verb, told.fields) == (
        "pam", "changed", {"name": ["Cheyenne", "Cheyenne VA"]},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("501,New,America/Denvr", "time_zone", "did you mean America/Denver?"),
        ("501,New,new york", "time_zone", "did you mean America/New_York?"),
        ("501,New,america/denver", "time_zone", "did you mean America/Denver?"),
        ("501,New,EST", "time_zone", "is no time zone of a place"),
        ("501,New,Etc/GMT+5", "time_zone", "is no time zone of a place"),
        ("501,New,", "time_zone", "is missing"),
        (f"501,,{ZONE}", "name", "the name is missing"),
        (f"501,{'x' * 161},{ZONE}", "name", "161 characters; 160 is the most"),
        (f"5,New,{ZONE}", "number", "has to look like"),
        (f"4.42E+03,New,{ZONE}", "number", "is a number, not a site number"),
        (f",New,{ZONE}", "number", "the site number is missing"),
        (f"442,Other,{ZONE}", "number", "stands in line 2 too, and differs"),
    ],
)
def test_one_bad_cell_and_no_site_is_made(
    programme: Programme, row: str, column: str, words: str
) -> None:
    content = table(f"442,Cheyenne VA,{ZONE}", row, head=HEAD)
    (error,) = look_at(programme, content).errors
    assert (error.line, error.column) == (3, column)
    assert words in error.words
    with pytest.raises(BadRows):
        bring(programme, content)
    assert Site.objects.get(number="442").name == "Cheyenne"
    assert not Site.objects.filter(number="501").exists()


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (("501,A,502",), "'502'|is no site of the register"),
        (("501,A,501",), "would make 501 its own parent"),
        (("442,C,636", "636,O,442"), "would make 442 its own parent"),
    ],
)
def test_parents_are_there_and_never_go_in_a_circle(
    programme: Programme, rows: tuple[str, ...], words: str
) -> None:
    content = table(*(f"{row},{ZONE}" for row in rows), head="number,name,parent,time_zone")
    with pytest.raises(BadRows, match=words):
        bring(programme, content)


def test_a_parent_may_stand_below_its_child(programme: Programme) -> None:
    rows = (f"442GC,Fort Collins,442A,{ZONE}", f"442A,Second,,{ZONE}")
    bring(programme, table(*rows, head="number,name,parent,time_zone"))
    child = Site.objects.select_related("parent").get(number="442GC")
    assert child.parent is not None
    assert child.parent.number == "442A"


@pytest.mark.parametrize("kind", ["number", "parent"])
def test_a_number_of_a_workbook_that_may_have_been_another_is_refused(
    programme: Programme, kind: str
) -> None:
    build.site("442E1", "Laramie")
    row = {"number": "501", "name": "New", "parent": "", "time_zone": ZONE} | {kind: 4420}
    (error,) = look_at(programme, workbook(tuple(row), tuple(row.values()))).errors
    assert (error.value, error.column) == ("4420", kind)
    assert "may have been 442E1" in error.words


def test_a_new_number_a_spreadsheet_shows_like_another_warns(programme: Programme) -> None:
    build.site("442E1", "Laramie")
    seen = look_at(programme, table(f"4420,New,{ZONE}", head=HEAD))
    assert seen.warnings == ["line 2: 4420 is new; a spreadsheet shows 442E1 so too"]


def test_numbers_that_differ_in_case_alone_are_refused(programme: Programme) -> None:
    programme.site_number_pattern = ""
    seen = look_at(programme, table(f"b7,New,{ZONE}", f"B7,Newer,{ZONE}", head=HEAD))
    assert [one.words for one in seen.errors] == ["differs from b7 in case alone"]
    build.site("B12", "Boston")
    seen = look_at(programme, table(f"b12,New,{ZONE}", head=HEAD))
    assert [one.words for one in seen.errors] == ["differs from B12 in case alone: write B12"]


def test_the_setting_says_what_a_number_looks_like_where_the_programme_does_not(
    programme: Programme, settings: Any
) -> None:
    programme.site_number_pattern, settings.SITE_NUMBER_PATTERN = "", r"B\d{4}"
    seen = look_at(programme, table(f"B1001,New,{ZONE}", f"501,Newer,{ZONE}", head=HEAD))
    assert [one.number for one in seen.sites] == ["B1001"]
    assert [one.value for one in seen.errors] == ["501"]


def test_a_clock_that_changes_and_a_test_site_warn(programme: Programme) -> None:
    rows = ("442,America/Denver,yes", "636,America/Chicago,")
    seen = look_at(programme, table(*rows, head="number,time_zone,test"))
    assert seen.warnings == [
        "the clock changes of 442: their phases begin and end by it",
        "counted from now on, or no longer: 442",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mon-fri 08:00-16:30; sat 09:00-12:00",
         {"mon-fri": "08:00-16:30", "sat": "09:00-12:00"}),
        ("mon-fri: 08:00-16:30", {"mon-fri": "08:00-16:30"}), ("", {}),
    ],
)  # fmt: skip
def test_hours_are_read(programme: Programme, text: str, found: dict[str, str]) -> None:
    bring(programme, table(f"636,{text}", head="number,opening_hours"))
    assert Site.objects.get(number="636").opening_hours == found


def test_hours_that_are_none_are_refused(programme: Programme) -> None:
    (error,) = look_at(programme, table("442,always", head="number,opening_hours")).errors
    assert "cannot be read as hours" in error.words


def test_a_look_at_something_else_is_refused(programme: Programme) -> None:
    content = table("442,Cheyenne VA", head="number,name")
    digest = look_at(programme, content).digest
    bring(programme, table("442,Cheyenne!", head="number,name"))
    with pytest.raises(UnableToChangeSchedule, match="look again"):
        bring(programme, content, digest=digest)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_is_stable_and_imports_as_no_change(programme: Programme, form: str) -> None:
    """Also of what the register holds from before anybody looked so closely."""
    parent = build.site("442", "Cheyenne")
    hours = {"sat, sun": "22:00-06:00", "mon-fri": "08:00-12:00,13:00-16:30"}
    odd = {"time_zone": "EST", "region": "=1+1", "parent": parent, "is_test": True}
    build.site("X-1", "-odd ", opening_hours=hours, **odd)
    content = exported(programme, "sites", form)
    assert exported(programme, "sites", form) == content
    seen = look_at(programme, content)
    assert (seen.rows, seen.errors, seen.is_empty) == (4, [], True)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_import_export_gives_the_same_bytes(programme: Programme, form: str) -> None:
    build.site("442GC", "Fort Collins; annex", parent=build.site("442"), region="@region",
               opening_hours={"sat": "09:00-12:00", "mon-fri": "08:00-16:30"})  # fmt: skip
    content = exported(programme, "sites", form)
    programme.go_lives.all().delete()
    Site.objects.exclude(parent=None).delete()
    Site.objects.all().delete()
    assert len(bring(programme, content).sites) == 4
    assert exported(programme, "sites", form) == content


def test_a_look_costs_the_same_for_many_rows(programme: Programme) -> None:
    pam = build.person("pam", programme)

    def cost(content: bytes, rows: int) -> int:
        with CaptureQueriesContext(connection) as asked:
            seen = preview_sites(programme=programme, content=content, by=pam)
        assert len(seen.sites) == rows
        return len(asked)

    def new(rows: int) -> bytes:
        return table(*(f"7{n:03},New,{ZONE}" for n in range(rows)), head=HEAD)

    assert cost(new(2), 2) == cost(new(40), 40) == 1
    bring(programme, new(40))
    changed = new(40).replace(b"New", b"Old")
    assert cost(changed, 40) == 2
    other = build.product(build.programme())
    for row in Site.objects.filter(number__startswith="7"):
        build.go_live(row, other, NOW.date())
    assert cost(changed, 40) == 2


# --- whose site it is ---------------------------------------------------------------------------


@pytest.fixture
def foreign(programme: Programme) -> Site:
    """Manila goes live in another programme, and there alone."""
    manila = Site.objects.get(number="358")
    build.go_live(manila, build.product(build.programme()), NOW.date())
    return manila


def test_a_site_of_other_programmes_alone_is_not_changed(
    programme: Programme, foreign: Site
) -> None:
    rows = table("442,Cheyenne VA", "358,Manila VA", head="number,name")
    with pytest.raises(BadRows) as problem:
        bring(programme, rows)
    [error] = problem.value.preview.errors
    assert (error.line, error.column, error.value) == (3, "number", "358")
    assert "in which you do not decide" in error.words
    assert not Site.objects.filter(name__endswith=" VA").exists()


def test_it_may_stand_in_the_file_as_it_is(programme: Programme, foreign: Site) -> None:
    content = table("442,Cheyenne VA", f"358,{foreign.name}", head="number,name")
    assert [one.number for one in bring(programme, content).sites] == ["442"]


def test_who_decides_in_one_of_its_programmes_and_an_administrator_change_it(
    programme: Programme, foreign: Site
) -> None:
    content = table("358,Manila VA", head="number,name")
    adi = build.person("adi")
    assert preview_sites(programme=programme, content=content, by=adi).errors == []
    build.person("pam", foreign.go_lives.get().programme)
    assert len(bring(programme, content).sites) == 1


def test_who_only_works_in_its_programme_does_not(programme: Programme, foreign: Site) -> None:
    build.person("ana", foreign.go_lives.get().programme)
    content = table("358,Manila VA", head="number,name")
    ana = build.person("ana", programme)
    assert len(preview_sites(programme=programme, content=content, by=ana).errors) == 1


def test_it_exports_what_stands_above_whosever_it_is(programme: Programme, foreign: Site) -> None:
    """442 is below 358, and that below 999: both go live elsewhere."""
    top = build.site("999", "Top")
    build.go_live(top, foreign.go_lives.get().product, NOW.date())
    Site.objects.filter(pk=foreign.pk).update(parent=top)
    Site.objects.filter(number="442").update(parent=foreign)
    content = exported(programme, "sites", "csv")
    assert [line.split(b",")[0] for line in content.splitlines()[1:]] == [
        b"358", b"442", b"636", b"999",
    ]  # fmt: skip
    assert look_at(programme, content).is_empty


@pytest.mark.postgresql_only
@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_new_number_in_two_cases_make_one_site() -> None:
    """Each looks while the other has not written yet: the database decides, one is told."""
    programme = make_programme()
    Programme.objects.update(site_number_pattern="[0-9]{3}[a-zA-Z]*")
    programme.refresh_from_db()
    pam = build.person("pam", programme)
    both = threading.Barrier(2)

    def act(number: str) -> Any:
        content = table(f"{number},Fort Collins,{ZONE}", head=HEAD)
        with transaction.atomic():
            both.wait()
            return import_sites(programme=programme, content=content, by=pam, origin="page",
                                now=NOW)  # fmt: skip

    for _ in range(5):
        Site.objects.filter(name="Fort Collins").delete()
        results = run_at_once([partial(act, "442gc"), partial(act, "442GC")])
        refused = [one for one in results if isinstance(one, UnableToChangeSchedule)]
        assert len(refused) == 1, results
        assert Site.objects.filter(number__iexact="442gc").count() == 1
