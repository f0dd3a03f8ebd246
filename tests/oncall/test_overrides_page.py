"""Putting somebody on duty from the schedule, taking it back; who may."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from pytest_django import Settings

from apps.accounts.models import Person
from apps.oncall.models import Override, Rota
from apps.oncall.rules import on_duty
from apps.rollouts.models import Programme
from tests import build
from tests.oncall.rows import leave
from tests.pages import HTMX, at_work, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_its_now")]
NOW = datetime(2022, 5, 3, 15, tzinfo=UTC)  # Tuesday 11:00 Eastern, in Ana's week
HOUR = timedelta(hours=1)
SECOND = "2022-05-09T08:00"  # Ben's week
SHIFT = {
    "duty": "primary", "slot": SECOND,
    "start": "2022-05-10T12:00:00Z", "end": "2022-05-11T00:00:00Z",
}  # fmt: skip
FIELDS = {"duty": "primary", "person": "dee", "start": "2022-05-10T08:00",
          "end": "2022-05-10T20:00", "reason": "Ben is ill"}  # fmt: skip


@pytest.fixture
def programme() -> Programme:
    made = build.programme()
    ana, ben = build.person("ana", made), build.person("ben", made)
    build.rota(made, primary=[ana, ben], backup=[ben, ana], windows={"mon-fri": "08:00-20:00"})
    return made


@pytest.fixture
def dee(programme: Programme) -> Person:
    return build.person("dee", programme)


def rota() -> Rota:
    return Rota.objects.with_facts().get()


def path(**query: Any) -> str:
    return f"/oncall/override/?{urlencode({'rota': rota().pk, **(query or SHIFT)})}"


def primary(at: str) -> str:
    shift = on_duty(rota().facts(), datetime.fromisoformat(at).replace(tzinfo=UTC)).get("primary")
    return shift.person_key if shift else ""


def test_the_form_proposes_the_shifts_own_period(dee: Person) -> None:
    page = text_of(at_work(dee).get(path()))
    assert 'value="2022-05-10T08:00"' in page
    assert 'value="2022-05-10T20:00"' in page
    assert "The whole turn, Mon 9 May 08:00 – Fri 13 May 20:00" in page


def test_somebody_is_put_on_duty_for_a_period_and_it_is_undone(dee: Person) -> None:
    answer = at_work(dee).post(path(), FIELDS, follow=True)
    row = Override.objects.get()
    assert (row.slot_start_local, row.reason, row.made_by) == ("", "Ben is ill", "dee")
    assert [primary(f"2022-05-{day}T14:00") for day in ("09", "10", "11")] == ["ben", "dee", "ben"]
    assert "Dee Dunn has primary: Tue 10 May 08:00 – 20:00." in text_of(answer)
    assert f'action="/oncall/override/{row.pk}/withdraw/"' in text_of(answer)
    at_work(dee).post(f"/oncall/override/{row.pk}/withdraw/")
    assert not Override.objects.exists()


def test_the_whole_turn_follows_its_slot(dee: Person) -> None:
    at_work(dee).post(path(), FIELDS | {"turn": "on"})
    assert Override.objects.get().slot_start_local == SECOND
    assert [primary(f"2022-05-{day}T14:00") for day in ("09", "13")] == ["dee", "dee"]
    assert primary("2022-05-10T05:00") == ""  # windows stay windows


def test_what_is_left_of_a_turn_under_way_is_taken(dee: Person) -> None:
    now = {"duty": "primary", "slot": "2022-05-02T08:00", "start": "2022-05-03T12:00:00Z",
           "end": "2022-05-04T00:00:00Z"}  # fmt: skip
    page = at_work(dee).get(path(**now))
    assert 'value="2022-05-03T11:00"' in text_of(page)  # from now, not from this morning
    at_work(dee).post(path(**now), FIELDS | {"turn": "on"})
    assert Override.objects.count() == 4
    assert primary("2022-05-03T14:00") == "ana"  # the past stays
    assert primary("2022-05-06T14:00") == "dee"


def test_a_turn_of_one_piece_follows_its_slot_unless_its_times_are_changed(dee: Person) -> None:
    other = build.programme()
    pam = build.person("pam", other)
    whole = build.rota(other, primary=[pam, build.person("ben", other)], backup=[dee])
    slot = {"rota": whole.pk, "duty": "primary", "slot": SECOND, "start": "2022-05-09T12:00:00Z",
            "end": "2022-05-16T12:00:00Z"}  # fmt: skip
    address = f"/oncall/override/?{urlencode(slot)}"
    assert "The whole turn" not in text_of(at_work(pam).get(address))
    facts = FIELDS | {"person": "pam", "start": "2022-05-09T08:00", "end": "2022-05-16T08:00"}
    at_work(pam).post(address, facts)
    at_work(pam).post(address, facts | {"end": "2022-05-10T08:00"})
    assert [one.slot_start_local for one in Override.objects.order_by("id")] == [SECOND, ""]


def test_the_choice_says_who_is_away_busy_or_off_hours(dee: Person) -> None:
    leave("ana", "2022-05-10T00:00", "2022-05-10T12:00")
    dee.working_hours = {"mon-fri": "20:00-22:00"}
    dee.save()
    page = text_of(at_work(dee).get(path()))
    for words in ("Ana Ortiz (backup then, away for a part of it)", "Ben Boyd (primary then)",
                  "Dee Dunn (outside their hours)"):  # fmt: skip
        assert words in page


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"person": ""}, "Say who takes it."),
        ({"person": "vic"}, "Choose somebody you may put on duty"),
        ({"start": ""}, "Write a day and a time."),
        ({"end": "soon"}, "Write a day and a time."),
        ({"end": "2022-05-10T07:00"}, "This is over, or ends before it begins."),
        ({"end": "2022-09-10T07:00"}, "At most 62 days at once"),
    ],
)
def test_refusals_say_what_to_mend(dee: Person, facts: dict[str, str], words: str) -> None:
    build.person("vic", rota().programme)
    answer = at_work(dee).post(path(), FIELDS | facts)
    assert (answer.status_code, words in text_of(answer)) == (422, True)
    assert not Override.objects.exists()


@pytest.mark.parametrize(
    "query", [{"duty": "cook"}, {"start": "soon", "end": "never"}, {"start": "2022-05-10T12:00"},
              {"slot": "nonsense", "duty": "primary"}],
)  # fmt: skip
def test_an_address_that_makes_no_sense_proposes_eight_hours(
    dee: Person, query: dict[str, str]
) -> None:
    page = at_work(dee).get(path(**query))
    assert (page.status_code, 'value="2022-05-03T19:00"' in text_of(page)) == (200, True)


@pytest.mark.parametrize("asked", ["https://example.org/", "javascript:alert(1)", "//example.org"])
def test_nobody_is_led_away_by_the_address(dee: Person, asked: str) -> None:
    page = text_of(at_work(dee).get(path(**SHIFT, next=asked)))
    assert asked not in page.replace("next=" + asked, "")
    answer = at_work(dee).post(path(), FIELDS | {"next": asked})
    assert answer.headers["Location"] == "/oncall/"


def test_the_hours_a_clock_jumps_are_read_generously(dee: Person) -> None:
    night = {"start": "2022-11-06T01:30", "end": "2022-11-06T01:30"}  # it happens twice
    at_work(dee).post(path(), FIELDS | night)
    row = Override.objects.get()
    assert row.ends_at - row.starts_at == HOUR


def test_an_engineer_takes_a_shift_and_gives_it_back(programme: Programme) -> None:
    ana = build.person("ana", programme)
    page = text_of(at_work(ana).get(path(), headers=HTMX))
    assert "Take a shift" in page
    assert "Ben Boyd (" not in page
    assert at_work(ana).post(path(), FIELDS).status_code == 422
    at_work(ana).post(path(), FIELDS | {"person": "ana"})
    row = Override.objects.get()
    ben = build.person("ben", programme)
    assert at_work(ben).post(f"/oncall/override/{row.pk}/withdraw/").status_code == 403
    assert at_work(ana).post(f"/oncall/override/{row.pk}/withdraw/").status_code == 303
    assert not Override.objects.exists()


def test_what_was_promised_to_somebody_is_not_taken_back_alone(programme: Programme) -> None:
    ana, ben = (build.person(name, programme) for name in ("ana", "ben"))
    swap = f"/oncall/swap/ask/?rota={rota().pk}&duty=primary&slot=2022-05-16T08:00"
    at_work(ana).post(swap, {"in_return": f"primary|{SECOND}"})
    at_work(ben).post(f"/oncall/cover/{ana.covers_asked.get().pk}/accept/")
    for person in (ana, ben):
        row = Override.objects.get(person=person)
        assert at_work(person).post(f"/oncall/override/{row.pk}/withdraw/").status_code == 403
    assert "Withdraw" not in text_of(at_work(ana).get("/oncall/?week=2022-W19"))
    dee = build.person("dee", programme)
    assert "Withdraw" in text_of(at_work(dee).get("/oncall/?week=2022-W19"))


def test_one_that_is_over_stays(dee: Person, settings: Settings) -> None:
    row = Override.objects.create(
        rota=rota(), duty="primary", person=dee, starts_at=NOW - 2 * HOUR, ends_at=NOW - HOUR,
        made_by="dee", made_at=NOW - 3 * HOUR,
    )  # fmt: skip
    answer = at_work(dee).post(f"/oncall/override/{row.pk}/withdraw/", follow=True)
    assert "what was stays as it was" in text_of(answer)


def test_nobody_of_another_programme_touches_it(dee: Person) -> None:
    at_work(dee).post(path(), FIELDS)
    row = Override.objects.get()
    pam = build.person("pam", build.programme())
    assert at_work(pam).get(path()).status_code == 404
    assert at_work(pam).post(f"/oncall/override/{row.pk}/withdraw/").status_code == 404
