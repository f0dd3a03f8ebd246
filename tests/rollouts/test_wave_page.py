"""The page of a wave: its checklist ticked in cells and columns, its go or no-go signed."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from apps.rollouts.models import (
    Deputy,
    Programme,
    ReadinessBatch,
    ReadinessItem,
    SignOff,
    Waiver,
)
from apps.rollouts.services import Decision, Plan, plan_go_lives
from tests import build
from tests.pages import HTMX, at_work, text_of

pytestmark = pytest.mark.django_db
NOW = build.MONDAY
MONDAY = date(2022, 7, 4)  # a week from NOW
DECISION = Decision(reason="Plan", decided_by="Pam", made_by="pam", origin="page")
PATH = "/waves/check-in/10/"


@pytest.fixture(autouse=True)
def _in_june_2022(settings: Settings) -> None:
    settings.CLOCK_OFFSET = (NOW - timezone.now()).total_seconds()


@pytest.fixture
def programme() -> Programme:
    made = build.programme(key="check-in", labels={"site": "Station"})
    build.product(made)
    build.product(made, "vse", name="VSE-CS")
    plan(made, "636", "442GC")
    build.checklist(made)
    return made


def plan(programme: Programme, *numbers: str) -> None:
    wave = build.wave(programme, 10, MONDAY)
    plans = [Plan(site=build.site(number, f"Site {number}"), product=product, wave=wave,
                  planned_on=MONDAY)
             for number in numbers for product in programme.products.all()]  # fmt: skip
    plan_go_lives(programme=programme, plans=plans, decision=DECISION, now=NOW)


def client_of(who: str, programme: Programme) -> Client:
    return at_work(build.person(who, programme))


@pytest.fixture
def ana(programme: Programme) -> Client:
    return client_of("ana", programme)


@pytest.fixture
def pam(programme: Programme) -> Client:
    return client_of("pam", programme)


def ids(*keys: str) -> list[int]:
    rows = ReadinessItem.objects.filter(template__key__in=keys).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def state(pk: int) -> str:
    return ReadinessItem.objects.get(pk=pk).state


# --- the matrix -----------------------------------------------------------------------------


def test_it_shows_sites_down_and_items_across(ana: Client) -> None:
    page = text_of(ana.get(PATH))
    assert page.count('type="checkbox"') == 8  # what an engineer ticks: whitelist and poster
    assert all(words in page for words in (
        "Training held", "Product Manager", "Mon 27 Jun", "0 of 4 · blocks", "VSE-CS",
        "636 eCheck-in, Whitelisted: Open, due 30 Jun", "16 open",
    ))  # fmt: skip


def test_what_is_late_is_marked(ana: Client, settings: Settings) -> None:
    settings.CLOCK_OFFSET += 4 * 86400  # Friday
    page = text_of(ana.get(PATH))
    assert ("8 overdue" in page, page.count("Blocks<"), "4 overdue" in page) == (True, 8, True)


def test_a_viewer_reads_and_ticks_nothing(programme: Programme) -> None:
    vic = client_of("vic", programme)
    page = text_of(vic.get(PATH))
    assert ('type="checkbox"' in page, "readiness/training/" in page) == (False, False)
    assert vic.post(f"{PATH}tick/", {"done": ids("poster")}).status_code == 403
    assert vic.get(f"{PATH}readiness/poster/").status_code == 403
    assert vic.get(f"/readiness/{ids('poster')[0]}/").status_code == 200


def test_it_is_a_part_for_htmx(ana: Client) -> None:
    part = text_of(ana.get(PATH, headers=HTMX))
    assert ("<html" in part, '<div id="wave"' in part) == (False, True)


def test_cells_are_ticked_and_opened_and_only_what_differs_is_written(ana: Client) -> None:
    first, second, third, fourth = ids("whitelist")
    ana.post(f"{PATH}tick/", {"done": [first, second]})
    # Ben ticked the third meanwhile; Ana's page did not show that.
    ana.post(f"{PATH}tick/", {"done": [third]})
    answer = ana.post(f"{PATH}tick/", {"done": [first, fourth], "was": [first, second]})
    assert (answer.status_code, answer["Location"]) == (303, PATH)
    assert [state(pk) for pk in (first, second, third, fourth)] == ["done", "open", "done", "done"]
    page = text_of(ana.get(PATH))
    assert "2 items are changed." in page
    undo = re.findall(r'action="(/readiness/batches/\d+/undo/)"', page)
    ana.post(undo[-1], {"next": PATH})
    assert [state(pk) for pk in (first, second, third, fourth)] == ["done", "done", "done", "open"]


@pytest.mark.parametrize("done", [["x"], ["0"], ["99999999999999999999"], []])
def test_nonsense_ticks_nothing(ana: Client, done: list[str]) -> None:
    page = text_of(ana.post(f"{PATH}tick/", {"done": done}, follow=True))
    assert "Nothing" in page
    assert not ReadinessBatch.objects.exists()


def test_somebody_elses_cell_is_refused(ana: Client) -> None:
    assert ana.post(f"{PATH}tick/", {"done": ids("audit")}).status_code == 403
    assert state(ids("audit")[0]) == "open"


def test_a_wave_without_checklist_says_so(programme: Programme, ana: Client) -> None:
    programme.checklist.update(retired_at=NOW)
    assert "No checklist" in text_of(ana.get(PATH))


def test_the_name_in_the_address_must_fit(ana: Client, programme: Programme) -> None:
    for path in (f"{PATH}readiness/nothing/", "/waves/check-in/99/", "/readiness/999999/"):
        assert ana.get(path).status_code == 404
    assert ana.get(f"{PATH}tick/").status_code == 405
    stranger = client_of("dee", build.programme())
    for path in (PATH, f"{PATH}readiness/poster/", f"/readiness/{ids('poster')[0]}/"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"{PATH}tick/", {"done": ids("poster")}).status_code == 404


@pytest.mark.parametrize("path", [PATH, f"{PATH}readiness/poster/", "/waves/", "/schedule/"])
def test_it_asks_as_often_for_many_as_for_few(programme: Programme, pam: Client, path: str) -> None:
    counts = []
    for numbers in ((), range(500, 540)):
        plan(programme, *map(str, numbers))
        with CaptureQueriesContext(connection) as queries:
            assert pam.get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 38


# --- a column -------------------------------------------------------------------------------


def column(client: Client, key: str = "whitelist", **facts: Any) -> Any:
    usual = {"act": "done", "which": "all", "numbers": "", "evidence": "", "confirm": "1"}
    return client.post(f"{PATH}readiness/{key}/", usual | facts)


def chosen(answer: Any) -> tuple[int, tuple[str, ...]]:
    found = answer.context["chosen"]
    return len(found.items), found.unknown


def test_a_column_is_done_at_once_with_one_evidence(ana: Client) -> None:
    answer = column(ana, evidence="list of 27 June")
    assert answer.status_code == 303
    rows = ReadinessItem.objects.filter(template__key="whitelist")
    assert {(row.state, row.evidence) for row in rows} == {("done", "list of 27 June")}
    assert ReadinessBatch.objects.count() == 1
    assert "4 items are done." in text_of(ana.get(PATH))


def test_numbers_are_pasted_however_they_are_separated(ana: Client) -> None:
    column(ana, which="only", numbers="«442gc»;\t")
    assert {row.go_live.site.number for row in ReadinessItem.objects.filter(state="done")} == {
        "442GC"
    }
    column(ana, which="except", numbers="442GC")
    assert ReadinessItem.objects.filter(state="done").count() == 4


def test_a_preview_counts_and_writes_nothing(ana: Client) -> None:
    facts = {"which": "except", "numbers": "636, 999", "act": "done"}
    answer: Any = ana.post(f"{PATH}readiness/whitelist/", facts, headers=HTMX)
    assert chosen(answer) == (2, ("999",))
    part = text_of(answer)
    assert ("<html" in part, "Not in this wave" in part) == (False, True)
    assert "2 of 4 items, 1 station" in part
    assert not ReadinessBatch.objects.exists()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"which": "only", "numbers": "636 999"}, "Not in this wave: 999."),
        ({"which": "only", "numbers": " "}, "Paste the numbers."),
        ({"act": "not_applicable"}, "Say why it is not needed."),
        ({"act": "open"}, "There is nothing left to change."),
        ({"act": "explode"}, "explode is not one of"),
        ({"which": "some"}, "some is not one of"),
    ],
)
def test_it_says_what_is_wrong_and_does_nothing(
    ana: Client, facts: dict[str, str], words: str
) -> None:
    answer = column(ana, **facts)
    assert (answer.status_code, words in text_of(answer)) == (422, True)
    assert not ReadinessBatch.objects.exists()


def test_one_product_is_done_alone(ana: Client) -> None:
    column(ana, product="vse")
    done = ReadinessItem.objects.filter(state="done")
    assert {row.go_live.product.key for row in done} == {"vse"}


def test_a_column_is_set_aside_and_opened_again(ana: Client) -> None:
    column(ana, act="not_applicable", evidence="no counter")
    assert "Not needed" in text_of(ana.get(PATH))
    column(ana, act="open", which="except", numbers="636")
    assert ReadinessItem.objects.filter(state="not_applicable").count() == 2


def test_a_column_is_given_to_a_person(ana: Client, programme: Programme) -> None:
    build.person("ben", programme)
    column(ana, act="give", owner="ben", which="only", numbers="636")
    assert "Ben Boyd" in text_of(ana.get(PATH))
    assert column(ana, act="give", owner="vic").status_code == 422
    column(ana, act="give", owner="")
    assert not ReadinessItem.objects.exclude(owner=None).exists()


def test_somebody_elses_column_is_refused(ana: Client) -> None:
    assert column(ana, key="audit").status_code == 403
    assert column(ana, key="audit", act="give", owner="ana").status_code == 403


# --- one item -------------------------------------------------------------------------------


def test_an_item_is_done_with_its_evidence_and_remembers_who(ana: Client) -> None:
    pk = ids("whitelist")[0]
    path = f"/readiness/{pk}/"
    ana.post(path, {"state": "done", "evidence": "https://example.gov/list SSN 123-45-6789"})
    page = text_of(ana.get(path))
    assert all(words in page for words in (
        "<b>Ana Ortiz</b> done", 'href="https://example.gov/list"', "Thu 30 Jun 2022",
    ))  # fmt: skip
    assert "123-45-6789" not in page
    ana.post(path, {"state": "open"})
    assert "<b>Ana Ortiz</b> open" in text_of(ana.get(path))


def test_an_item_needs_a_reason_to_be_set_aside(ana: Client) -> None:
    answer = ana.post(f"/readiness/{ids('poster')[0]}/", {"state": "not_applicable"})
    assert (answer.status_code, "Say why" in text_of(answer)) == (422, True)


def test_an_item_is_given_and_only_its_owner_ticks_it(
    programme: Programme, pam: Client, ana: Client
) -> None:
    path = f"/readiness/{ids('audit')[0]}/"
    assert "DevOps ticks this." in text_of(ana.get(path))
    assert ana.post(path, {"state": "done"}).status_code == 403
    assert pam.post(path, {"give": "1", "owner": "vic"}).status_code == 422
    pam.post(path, {"give": "1", "owner": "ana"})
    assert "DevOps ticks this." not in text_of(ana.get(path))
    assert ana.post(path, {"state": "done"}).status_code == 303


def test_a_retired_item_has_no_page(programme: Programme, ana: Client) -> None:
    programme.checklist.filter(key="poster").update(retired_at=NOW)
    assert ana.get(f"/readiness/{ids('poster')[0]}/").status_code == 404


def test_the_page_of_a_site_shows_its_items(programme: Programme, ana: Client) -> None:
    page = text_of(ana.get("/sites/636/"))
    assert ("Training held" in page, "VSE-CS" in page) == (True, True)
    assert f"/readiness/{ids('audit')[0]}/" in page
    stranger = client_of("vic", build.programme())
    assert "Training held" not in text_of(stranger.get("/sites/636/"))


# --- go or no-go ----------------------------------------------------------------------------


def sign(client: Client, part: str, call: str = "go", **facts: str) -> Any:
    return client.post(f"{PATH}sign/", {"part": part, "call": call, **facts}, follow=True)


def waive(client: Client, finding: str, reason: str = "By phone on Friday") -> Any:
    return client.post(f"{PATH}waive/", {"finding": finding, "reason": reason}, follow=True)


def test_a_red_finding_is_waived_and_two_people_sign(programme: Programme, pam: Client) -> None:
    dee = client_of("dee", programme)
    page = text_of(pam.get(PATH))
    assert "Training held: 4 of 4 open, due 27 Jun (442GC, 636)." in page
    assert "Go can be signed once every red finding has its waiver" in page
    assert "A waiver is missing" in text_of(sign(pam, "pm"))
    assert "Say why the wave may go" in text_of(waive(pam, "readiness:training", " "))
    for key in ("readiness:training", "readiness:whitelist"):
        assert "The waiver is given" in text_of(waive(pam, key))
    assert "You have signed go for wave 10." in text_of(sign(pam, "pm", comment="Ready"))
    assert "1 of 2 signed" in text_of(dee.get("/waves/"))
    assert "You have signed go" in text_of(sign(dee, "dm"))
    for path in (PATH, "/waves/", "/schedule/?programme=check-in"):
        assert "</svg>Go</span>" in text_of(dee.get(path))


def test_the_same_person_is_refused_the_other_part(programme: Programme, pam: Client) -> None:
    build.member(build.person("pam"), programme, "dm")
    programme.checklist.update(retired_at=NOW)
    sign(pam, "pm")
    assert "You do not sign this part: the other part was signed by you" in text_of(pam.get(PATH))
    assert "two people decide, not one" in text_of(sign(pam, "dm"))
    assert SignOff.objects.count() == 1


def test_it_is_not_signed_on_findings_that_changed(programme: Programme, pam: Client) -> None:
    page = text_of(pam.get(PATH))
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen is not None
    column(pam, key="training")
    facts = {"call": "no-go", "comment": "Not ready", "seen": seen[1]}
    assert "has changed meanwhile" in text_of(sign(pam, "pm", **facts))
    assert not SignOff.objects.exists()


def test_a_signature_shows_that_the_findings_changed_and_is_withdrawn(
    programme: Programme, pam: Client
) -> None:
    sign(pam, "pm", "no-go", comment="Nothing is ready")
    assert "No-go" in text_of(pam.get("/waves/"))
    column(pam, key="training")
    page = text_of(pam.get(PATH))
    assert ("The findings have changed since" in page, "Nothing is ready" in page) == (True, True)
    row = SignOff.objects.get()
    dee = client_of("dee", programme)
    assert dee.post(f"/sign-offs/{row.pk}/withdraw/").status_code == 403
    pam.post(f"/sign-offs/{row.pk}/withdraw/")
    assert "Not signed" in text_of(pam.get("/waves/"))


def test_a_waiver_that_covers_less_than_the_finding_says_so(
    programme: Programme, pam: Client
) -> None:
    column(pam, key="training", which="only", numbers="636")
    waive(pam, "readiness:training")
    column(pam, key="training", act="open")
    page = text_of(pam.get(PATH))
    assert "Waiver no longer covers it" in page
    assert "given for: Training held: 2 of 4 open" in page
    waive(pam, "readiness:training")
    row = Waiver.objects.get(withdrawn_at=None)
    assert "The waiver is withdrawn." in text_of(
        pam.post(f"/waivers/{row.pk}/withdraw/", follow=True)
    )


@pytest.mark.parametrize("who", ["ana", "dev", "vic", "adi"])
def test_others_neither_sign_nor_waive(programme: Programme, who: str) -> None:
    client = client_of(who, programme)
    page = text_of(client.get(PATH))
    assert ("Waive…" in page, 'name="call"' in page) == (False, False)
    assert sign(client, "pm").status_code == 403
    assert waive(client, "readiness:training").status_code == 403


@pytest.mark.parametrize("facts", [{}, {"part": "cfo", "call": "go"}, {"part": "pm"}])
def test_a_signature_without_a_call_is_none(pam: Client, facts: dict[str, str]) -> None:
    page = text_of(pam.post(f"{PATH}sign/", facts, follow=True))
    assert "Choose go or no-go." in page


def test_what_has_begun_is_history(pam: Client, settings: Settings) -> None:
    sign(pam, "pm", "no-go", comment="Not ready")
    settings.CLOCK_OFFSET += 8 * 86400
    page = text_of(pam.get(PATH))
    assert ("what was signed is history" in page, "Withdraw" in page) == (True, False)
    assert "the wave has begun" in text_of(sign(pam, "pm")).lower()


def test_a_wave_without_go_lives_has_nothing_to_sign(programme: Programme, pam: Client) -> None:
    build.wave(programme, 11, date(2022, 7, 11))
    assert "there is nothing to sign" in text_of(pam.get("/waves/check-in/11/"))


# --- deputies -------------------------------------------------------------------------------


def test_a_deputy_is_named_signs_and_ends(programme: Programme, pam: Client) -> None:
    programme.checklist.update(retired_at=NOW)
    ben = client_of("ben", programme)
    page = text_of(pam.get("/deputies/"))
    assert ("Nobody signs for another" in page, "Instead of" in page) == (True, False)
    facts = {"role": "pm", "person": "ben", "until": "2022-07-08"}
    assert pam.post("/deputies/", facts).status_code == 303
    assert "Fri 8 Jul 2022" in text_of(ben.get("/deputies/"))
    assert "You have signed go" in text_of(sign(ben, "pm"))
    assert "for Pam Price" in text_of(pam.get(PATH))
    row = Deputy.objects.get()
    assert client_of("dee", programme).post(f"/deputies/{row.pk}/end/").status_code == 403
    assert "signs for Pam Price no more" in text_of(
        pam.post(f"/deputies/{row.pk}/end/", follow=True)
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"until": "2022-06-01"}, "The last day is over."),
        ({"until": "soon"}, "Enter a valid date"),
        ({"person": "pam"}, "Select a valid choice"),
        ({"role": "dm"}, "Select a valid choice"),
    ],
)
def test_it_says_why_somebody_is_not_named(
    programme: Programme, pam: Client, facts: dict[str, str], words: str
) -> None:
    build.person("ben", programme)
    usual = {"role": "pm", "person": "ben", "until": "2022-07-08"}
    answer = pam.post("/deputies/", usual | facts)
    assert (answer.status_code, words in text_of(answer)) == (422, True)


def test_an_administrator_names_one_for_somebody(programme: Programme) -> None:
    build.person("dee", programme)
    build.person("ben", programme)
    adi = client_of("adi", programme)
    facts = {"role": "dm", "named_by": "dee", "person": "ben", "until": "2022-07-08"}
    assert adi.post("/deputies/", facts).status_code == 303
    assert adi.post("/deputies/", facts | {"role": "pm"}).status_code == 422


def test_engineers_see_deputies_and_name_none(ana: Client) -> None:
    assert "Name a deputy" not in text_of(ana.get("/deputies/"))
    assert ana.post("/deputies/", {}).status_code == 403
    assert ana.get("/deputies/?programme=other").status_code == 404
    assert "<html" not in text_of(ana.get("/deputies/", headers=HTMX))


def test_somebody_without_programme_gets_an_empty_page() -> None:
    assert "No programme yet" in text_of(at_work(build.person("adi")).get("/deputies/"))
