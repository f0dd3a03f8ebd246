"""My shifts: what comes next, cover and swaps asked and answered, leave."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Person
from apps.oncall.choices import Answer
from apps.oncall.mine import coming
from apps.oncall.models import CoverRequest, Leave, Override, Rota
from apps.oncall.rules import on_duty
from apps.rollouts.models import Programme
from tests import build
from tests.pages import at_work, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_its_now")]
NOW = datetime(2022, 5, 3, 15, tzinfo=UTC)  # Tuesday 11:00 Eastern, in Ana's week
SECOND, THIRD = "2022-05-09T08:00", "2022-05-16T08:00"  # Ben's week, Ana's week


@pytest.fixture
def programme() -> Programme:
    made = build.programme()
    ana, ben = build.person("ana", made), build.person("ben", made)
    build.rota(made, primary=[ana, ben], backup=[ben, ana], windows={"mon-fri": "08:00-20:00"})
    return made


@pytest.fixture
def ana(programme: Programme) -> Person:
    return build.person("ana", programme)


@pytest.fixture
def ben(programme: Programme) -> Person:
    return build.person("ben", programme)


def rota() -> Rota:
    return Rota.objects.with_facts().get()


def about(slot: str, duty: str = "primary") -> str:
    return f"?rota={rota().pk}&duty={duty}&slot={slot}"


def ask_cover(person: Person, slot: str = THIRD, **facts: str) -> Any:
    return at_work(person).post(f"/oncall/cover/ask/{about(slot)}", {"asked": "*"} | facts)


def primary(at: str) -> str:
    return on_duty(rota().facts(), datetime.fromisoformat(at).replace(tzinfo=UTC))[
        "primary"
    ].person_key


def test_a_week_of_parts_is_one_shift(programme: Programme) -> None:
    found = [one for one in coming(rota(), NOW) if one.person_key == "ana"]
    first = found[0]
    assert (first.duty, first.slot, len(first.shifts)) == ("primary", "2022-05-02T08:00", 5)
    assert first.length == timedelta(hours=60)
    assert [one.duty for one in found][:4] == ["primary", "backup", "primary", "backup"]


def test_the_page_shows_the_next_eight_weeks(ana: Person) -> None:
    page = text_of(at_work(ana).get("/oncall/mine/"))
    for words in (
        "Mon 2 May 08:00",
        "60\u00a0h in 5 parts",
        "Now",
        "Ask for cover",
        "Swap…",
        "Leave",
    ):
        assert words in page
    assert "Mon 4 Jul" not in page


def test_it_says_where_the_rotas_clock_differs(ana: Person) -> None:
    ana.time_zone = "America/Denver"
    ana.save()
    page = text_of(at_work(ana).get("/oncall/mine/"))
    assert "Mon 2 May 06:00" in page
    assert "Mon 2 May 08:00 EDT" in page


def test_who_takes_no_turns_is_told_so(programme: Programme) -> None:
    page = text_of(at_work(build.person("vic", programme)).get("/oncall/mine/"))
    assert "No shift in the next eight weeks" in page


def test_queries_do_not_grow_with_what_is_asked(ana: Person, ben: Person) -> None:
    client = at_work(ben)
    client.get("/oncall/mine/")
    ask_cover(ana)
    with CaptureQueriesContext(connection) as few:
        client.get("/oncall/mine/")
    ask_cover(ana, "2022-05-30T08:00")
    ask_cover(ana, "2022-05-09T08:00", duty="backup")
    with CaptureQueriesContext(connection) as many:
        client.get("/oncall/mine/")
    assert len(many) == len(few)


# --- cover -----------------------------------------------------------------------------------


def test_anybody_is_asked_and_the_first_to_accept_has_it(ana: Person, ben: Person) -> None:
    assert ask_cover(ana, message="family").status_code == 303
    request = CoverRequest.objects.get()
    assert (request.asked, request.message, request.slot) == (None, "family", THIRD)
    inbox = text_of(at_work(ben).get("/oncall/mine/"))
    assert "Ana Ortiz</b> asks anybody" in inbox
    assert 'You are asked</h2><span class="count">1</span>' in inbox
    answer = at_work(ben).post(f"/oncall/cover/{request.pk}/accept/", follow=True)
    assert "The shift is yours now" in text_of(answer)
    assert primary("2022-05-18T14:00") == "ben"
    dee = build.person("dee", request.rota.programme)
    late = at_work(dee).post(f"/oncall/cover/{request.pk}/accept/", follow=True)
    assert "accepted by Ben Boyd already" in text_of(late).replace("&#x27;", "'")
    assert Override.objects.count() == 1


def test_the_form_asks_people_of_the_programme_by_name(ana: Person, ben: Person) -> None:
    build.person("vic", rota().programme)
    page = text_of(at_work(ana).get(f"/oncall/cover/ask/{about(THIRD)}"))
    assert '<option value="ben">Ben Boyd</option>' in page
    assert "Vic Voss" not in page
    wrong = ask_cover(ana, asked="vic")
    assert wrong.status_code == 422
    assert "Choose somebody who works in this programme" in text_of(wrong)
    assert not CoverRequest.objects.exists()


def test_htmx_gets_the_form_as_a_dialog(ana: Person) -> None:
    page = at_work(ana).get(f"/oncall/cover/ask/{about(THIRD)}", headers={"HX-Request": "true"})
    assert text_of(page).lstrip().startswith("<dialog")


def test_declined_it_stays_with_who_asked(ana: Person, ben: Person) -> None:
    ask_cover(ana, asked="ben")
    request = CoverRequest.objects.get()
    at_work(ben).post(f"/oncall/cover/{request.pk}/decline/")
    request.refresh_from_db()
    assert request.answer == Answer.DECLINED
    assert primary("2022-05-18T14:00") == "ana"
    assert "Declined" in text_of(at_work(ana).get("/oncall/mine/"))


def test_asking_is_undone(ana: Person, ben: Person) -> None:
    answer = at_work(ana).post(f"/oncall/cover/ask/{about(THIRD)}", {"asked": "ben"}, follow=True)
    request = CoverRequest.objects.get()
    assert f'action="/oncall/cover/{request.pk}/withdraw/"' in text_of(answer)
    at_work(ben).post(f"/oncall/cover/{request.pk}/withdraw/")
    assert CoverRequest.objects.get().answer == Answer.WAITING
    at_work(ana).post(f"/oncall/cover/{request.pk}/withdraw/")
    assert CoverRequest.objects.get().answer == Answer.WITHDRAWN


@pytest.mark.parametrize("slot", [SECOND, "2022-05-10T08:00", "", "nonsense"])
def test_only_ones_own_shift_is_asked_for(ana: Person, slot: str) -> None:
    answer = at_work(ana).get(f"/oncall/cover/ask/{about(slot)}", follow=True)
    assert "not yours alone" in text_of(answer)


def test_a_viewer_and_a_stranger_answer_nothing(ana: Person) -> None:
    ask_cover(ana)
    request = CoverRequest.objects.get()
    vic = build.person("vic", request.rota.programme)
    dev = build.person("dev", build.programme())
    statuses = [
        at_work(one).post(f"/oncall/cover/{request.pk}/accept/").status_code for one in (vic, dev)
    ]
    assert statuses == [403, 404]
    assert CoverRequest.objects.get().answer == Answer.WAITING


# --- swaps -----------------------------------------------------------------------------------


def test_a_swap_is_asked_for_and_taken(ana: Person, ben: Person) -> None:
    path = f"/oncall/swap/ask/{about(THIRD)}"
    page = text_of(at_work(ana).get(path))
    assert "Ben Boyd: primary, Mon 9 May 08:00 – Fri 13 May 20:00" in page
    at_work(ana).post(path, {"in_return": f"primary|{SECOND}"})
    request = CoverRequest.objects.get()
    assert (request.asked, request.return_slot) == (ben, SECOND)
    assert "and takes your" in text_of(at_work(ben).get("/oncall/mine/"))
    answer = at_work(ben).post(f"/oncall/cover/{request.pk}/accept/", follow=True)
    assert "You have swapped" in text_of(answer)
    assert (primary("2022-05-11T14:00"), primary("2022-05-18T14:00")) == ("ana", "ben")


def test_a_swap_needs_a_shift_in_return(ana: Person) -> None:
    answer = at_work(ana).post(f"/oncall/swap/ask/{about(THIRD)}", {"in_return": ""})
    assert answer.status_code == 422
    assert "Choose the shift you would take." in text_of(answer)


def test_who_decides_swaps_for_somebody_who_is_ill(ana: Person, ben: Person) -> None:
    dee = build.person("dee", rota().programme)
    path = f"/oncall/swap/arrange/?rota={rota().pk}"
    facts = {"first": f"primary|{SECOND}", "second": f"primary|{THIRD}", "reason": ""}
    assert at_work(dee).post(path, facts).status_code == 422
    answer = at_work(dee).post(path, facts | {"reason": "Ben is ill"}, follow=True)
    assert "have swapped" in text_of(answer)
    assert (primary("2022-05-11T14:00"), primary("2022-05-18T14:00")) == ("ana", "ben")
    twice = at_work(dee).post(path, facts | {"second": facts["first"], "reason": "x"})
    assert "both of them already" in text_of(twice)
    assert at_work(ana).get(path).status_code == 403


# --- leave -----------------------------------------------------------------------------------


def test_leave_is_entered_in_days_of_ones_own_zone_and_undone(ana: Person) -> None:
    facts = {"start": "2022-05-16", "end": "2022-05-20", "note": "Sea"}
    answer = at_work(ana).post("/oncall/leave/new/", facts, follow=True)
    row = Leave.objects.get()
    assert (row.starts_at, row.ends_at) == (
        datetime(2022, 5, 16, 4, tzinfo=UTC), datetime(2022, 5, 21, 4, tzinfo=UTC),
    )  # fmt: skip
    assert primary("2022-05-18T14:00") == "ben"
    assert f'action="/oncall/leave/{row.pk}/withdraw/"' in text_of(answer)
    at_work(ana).post(f"/oncall/leave/{row.pk}/withdraw/")
    at_work(ana).post("/oncall/leave/new/", facts)
    assert Leave.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"start": "2022-05-20", "end": "2022-05-16"}, "The last day comes before the first."),
        ({"start": "", "end": "2022-05-16"}, "Say the first day you are away."),
        ({"start": "soon", "end": "2022-05-16"}, "Write a day"),
        ({"start": "2022-04-01", "end": "2022-04-02"}, "This leave is over"),
    ],
)
def test_a_leave_that_makes_no_sense_is_refused_in_words(
    ana: Person, facts: dict[str, str], words: str
) -> None:
    answer = at_work(ana).post("/oncall/leave/new/", facts)
    assert (answer.status_code, words in text_of(answer)) == (422, True)
    assert not Leave.objects.exists()


def test_others_leave_is_for_who_decides(ana: Person, ben: Person) -> None:
    facts = {"person": "ben", "start": "2022-05-16", "end": "2022-05-20"}
    at_work(ana).post("/oncall/leave/new/", facts)  # she has no choice: it is hers
    assert Leave.objects.get().person == ana
    dee = build.person("dee", rota().programme)
    at_work(dee).post("/oncall/leave/new/", facts)
    row = Leave.objects.get(person=ben)
    assert at_work(ana).post(f"/oncall/leave/{row.pk}/withdraw/").status_code == 403
    assert at_work(dee).post(f"/oncall/leave/{row.pk}/withdraw/").status_code == 303
    assert not Leave.objects.filter(person=ben).exists()
