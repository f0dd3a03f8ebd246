"""A rota's page, and an edit that is looked at before it is made."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from apps.accounts.models import Person
from apps.ledger.models import Change
from apps.oncall.choices import Unit
from apps.oncall.models import Participant, Rota, RotaVersion
from apps.oncall.rules import differences, final_schedule
from apps.oncall.services import LayerDraft, Place
from apps.rollouts.models import Programme
from tests import build
from tests.oncall.facts import local, rota, version
from tests.pages import at_work, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_its_now")]
NOW = datetime(2022, 5, 3, 15, tzinfo=UTC)  # Tuesday 11:00 Eastern, in Ana's week


@pytest.fixture
def programme() -> Programme:
    made = build.programme()
    ana, ben = build.person("ana", made), build.person("ben", made)
    nights = LayerDraft(
        key="nights", unit=Unit.WEEK, hand_off="mon 20:00", starts_on=date(2022, 6, 6),
        windows={"mon-fri": "20:00-22:00"}, duties={"primary": [Place(person=ben)]},
    )  # fmt: skip
    build.rota(made, primary=[ana, ben], backup=[ben, ana], windows={"mon-fri": "08:00-20:00"},
               layers=[nights])  # fmt: skip
    return made


@pytest.fixture
def dee(programme: Programme) -> Person:
    return build.person("dee", programme)


def found() -> Rota:
    return Rota.objects.with_facts().get()


def path(query: str = "") -> str:
    return f"/oncall/rotas/{found().pk}/edit/{query}"


def fields(**changes: str) -> dict[str, Any]:
    newest = RotaVersion.objects.latest("pk").pk
    facts = {
        "seen": newest, "name": "Roll-out support", "unit": "week", "hand_off": "mon 08:00",
        "windows": "mon-fri 08:00-20:00", "effective_from": "2022-05-16",
        "duty-primary": "Ana Ortiz\nBen Boyd\nDee Dunn", "duty-backup": "Ben Boyd\nAna Ortiz",
    }  # fmt: skip
    return facts | changes


def schedule() -> list[Any]:
    start, end = datetime(2022, 5, 2, tzinfo=UTC), datetime(2022, 7, 4, tzinfo=UTC)
    return final_schedule(found().facts(), start, end)


# --- the rule --------------------------------------------------------------------------------


def test_differences_say_who_loses_and_gains_which_time() -> None:
    before = rota(version({"primary": ["ana", "ben"]}))
    after = rota(version({"primary": ["ana", "dee"]}))
    window = (local("2022-05-02T08:00"), local("2022-05-30T08:00"))
    changed = differences(final_schedule(before, *window), final_schedule(after, *window))
    assert [(one.loses, one.gains) for one in changed] == [("ben", "dee")] * 2
    assert changed[0].start == local("2022-05-09T08:00")
    assert changed[0].end == local("2022-05-16T08:00")


def test_what_is_nobodys_is_told_and_neighbours_are_one() -> None:
    before = rota(version({"primary": ["ana"]}, unit=Unit.DAY, hand_off="08:00"))
    window = (local("2022-05-02T08:00"), local("2022-05-09T08:00"))
    shifts = final_schedule(before, *window)
    [only] = differences(shifts, [])
    assert (only.start, only.end, only.loses, only.gains) == (*window, "ana", None)
    assert differences(shifts, shifts) == []


# --- the pages -------------------------------------------------------------------------------


def test_the_page_shows_layers_and_versions(dee: Person) -> None:
    page = text_of(at_work(dee).get(f"/oncall/rotas/{found().pk}/"))
    for words in ("Week, mon 08:00", "mon-fri 08:00-20:00", "Layer nights", "Ana Ortiz, Ben Boyd",
                  "From Mon 2 May 2022", "Edit…"):  # fmt: skip
        assert words in page.replace("\n", "")
    vic = build.person("vic", found().programme)
    assert "Edit…" not in text_of(at_work(vic).get(f"/oncall/rotas/{found().pk}/"))
    stranger = build.person("pam", build.programme())
    assert at_work(stranger).get(f"/oncall/rotas/{found().pk}/").status_code == 404


def test_the_form_shows_what_the_rota_says(dee: Person) -> None:
    page = text_of(at_work(dee).get(path()))
    assert "Ana Ortiz\nBen Boyd</textarea>" in page
    assert "mon-fri 08:00-20:00</textarea>" in page
    assert "mon-fri 20:00-22:00</textarea>" in text_of(at_work(dee).get(path("?layer=nights")))
    assert at_work(dee).get(path("?layer=none")).status_code == 404
    ana = build.person("ana", found().programme)
    assert at_work(ana).get(path()).status_code == 403


def test_an_edit_is_looked_at_first_and_nothing_is_kept_of_that(dee: Person) -> None:
    before, changes = schedule(), Change.objects.count()
    page = text_of(at_work(dee).post(path(), fields()))
    assert "In the next eight weeks" in page
    assert "<td>Dee Dunn</td>" in page
    assert schedule() == before
    assert (RotaVersion.objects.count(), Change.objects.count()) == (2, changes)


def test_a_confirmed_edit_counts_from_its_day_and_the_past_stays(dee: Person) -> None:
    before = schedule()
    answer = at_work(dee).post(path(), fields(confirm="1"), follow=True)
    assert "is saved" in text_of(answer)
    after = schedule()
    begins = datetime(2022, 5, 16, 12, tzinfo=UTC)
    assert [one for one in after if one.start < begins] == [
        one for one in before if one.start < begins
    ]
    assert "dee" in {one.person_key for one in after if one.duty == "primary"}
    row = RotaVersion.objects.latest("pk")
    assert (row.layer, row.effective_from, row.made_by) == ("", date(2022, 5, 16), "dee")
    assert Change.objects.filter(subject="rota", verb="changed", origin="page").count() == 1


def test_a_layer_is_edited_by_itself(dee: Person) -> None:
    facts = fields(**{"hand_off": "mon 20:00", "windows": "mon-fri 20:00-23:00",
                      "duty-primary": "dee until 2022-07-01\nben", "confirm": "1"})  # fmt: skip
    at_work(dee).post(path("?layer=nights"), facts)
    row = RotaVersion.objects.latest("pk")
    assert (row.layer, row.windows) == ("nights", {"mon-fri": "20:00-23:00"})
    places = row.duties()["primary"]
    assert [(one.person.username, one.ends_on) for one in places] == [
        ("dee", date(2022, 7, 1)), ("ben", None),
    ]  # fmt: skip
    assert RotaVersion.objects.filter(layer="").count() == 1


def test_names_that_two_have_are_offered_as_usernames(dee: Person, programme: Programme) -> None:
    build.member(build.person("aaa", name="Ana Ortiz"), programme, "engineer")
    page = at_work(dee).get(path()).text
    options = page.partition('<datalist id="people-names">')[2].partition("</datalist>")[0]
    assert re.findall(r'value="([^"]+)"', options) == ["aaa", "ana", "Ben Boyd", "Dee Dunn"]
    assert ">\nana\nBen Boyd</textarea>" in page  # an edit of something else leaves her her turns
    answer = at_work(dee).post(path(), fields(**{"duty-primary": "Ana Ortiz"}))
    assert "“Ana Ortiz”: two people are called so; write the username" in text_of(answer)
    wanted = {"duty-primary": "aaa\nana", "duty-backup": "Ben Boyd", "confirm": "1"}
    answer = at_work(dee).post(path(), fields(**wanted))
    assert answer.status_code == 303
    places = Participant.objects.filter(version=RotaVersion.objects.latest("pk"), duty="primary")
    assert [one.person.username for one in places.order_by("position")] == ["aaa", "ana"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"duty-primary": "Zoe Zimmer"}, "nobody of that name works in this programme"),
        ({"duty-primary": ""}, "Name somebody to take turns."),
        ({"duty-primary": "ana\nana"}, "names somebody twice"),
        ({"duty-primary": "ana from 2022-13-01"}, "is not a day such as"),
        ({"duty-primary": "ana from 2022-06-02 until 2022-06-01"}, "ends before it starts"),
        ({"hand_off": "noon"}, "Hands over"),
        ({"hand_off": "08:00"}, "needs its weekday"),
        ({"windows": "mon-fri nine"}, "is not a span of hours"),
        ({"windows": "", "unit": "shift"}, "each window is a shift"),
        ({"effective_from": "2022-05-01"}, "leaves the past as it was"),
        ({"effective_from": "soon"}, "Write a day"),
        ({"follows_hours": "on"}, "are not entered"),
        ({"seen": "1000000"}, "Somebody else has edited this rota meanwhile"),
        ({"name": ""}, "Say how the rota is called."),
    ],
)
def test_refusals_say_what_to_mend_and_keep_everything(
    dee: Person, change: dict[str, str], words: str
) -> None:
    answer = at_work(dee).post(path(), fields(**change) | {"confirm": "1"})
    assert answer.status_code == 422
    assert words in text_of(answer).replace("&#x27;", "'")
    assert RotaVersion.objects.count() == 2
