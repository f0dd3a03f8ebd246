"""Pages of calendars: added by address or file, looked at first, read now, removed."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from apps.accounts.models import Person
from apps.oncall.models import CalendarSource, Override, Rota
from apps.oncall.reading import read_due
from apps.oncall.services import add_calendar, draft_file, take_draft
from apps.rollouts.models import Programme
from tests import build
from tests.connectors.serving import raw, serving
from tests.oncall.ics import NOW, calendar, event
from tests.pages import at_work, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_its_now")]
ADDRESS = "https://calendar.example.org/duty.ics?key=s3cret"


@pytest.fixture(autouse=True)
def _reads_from_here(settings: Settings) -> None:
    settings.CALENDAR_HOSTS = frozenset({"127.0.0.1"})


@pytest.fixture
def programme() -> Programme:
    made = build.programme()
    ana, ben = build.person("ana", made), build.person("ben", made)
    build.rota(made, primary=[ben], backup=[ana])
    return made


@pytest.fixture
def dee(programme: Programme) -> Person:
    return build.person("dee", programme)


def page_of_rota() -> str:
    return f"/oncall/rotas/{Rota.objects.get().pk}/"


def new() -> str:
    return f"{page_of_rota()}calendars/new/"


def of(source: CalendarSource, part: str = "") -> str:
    return f"/oncall/calendars/{source.pk}/{part}"


def looked_at(source: CalendarSource) -> dict[str, str]:
    """What the form of the look names: the file that was seen."""
    return {"looked_at": CalendarSource.objects.get(pk=source.pk).draft_mark}


def file(*events: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("duty.ics", calendar(*events), "text/calendar")


def taken(*events: str) -> CalendarSource:
    rota = Rota.objects.get()
    source = draft_file(rota=rota, duty="primary", name="duty.ics", content=calendar(*events),
                        actor="dee", now=NOW)  # fmt: skip
    take_draft(source=source, looked_at=source.draft_mark, actor="dee", origin="page", now=NOW)
    return source


@pytest.mark.parametrize("scheme", ["webcal", "WebCals", " https"])
def test_an_address_is_added_and_its_key_is_never_shown(dee: Person, scheme: str) -> None:
    assert "Add a calendar…" in text_of(at_work(dee).get(page_of_rota()))
    form = text_of(at_work(dee).get(new()))
    assert "America/New_York" in form
    fields = {"duty": "primary", "url": ADDRESS.replace("https", scheme)}
    answer = text_of(at_work(dee).post(new(), fields, follow=True))
    assert "calendar.example.org is added" in answer
    source = CalendarSource.objects.get()
    assert source.url == ADDRESS
    for path in (page_of_rota(), of(source)):
        page = text_of(at_work(dee).get(path))
        assert "calendar.example.org" in page
        assert "s3cret" not in page


def test_a_file_is_looked_at_before_it_counts(dee: Person) -> None:
    sent = {"duty": "primary", "file": file(event(), event("2", summary="Zoe Zimmer"))}
    answer = at_work(dee).post(new(), sent, follow=True)
    page = text_of(answer)
    for words in ("In the next eight weeks", "<td>Ana Ortiz</td>", "Zoe Zimmer", "1 made"):
        assert words in page
    assert not Override.objects.exists()
    source = CalendarSource.objects.get()
    assert "duty.ics" not in text_of(at_work(dee).get(page_of_rota()))
    assert at_work(dee).get(of(source)).status_code == 404
    done = text_of(at_work(dee).post(of(source, "look/"), looked_at(source), follow=True))
    assert "duty.ics is taken over: 1 made, 0 taken back" in done
    assert "Events that make no shift" in done
    assert Override.objects.get().person.username == "ana"
    assert at_work(dee).post(of(source, "look/"), looked_at(source)).status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Give the address of the calendar, or choose a file."),
        ({"url": ADDRESS, "file": "both"}, "Give one of the two."),
        ({"url": "http://example.org/a.ics"}, "https is required"),
        ({"file": SimpleUploadedFile("a.ics", b"<html>")}, "This is no calendar"),
        ({"file": SimpleUploadedFile("a.ics", b"x" * 2_000_001)}, "larger than 2 MB"),
        ({"duty": "nobody", "url": ADDRESS}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_used_is_said_at_the_field(
    dee: Person, fields: dict[str, Any], words: str
) -> None:
    sent = {"duty": "primary"} | fields
    if sent.get("file") == "both":
        sent["file"] = file(event())
    answer = at_work(dee).post(new(), sent)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not CalendarSource.objects.exists()


def test_a_newer_file_is_looked_at_too(dee: Person) -> None:
    source = taken(event())
    assert "Newer file" in text_of(at_work(dee).get(of(source)))
    assert at_work(dee).get(of(source, "file/")).status_code == 200
    assert at_work(dee).post(of(source, "file/")).status_code == 422
    bad = {"file": SimpleUploadedFile("a.ics", b"BEGIN:VCALENDAR")}
    assert "cut short" in text_of(at_work(dee).post(of(source, "file/"), bad))
    later = event(start="20220503T140000Z")
    page = text_of(at_work(dee).post(of(source, "file/"), {"file": file(later)}, follow=True))
    assert "1 made, 1 taken back" in page
    at_work(dee).post(of(source, "look/"), looked_at(source))
    assert f"{Override.objects.get().starts_at:%H:%M}" == "14:00"


def test_only_the_file_that_was_looked_at_is_taken_over(dee: Person) -> None:
    source = taken(event())
    later, latest = (event(start=f"20220503T{hour}0000Z") for hour in (14, 15))
    at_work(dee).post(of(source, "file/"), {"file": file(later)})
    seen = looked_at(source)
    assert f'value="{seen["looked_at"]}"' in text_of(at_work(dee).get(of(source, "look/")))
    at_work(dee).post(of(source, "file/"), {"file": file(latest)})
    for sent in (seen, {}):
        page = text_of(at_work(dee).post(of(source, "look/"), sent, follow=True))
        assert "Another file came meanwhile" in page
        assert looked_at(source)["looked_at"] in page
    at_work(dee).post(of(source, "look/"), looked_at(source))
    assert f"{Override.objects.get().starts_at:%H:%M}" == "15:00"


def test_a_failure_stands_in_words_on_both_pages_and_read_now_mends_it(dee: Person) -> None:
    good = raw(calendar(event()), kind="text/calendar")
    with serving(raw(b"", status=404), good) as server:
        source = add_calendar(rota=Rota.objects.get(), duty="primary", url=server.url, actor="dee",
                              origin="page", now=NOW)  # fmt: skip
        read_due(now=NOW)
        for path in (page_of_rota(), of(source)):
            page = text_of(at_work(dee).get(path))
            assert "Not read" in page
            assert "has no calendar there (any more)" in page
        assert "is read in a moment" in text_of(at_work(dee).post(of(source, "read/"), follow=True))
        read_due(now=NOW + timedelta(minutes=1))
    page = text_of(at_work(dee).get(of(source)))
    assert "Not read" not in page
    assert "Ana Ortiz" in page


def test_removing_says_first_whose_shifts_go(dee: Person) -> None:
    source = taken(event())
    page = text_of(at_work(dee).get(of(source, "remove/")))
    assert "1 shift of primary goes back to whoever's turn it is" in page
    assert "Ana Ortiz" in page
    done = text_of(at_work(dee).post(of(source, "remove/"), follow=True))
    assert "duty.ics is removed; shifts taken back: 1" in done
    assert not Override.objects.exists()


def test_engineers_look_and_strangers_do_not(programme: Programme, dee: Person) -> None:
    source = taken(event())
    ana = build.person("ana")
    page = text_of(at_work(ana).get(of(source)))
    assert "Remove…" not in page
    assert "Add a calendar…" not in text_of(at_work(ana).get(page_of_rota()))
    stranger = build.person("pam", build.programme())
    for part in ("", "file/", "look/", "remove/"):
        assert at_work(stranger).get(of(source, part)).status_code == 404
        assert part == "" or at_work(ana).get(of(source, part)).status_code == 403
    assert at_work(stranger).get(new()).status_code == 404
    for part in ("read/", "remove/", "look/", "file/"):
        assert at_work(ana).post(of(source, part)).status_code == 403
        assert at_work(stranger).post(of(source, part)).status_code == 404
    assert at_work(ana).post(new(), {"url": ADDRESS, "duty": "primary"}).status_code == 403
    assert at_work(dee).get(of(source, "read/")).status_code == 405


def test_the_rotas_page_asks_as_often_for_many_calendars_as_for_few(dee: Person) -> None:
    def counted() -> int:
        client = at_work(dee)
        with CaptureQueriesContext(connection) as queries:
            client.get(page_of_rota())
        return len(queries)

    taken(event())
    few = counted()
    for number in range(5):
        taken(event(str(number)), event(f"{number}b", "20220505T130000Z", "20220505T140000Z"))
    assert counted() == few
