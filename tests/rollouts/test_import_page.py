"""The pages of an import: choose, look, say how it is meant, take over, undo; exports."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from apps.rollouts.exporting import exported
from apps.rollouts.models import ImportDraft, Programme, ScheduleChange, Site
from tests import build
from tests.pages import at_work, text_of
from tests.rollouts.importing import FIRST, NOW, SECOND, make_programme, standing, table
from tests.rollouts.workbooks import workbook

pytestmark = pytest.mark.django_db
MOVE = table("442,2022-05-09,2")
ROLES = ["ana", "dev", "vic"]  # who may not import


@pytest.fixture(autouse=True)
def _in_april_2022(settings: Settings) -> None:
    settings.CLOCK_OFFSET = (NOW - timezone.now()).total_seconds()


@pytest.fixture
def programme() -> Programme:
    return make_programme(key="va")


@pytest.fixture
def pam(programme: Programme) -> Client:
    return at_work(build.person("pam", programme))


def upload(client: Client, content: bytes = MOVE, **more: str) -> Any:
    file = SimpleUploadedFile("plan.csv", content)
    return client.post("/schedule/import/", {"programme": "va", "kind": "schedule", "file": file,
                                             **more})  # fmt: skip


def looked_at(client: Client, content: bytes = MOVE, **more: str) -> str:
    url: str = upload(client, content, **more).url
    return url


def agree(client: Client, url: str, **more: str) -> Any:
    digest = client.get(url).context["preview"].digest
    return client.post(url, {"digest": digest, "reason": "Cutover", "decided_by": "Pam", **more})


def test_it_shows_first_and_imports_then(pam: Client) -> None:
    url = looked_at(pam)
    shown = text_of(pam.get(url))
    assert "Mon 9 May 2022" in shown
    assert "+7 d" in shown
    assert standing()["442"] == FIRST
    done = agree(pam, url)
    assert (done.status_code, done.url) == (303, url)
    assert standing()["442"] == SECOND
    page = pam.get(url)
    assert "It is imported" in text_of(page)
    assert "plan.csv is imported." in text_of(page)


def test_without_a_reason_it_asks_for_one_and_imports_nothing(pam: Client) -> None:
    url = looked_at(pam)
    bare = agree(pam, url, reason="")
    assert bare.status_code == 422
    assert "There is a problem" in text_of(bare)
    assert standing()["442"] == FIRST


def test_what_was_looked_at_and_is_no_longer_true_is_refused(pam: Client) -> None:
    url, other = looked_at(pam), looked_at(pam, table("442,2022-05-16,2"))
    digest = pam.get(url).context["preview"].digest
    agree(pam, other)
    answer = pam.post(url, {"digest": digest, "reason": "x", "decided_by": "x"})
    assert answer.status_code == 409
    assert "look again" in text_of(answer)
    assert pam.post(url, {"reason": "x", "decided_by": "x"}).status_code == 409


def test_a_second_press_does_nothing_more(pam: Client) -> None:
    url = looked_at(pam)
    agree(pam, url)
    assert pam.post(url, {"reason": "x", "decided_by": "x"}).status_code == 200
    assert ScheduleChange.objects.filter(kind="move").count() == 1


def test_it_is_undone_as_a_whole(pam: Client) -> None:
    url = looked_at(pam)
    agree(pam, url)
    answer = pam.post(f"{url}undo/", follow=True)
    assert "The import is undone" in text_of(answer)
    assert standing()["442"] == FIRST
    assert "undo/" not in text_of(pam.get(url))


def test_an_undo_that_comes_too_late_says_so(pam: Client, settings: Settings) -> None:
    url = looked_at(pam)
    agree(pam, url)
    ScheduleChange.objects.update(announced_at=NOW)
    assert "it was announced" in text_of(pam.post(f"{url}undo/", follow=True))
    assert standing()["442"] == SECOND


def test_it_lists_what_to_mend_and_offers_no_button(pam: Client) -> None:
    shown = pam.get(looked_at(pam, table("442,2022-02-30,2")))
    assert shown.status_code == 200
    assert "2022-02-30" in text_of(shown)
    assert "There is no such day" in text_of(shown)
    assert "Import all of it" not in text_of(shown)


def test_what_to_mend_can_be_had_as_a_file_that_runs_nothing(pam: Client) -> None:
    url = looked_at(pam, table("442,2022-02-30,2", "=1+1,2022-05-09,2"))
    answer = pam.get(f"{url}errors.csv")
    lines = text_of(answer).splitlines()
    assert answer["Content-Disposition"] == f'attachment; filename="errors-{url.split("/")[3]}.csv"'
    assert lines[:2] == [
        "line,column,value,what to do",
        "2,planned_on,2022-02-30,there is no such day",
    ]
    assert lines[2].startswith("3,site,'=1+1,")


def test_columns_are_explained_once_and_remembered(pam: Client) -> None:
    content = table("442,2022-05-09", head="Sta3n,Cutover")
    url = looked_at(pam, content)
    shown = pam.get(url)
    assert "Say what the columns are" in text_of(shown)
    said = {"column_0": "site", "column_1": "planned_on", "order": "", "cancel_missing": ""}
    again = pam.post(f"{url}read-as/", said, follow=True)
    assert "9 May 2022" in text_of(again)
    assert "9 May 2022" in text_of(pam.get(looked_at(pam, content)))


def test_two_columns_that_mean_the_same_are_asked_about(pam: Client) -> None:
    url = looked_at(pam, table("442,636,2022-05-09", head="site,number,planned_on"))
    assert "say which one counts" in text_of(pam.get(url))
    pam.post(f"{url}read-as/", {"column_0": "site", "column_1": "", "column_2": "planned_on"})
    assert "9 May 2022" in text_of(pam.get(url))


def test_a_column_that_is_none_is_refused(pam: Client) -> None:
    url = looked_at(pam)
    answer = pam.post(f"{url}read-as/", {"column_0": "colour"}, follow=True)
    assert "choose from what is offered" in text_of(answer)


def test_days_are_read_as_one_says_without_choosing_the_file_again(pam: Client) -> None:
    url = looked_at(pam, table("442,9/5/2022,2"))
    assert "choose how days are written" in text_of(pam.get(url))
    said = {"order": "dmy", "column_0": "site", "column_1": "planned_on", "column_2": "wave"}
    pam.post(f"{url}read-as/", said)
    assert "Mon 9 May 2022" in text_of(pam.get(url))


def test_going_back_loses_no_choice(pam: Client) -> None:
    url = looked_at(pam, order="dmy", cancel_missing="on")
    number = url.split("/")[3]
    back = pam.get(f"/schedule/import/?programme=va&draft={number}")
    form = back.context["form"]
    assert (form["order"].value(), form["cancel_missing"].value()) == ("dmy", True)
    assert url in text_of(back)


def test_long_differences_are_shown_by_kind_by_text_and_by_page(pam: Client) -> None:
    for number in range(230):
        build.site(f"7{number:03}", f"Branch {number}")
    rows = [f"7{number:03},2022-05-09,2" for number in range(230)]
    url = looked_at(pam, table("442,2022-05-09,2", *rows))
    assert text_of(pam.get(url)).count("<tr>") == 101
    assert text_of(pam.get(f"{url}?show=moved")).count("<tr>") == 2
    assert text_of(pam.get(f"{url}?show=added&page=3")).count("<tr>") == 31
    assert text_of(pam.get(f"{url}?text=branch+22")).count("<tr>") == 12
    assert "Nothing fits" in text_of(pam.get(f"{url}?text=nowhere"))


def test_a_file_that_changes_nothing_says_so(pam: Client, programme: Programme) -> None:
    shown = text_of(pam.get(looked_at(pam, exported(programme, "schedule", "xlsx"))))
    assert "Nothing to do" in shown
    assert "Import all of it" not in shown


def test_sites_are_imported_without_a_reason_and_without_undo(pam: Client) -> None:
    content = workbook(
        ("number", "name", "opening_hours"), ("442", "Cheyenne VA", "mon 08:00-12:00")
    )
    url = looked_at(pam, content, kind="sites")
    shown = text_of(pam.get(url))
    assert "There is no undo" in shown
    assert "mon 08:00-12:00" in shown
    agree(pam, url)
    assert Site.objects.get(number="442").name == "Cheyenne VA"
    assert "undo/" not in text_of(pam.get(url))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 nonsense", "The file cannot be read as XLSX"),
        (b"", "The file is empty"),
        (b"x" * 10_000_001, "larger than 10 MB"),
        (b"\xff\xfex", "is not UTF-16"),
    ],
)
def test_what_cannot_be_read_is_refused_at_once(pam: Client, content: bytes, words: str) -> None:
    answer = upload(pam, content)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not ImportDraft.objects.exists()


def test_no_file_is_asked_for(pam: Client) -> None:
    answer = pam.post("/schedule/import/", {"programme": "va", "kind": "schedule"})
    assert (answer.status_code, "Choose a file." in text_of(answer)) == (422, True)


def test_nobody_else_sees_a_draft(pam: Client, programme: Programme) -> None:
    url = looked_at(pam)
    for name in ("dee", "adi"):
        other = at_work(build.person(name, programme))
        assert other.get(url).status_code == 404
        assert other.post(url).status_code == 404
        assert other.post(f"{url}undo/").status_code == 404
        assert other.post(f"{url}read-as/").status_code == 404
        assert other.get(f"{url}errors.csv").status_code == 404


def test_a_role_in_another_programme_does_not_count(pam: Client, programme: Programme) -> None:
    other = build.programme(key="other")
    dee = build.person("dee", other)
    build.member(dee, programme, "viewer")
    client = at_work(dee)
    assert client.get("/schedule/import/?programme=va").status_code == 403
    assert upload(client).status_code == 403
    assert client.get("/schedule/import/?programme=nowhere").status_code == 404


def test_who_lost_the_role_no_longer_imports(pam: Client, programme: Programme) -> None:
    url = looked_at(pam)
    programme.memberships.update(role="viewer")
    assert pam.post(url).status_code == 403


@pytest.mark.parametrize("who", ROLES)
def test_others_may_export_and_not_import(programme: Programme, who: str) -> None:
    client = at_work(build.person(who, programme))
    assert client.get("/schedule/import/?programme=va").status_code == 403
    assert client.get("/schedule/export/sites.csv?programme=va").status_code == 200
    assert "/schedule/import/" not in text_of(client.get("/schedule/?programme=va"))


@pytest.mark.parametrize("kind", ["sites", "schedule"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_stands_is_handed_out(pam: Client, programme: Programme, kind: str, form: str) -> None:
    answer = pam.get(f"/schedule/export/{kind}.{form}?programme=va")
    assert answer.content == exported(programme, kind, form)
    assert answer["Content-Disposition"] == f'attachment; filename="va-{kind}.{form}"'


@pytest.mark.parametrize("path", ["people.csv", "sites.pdf", "schedule.csv?programme=nowhere"])
def test_there_is_nothing_else_to_hand_out(pam: Client, path: str) -> None:
    assert pam.get(f"/schedule/export/{path}").status_code == 404


def test_an_old_draft_is_gone(pam: Client) -> None:
    url = looked_at(pam)
    ImportDraft.objects.update(made_at=NOW - timedelta(days=2))
    upload(pam)
    assert pam.get(url).status_code == 404


def test_a_look_costs_the_same_however_long_the_file_is(
    pam: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(40):
        build.site(f"7{number:03}", "Branch")
    short = looked_at(pam)
    long = looked_at(pam, table("442,2022-05-09,2", *(f"7{n:03},2022-05-09,2" for n in range(40))))
    pam.get(short)
    for url in (short, long):
        with django_assert_num_queries(20):
            pam.get(url)


def test_a_site_of_other_programmes_alone_is_an_error_of_its_line(pam: Client) -> None:
    manila = Site.objects.get(number="358")
    build.go_live(manila, build.product(build.programme()), FIRST)
    url = looked_at(pam, table("358,Manila VA", head="number,name"), kind="sites")
    assert "in which you do not decide" in text_of(pam.get(url))
    assert pam.post(url, {"digest": "none"}).status_code == 409
    manila.refresh_from_db()
    assert manila.name == "Manila"
