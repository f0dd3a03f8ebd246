"""A rota and a layer made from a page, and a layer that ends."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from apps.accounts.models import Person
from apps.ledger.models import Change
from apps.oncall.choices import Unit
from apps.oncall.models import Rota, RotaVersion
from apps.oncall.rules import on_duty
from apps.oncall.services import LayerDraft, Place
from apps.rollouts.models import Programme
from tests import build
from tests.pages import at_work, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_its_now")]
NOW = datetime(2022, 5, 3, 15, tzinfo=UTC)  # Tuesday 11:00 Eastern
NEW = "/oncall/rotas/new/"


@pytest.fixture
def programme() -> Programme:
    made = build.programme()
    build.person("ana", made)
    build.person("ben", made)
    return made


@pytest.fixture
def dee(programme: Programme) -> Person:
    return build.person("dee", programme)


def fields(**changes: str) -> dict[str, Any]:
    facts = {
        "name": "Night support", "key": "", "starts_on": "2022-05-02", "unit": "week",
        "hand_off": "mon 08:00", "windows": "", "time_zone": "America/New_York",
        "duty-primary": "Ana Ortiz\nBen Boyd", "duty-backup": "Ben Boyd\nAna Ortiz",
        "another_duty": "", "another_people": "",
    }  # fmt: skip
    return facts | changes


def held(key: str, at: datetime = NOW) -> dict[str, str]:
    facts = Rota.objects.get(key=key).facts()
    return {duty: shift.person_key for duty, shift in on_duty(facts, at).items()}


# --- a rota ----------------------------------------------------------------------------------


def test_the_empty_schedule_leads_there(dee: Person, programme: Programme) -> None:
    assert f'href="{NEW}"' in text_of(at_work(dee).get("/oncall/"))
    page = text_of(at_work(dee).get(NEW))
    assert "mon 08:00" in page
    ana = Person.objects.get(username="ana")
    assert f'href="{NEW}"' not in text_of(at_work(ana).get("/oncall/"))
    assert at_work(ana).get(NEW).status_code == 403
    stranger = build.person("pam")
    assert at_work(stranger).get(NEW).status_code in {403, 404}
    assert at_work(dee).get(f"{NEW}?programme=none").status_code == 404


def test_it_shows_the_shifts_first_and_makes_nothing(dee: Person) -> None:
    page = text_of(at_work(dee).post(NEW, fields()))
    assert "In the next eight weeks" in page
    assert "<td>Ana Ortiz</td>" in page
    assert "Make the rota" in page
    assert not Rota.objects.exists()
    assert not Change.objects.filter(subject="rota").exists()


def test_a_confirmed_one_is_there_with_its_first_slot(dee: Person) -> None:
    more = {"another_duty": "incident-commander", "another_people": "Dee Dunn", "confirm": "1"}
    answer = at_work(dee).post(NEW, fields(**more), follow=True)
    assert "Night support is there" in text_of(answer)
    assert held("night-support") == {"primary": "ana", "backup": "ben", "incident-commander": "dee"}
    assert Change.objects.filter(subject="rota", verb="added", origin="page").count() == 1


def test_a_second_one_of_that_key_is_refused_and_the_first_stays(dee: Person) -> None:
    client = at_work(dee)
    client.post(NEW, fields(confirm="1"))
    for step in ({}, {"confirm": "1"}):
        answer = client.post(NEW, fields(**{"duty-primary": "Ben Boyd"} | step))
        assert answer.status_code == 422
        assert "has a rota with the key night-support" in text_of(answer)
    assert held("night-support")["primary"] == "ana"
    assert RotaVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"duty-primary": "", "duty-backup": ""}, "Name somebody to take turns."),
        ({"duty-primary": "Zoe Zimmer"}, "nobody of that name works in this programme"),
        ({"starts_on": ""}, "Say from which day on."),
        ({"starts_on": "soon"}, "Write a day"),
        ({"time_zone": "America/Nowhere"}, "Select a valid choice"),
        ({"hand_off": "noon"}, "“noon” is not a time of day such as 08:00"),
        ({"starts_on": "2022-04-18"}, "Begin on 2022-04-19 or later"),
        ({"windows": "", "unit": "shift"}, "each window is a shift"),
        ({"another_duty": "chief"}, "Name somebody to take turns."),
        ({"another_people": "Ana Ortiz"}, "Say which duty they take."),
        ({"another_duty": "primary", "another_people": "Ana Ortiz"}, "of that name above"),
        ({"another_duty": "a b", "another_people": "Ana Ortiz"}, "Use letters, digits"),
        ({"another_duty": "chief", "another_people": "Zoe"}, "nobody of that name"),
        ({"name": ""}, "Say how the rota is called."),
        ({"key": "no key"}, "Use letters, digits and hyphens"),
    ],
)
def test_refusals_say_what_to_mend_and_keep_everything(
    dee: Person, change: dict[str, str], words: str
) -> None:
    answer = at_work(dee).post(NEW, fields(confirm="1", **change))
    assert answer.status_code == 422
    page = text_of(answer)
    assert words.lower() in page.lower()
    for name, value in fields(**change).items():
        if value and name != "time_zone":
            assert value.splitlines()[0] in page, name
    assert not Rota.objects.exists()


# --- a layer ---------------------------------------------------------------------------------


@pytest.fixture
def rota(programme: Programme) -> Rota:
    ana, ben = (Person.objects.get(username=name) for name in ("ana", "ben"))
    nights = LayerDraft(
        key="nights", unit=Unit.WEEK, hand_off="mon 08:00", starts_on=date(2022, 5, 2),
        windows=None, duties={"primary": [Place(person=ben)]},
    )  # fmt: skip
    return build.rota(programme, primary=[ana], backup=[ben], layers=[nights])


def layer(**changes: str) -> dict[str, Any]:
    facts = fields(key="days", **{"duty-primary": "Dee Dunn", "duty-backup": ""})
    facts["seen"] = str(Rota.objects.get().newest())
    return facts | {"starts_on": "2022-05-09", "windows": "mon-fri 08:00-16:00"} | changes


def test_a_layer_is_looked_at_then_added_on_top(dee: Person, rota: Rota) -> None:
    client, path = at_work(dee), f"/oncall/rotas/{rota.pk}/layers/new/"
    assert path in text_of(client.get(f"/oncall/rotas/{rota.pk}/"))
    assert "First day" in text_of(client.get(path))
    assert "<td>Dee Dunn</td>" in text_of(client.post(path, layer()))
    assert RotaVersion.objects.count() == 2
    answer = client.post(path, layer(confirm="1"), follow=True)
    assert "The layer days lies over" in text_of(answer)
    assert held("support")["primary"] == "ben"
    assert held("support", datetime(2022, 5, 10, 15, tzinfo=UTC))["primary"] == "dee"
    assert held("support", datetime(2022, 5, 10, 23, tzinfo=UTC))["primary"] == "ben"


def test_a_layer_keeps_a_clock_of_its_own(dee: Person, rota: Rota) -> None:
    path = f"/oncall/rotas/{rota.pk}/layers/new/"
    at_work(dee).post(path, layer(confirm="1", time_zone="Pacific/Guam"))
    at_work(dee).post(path, layer(confirm="1", key="late"))
    zones = RotaVersion.objects.exclude(layer="").values_list("layer", "time_zone")
    assert dict(zones) == {"nights": "", "days": "Pacific/Guam", "late": ""}


@pytest.mark.parametrize(
    ("change", "words"),
    [({"key": "nights"}, "This rota has, or had, a layer of that name."),
     ({"key": ""}, "Give the layer a short name"),
     ({"duty-primary": ""}, "Name somebody to take turns."),
     ({"hand_off": "08:00"}, "needs its weekday")],
)  # fmt: skip
def test_a_layer_that_makes_no_sense_is_refused(
    dee: Person, rota: Rota, change: dict[str, str], words: str
) -> None:
    path = f"/oncall/rotas/{rota.pk}/layers/new/"
    answer = at_work(dee).post(path, layer(confirm="1", **change))
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert RotaVersion.objects.count() == 2


def test_a_layer_ends_now_and_the_one_below_shows_through(dee: Person, rota: Rota) -> None:
    client, path = at_work(dee), f"/oncall/rotas/{rota.pk}/layers/end/?layer=nights"
    assert held("support") == {"primary": "ben"}  # who has it cannot be backup as well
    assert "<td>Ben Boyd</td>" in text_of(client.get(path))
    assert RotaVersion.objects.count() == 2
    client.post(path)
    client.post(path, {"seen": "1000000"})
    assert RotaVersion.objects.count() == 2  # nobody has seen that one
    newest = {"seen": str(rota.newest())}
    assert "has ended" in text_of(client.post(path, newest, follow=True))
    assert held("support", datetime(2022, 5, 3, 16, tzinfo=UTC))["primary"] == "ana"
    assert held("support", datetime(2022, 5, 3, 14, tzinfo=UTC))["primary"] == "ben"
    assert client.get(path).status_code == 404
    assert client.get(f"/oncall/rotas/{rota.pk}/layers/end/?layer=").status_code == 404


def test_engineers_and_strangers_make_and_end_no_layers(programme: Programme, rota: Rota) -> None:
    ana, stranger = Person.objects.get(username="ana"), build.person("pam", build.programme())
    for path in ("layers/new/", "layers/end/?layer=nights"):
        assert at_work(ana).get(f"/oncall/rotas/{rota.pk}/{path}").status_code == 403
        assert at_work(stranger).get(f"/oncall/rotas/{rota.pk}/{path}").status_code == 404


def test_an_edit_from_now_is_refused_where_a_later_one_would_undo_it(
    dee: Person, rota: Rota
) -> None:
    client, path = at_work(dee), f"/oncall/rotas/{rota.pk}/edit/?layer=nights"
    later = {"seen": rota.newest(), "unit": "week", "hand_off": "mon 08:00", "windows": "",
             "duty-primary": "Dee Dunn", "effective_from": "2022-05-09",
             "confirm": "1"}  # fmt: skip
    assert client.post(path, later).status_code == 303
    again = later | {"seen": Rota.objects.get().newest(), "duty-primary": "Ana Ortiz"}
    for day in ("", "2022-05-08"):
        answer = client.post(path, again | {"effective_from": day})
        assert "It changes on 2022-05-09 already" in text_of(answer)
    end = f"/oncall/rotas/{rota.pk}/layers/end/?layer=nights"
    page = text_of(client.get(end, follow=True))
    assert "It changes on 2022-05-09 already" in page
    client.post(end, {"seen": str(Rota.objects.get().newest())})
    assert RotaVersion.objects.count() == 3
    assert client.post(path, again).status_code == 303
    assert held("support", datetime(2022, 5, 10, 15, tzinfo=UTC))["primary"] == "ana"


def test_an_edit_of_a_rota_that_is_still_to_begin_counts_from_its_start(dee: Person) -> None:
    client = at_work(dee)
    client.post(NEW, fields(starts_on="2022-05-16", confirm="1"))
    made = Rota.objects.get()
    facts = fields(confirm="1", effective_from="", seen=str(made.newest()))
    facts["duty-primary"] = "Dee Dunn"
    assert client.post(f"/oncall/rotas/{made.pk}/edit/", facts).status_code == 303
    assert held("night-support", datetime(2022, 5, 17, 15, tzinfo=UTC))["primary"] == "dee"
    assert held("night-support") == {}


def test_two_edits_from_one_view_are_one(dee: Person, rota: Rota) -> None:
    client, path = at_work(dee), f"/oncall/rotas/{rota.pk}/layers/new/"
    first, second = layer(confirm="1"), layer(confirm="1", key="late")
    assert client.post(path, first).status_code == 303
    answer = client.post(path, second)
    assert answer.status_code == 422
    assert "Somebody else has edited this rota meanwhile" in text_of(answer)
