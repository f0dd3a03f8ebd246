"""What the database itself forbids, whoever writes; what services and the admin refuse in words."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client

from apps.rollouts.choices import ChangeKind, Status
from apps.rollouts.models import GoLive, HandOverHold, ScheduleChangeItem, Site
from apps.rollouts.rules import (
    blackouts_problem,
    holidays_problem,
    hours_problem,
    labels_problem,
    phases_problem,
    zone_problem,
)
from apps.rollouts.services import (
    Asked,
    Decision,
    Plan,
    UnableToChangeSchedule,
    UnableToSave,
    UnableToSaveSites,
    edit_row,
    plan_go_lives,
    put_in_wave,
    save_sites,
    save_wave,
    set_programme,
)
from tests import build
from tests.pages import BACKEND

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 27, 14, 40, tzinfo=UTC)
MONDAY = date(2022, 6, 27)
BY: dict[str, Any] = {"actor": "adi", "origin": "page", "now": NOW}
BLANK = ["", " ", "\t\n \r"]


def go_live(**columns: Any) -> GoLive:
    return build.go_live(build.site(), build.product(build.programme()), MONDAY, **columns)


def write(row: Any, **columns: Any) -> None:
    """Straight into the table, past every service; deferred constraints are asked at once."""
    with transaction.atomic():
        type(row)._default_manager.filter(pk=row.pk).update(**columns)
        connection.check_constraints()
        if connection.vendor == "postgresql":
            connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("number", BLANK)
def test_a_site_has_a_number(number: str) -> None:
    with pytest.raises(IntegrityError, match="site_has_a_number"):
        write(build.site(), number=number)


def test_a_number_is_one_site_in_any_case() -> None:
    build.site("442GC")
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        Site.objects.create(number="442gc", name="Another", time_zone="UTC")


@pytest.mark.parametrize(
    "columns",
    [{"latitude": 90.1, "longitude": 1}, {"latitude": 1, "longitude": -181}, {"latitude": 1}],
)
def test_a_site_lies_on_the_globe(columns: dict[str, float]) -> None:
    with pytest.raises(IntegrityError, match="site_lies_on_earth"):
        write(build.site(), **columns)


def test_a_wave_has_a_positive_number() -> None:
    with pytest.raises(IntegrityError, match="wave_number_positive"):
        write(build.wave(build.programme()), number=0)


def test_a_programme_has_a_pace() -> None:
    with pytest.raises(IntegrityError, match="programme_has_a_pace"):
        write(build.programme(), pace=0)


def test_a_go_live_has_a_planned_day() -> None:
    with pytest.raises(IntegrityError, match=r"(?i)null"):
        write(go_live(), planned_on=None)


def test_nobody_writes_down_that_a_go_live_is_live() -> None:
    with pytest.raises(IntegrityError, match="go_live_status_known"):
        write(go_live(), status=Status.LIVE)


def test_a_product_goes_live_in_its_own_programme() -> None:
    row, other = go_live(), build.product(build.programme())
    with pytest.raises(IntegrityError, match=r"(?i)foreign key|go_live_product_of_its_programme"):
        write(row, product=other)


def test_a_go_live_is_in_a_wave_of_its_own_programme() -> None:
    row, other = go_live(), build.wave(build.programme())
    with pytest.raises(IntegrityError, match=r"(?i)foreign key|go_live_wave_of_its_programme"):
        write(row, wave=other)
    write(row, wave=build.wave(row.programme))
    write(row, wave=None)


def test_a_product_or_wave_that_is_used_does_not_change_its_programme() -> None:
    row = go_live()
    write(row, wave=build.wave(row.programme))
    row.refresh_from_db()
    other = build.programme()
    for used in (row.product, row.wave):
        with pytest.raises(IntegrityError):
            write(used, programme=other)


def test_a_change_is_of_a_known_kind() -> None:
    change = build.change(go_live(), ChangeKind.PAUSE)
    with pytest.raises(IntegrityError, match="schedule_change_kind_known"):
        write(change, kind="explode")


@pytest.mark.parametrize("text", BLANK)
@pytest.mark.parametrize(
    ("column", "name"),
    [("reason", "schedule_change_has_a_reason"), ("decided_by", "schedule_change_has_a_decider")],
)
def test_a_change_has_a_reason_and_who_decided(column: str, name: str, text: str) -> None:
    change = build.change(go_live(), ChangeKind.PAUSE)
    with pytest.raises(IntegrityError, match=name):
        write(change, **{column: text})


@pytest.mark.parametrize("text", BLANK)
def test_a_hold_has_a_reason(text: str) -> None:
    hold = HandOverHold.objects.create(go_live=go_live(), reason="wait", held_by="ana", held_at=NOW)
    with pytest.raises(IntegrityError, match="hold_has_a_reason"):
        write(hold, reason=text)


def test_the_day_it_really_began_is_a_day() -> None:
    build.change(go_live(), ChangeKind.MOVE)
    item = ScheduleChangeItem.objects.get(change__kind="move")
    with pytest.raises(IntegrityError, match="schedule_change_actual_has_a_day"):
        write(item, is_actual=True)


# --- services, in words --------------------------------------------------------------------


def test_a_plan_keeps_to_its_programme() -> None:
    product, other = build.product(build.programme()), build.programme(key="other")
    decision = Decision(reason="plan", decided_by="Dee", made_by="dee", origin="page")
    for plan in (
        Plan(site=build.site(), product=product, wave=build.wave(other), planned_on=MONDAY),
        Plan(site=build.site(), product=build.product(other), wave=None, planned_on=MONDAY),
    ):
        with pytest.raises(UnableToChangeSchedule, match="belong to"):
            plan_go_lives(programme=product.programme, plans=[plan], decision=decision, now=NOW)
    with pytest.raises(UnableToSave, match="another programme"):
        put_in_wave(go_live=go_live(), wave=build.wave(other), decision=decision, now=NOW)
    assert GoLive.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("holidays", [{"on": "2022-02-30", "name": "Never"}], "entry 1: on is '2022-02-30'"),
        ("holidays", {"on": "2022-07-04"}, "write a list of"),
        ("holidays", [{"on": "2022-07-04"}], "entry 1 is not {on, name}"),
        ("blackouts", [{"start": "2022-07-02", "end": "2022-07-01", "reason": ""}], "ends before"),
        ("blackouts", ["2022-07-02"], "entry 1 is not"),
        ("phases", [{"key": "party", "label": "Party"}], "entry 1: key is 'party'"),
        ("phases", [{"key": "planned", "label": "a"}] * 2, "planned stands here twice"),
        ("labels", {"site": 1}, "write labels like"),
        ("labels", ["site"], "write labels like"),
        ("time_zone", "Mars/Olympus", "is not a time zone"),
    ],
)
def test_a_programme_holds_only_what_can_be_read_again(name: str, value: Any, words: str) -> None:
    programme = build.programme()
    with pytest.raises(UnableToSave, match=re.escape(words)):
        set_programme(programme=programme, name=name, value=value, actor="adi", now=NOW)
    programme.refresh_from_db()
    assert getattr(programme, name) in ([], {}, "America/New_York")


def test_a_wave_number_and_a_zone_are_refused_in_words() -> None:
    programme = build.programme()
    with pytest.raises(UnableToSave, match="greater than or equal to 1"):
        save_wave(programme=programme, number=0, columns={"starts_on": MONDAY}, actor="adi",
                  now=NOW)  # fmt: skip
    with pytest.raises(UnableToSave, match="is not a time zone"):
        edit_row(row=build.site(), changes={"time_zone": "Mars"}, asked=Asked(**BY))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"time_zone": "Mars"}, "site 442: 'Mars' is not a time zone"),
        ({"opening_hours": {"someday": "8-9"}}, "is not a weekday"),
        ({"number": "636a"}, "site 636a: there is a site 636A already"),
        ({"parent": "9"}, "site 442: no site '9'"),
    ],
)
def test_many_sites_are_refused_for_one(change: dict[str, Any], words: str) -> None:
    build.site("636A")
    site = {"number": "442", "name": "Cheyenne", "parent": "", "region": "", "state": "",
            "time_zone": "UTC", "opening_hours": {}, "is_test": False}  # fmt: skip
    with pytest.raises(UnableToSaveSites, match=words):
        save_sites(sites=[{**site, "number": "500"}, site | change], actor="adi", now=NOW)
    assert Site.objects.count() == 1


@pytest.mark.parametrize("check", [holidays_problem, blackouts_problem, phases_problem])
def test_an_empty_list_holds_nothing_wrong(check: Any) -> None:
    assert check([]) == ""


def test_hours_and_labels_may_be_empty() -> None:
    assert (hours_problem({}), labels_problem({}), zone_problem("Asia/Manila")) == ("", "", "")


# --- the admin -----------------------------------------------------------------------------


@pytest.fixture
def adi(client: Client) -> Client:
    client.force_login(build.person("adi"), backend=BACKEND)
    return client


def test_the_admin_refuses_what_cannot_be_read_again(adi: Client) -> None:
    programme = build.programme()
    url = f"/admin/rollouts/programme/{programme.pk}/change/"
    facts = {
        "key": programme.key, "name": "Check-in", "first_week": "2022-05-02",
        "last_week": "2022-04-01", "pace": "0", "go_live_days": "7", "time_zone": "Mars",
        "phases": "[]", "labels": "{}", "sla": "{}", "severities": "[]",
        "holidays": '[{"on": "someday", "name": ""}]',
        "blackouts": '[{"start": "2022-07-02", "end": "2022-07-01", "reason": ""}]',
    }  # fmt: skip
    page = adi.post(url, facts).content.decode()
    for words in ("is not a time zone", "on is &#x27;someday&#x27;", "ends before it starts",
                  "greater than or equal to 1"):  # fmt: skip
        assert words in page
    page = adi.post(url, facts | {"pace": "7", "time_zone": "UTC", "holidays": "[]",
                                  "blackouts": "[]"}).content.decode()  # fmt: skip
    assert "The last week is before the first." in page
    programme.refresh_from_db()
    assert (programme.time_zone, programme.version) == ("America/New_York", 1)


def test_the_admin_raises_the_version(adi: Client) -> None:
    site = build.site("442", state="WY")
    url = f"/admin/rollouts/site/{site.pk}/change/"
    facts = {"number": "442", "name": "Cheyenne", "region": "", "state": "WY",
             "time_zone": "America/Denver", "opening_hours": "{}"}  # fmt: skip
    assert adi.post(url, facts).status_code == 302
    site.refresh_from_db()
    assert (site.name, site.version) == ("Cheyenne", 2)
    assert adi.post(url, facts).status_code == 302  # nothing has changed
    site.refresh_from_db()
    assert site.version == 2


def test_the_admin_leaves_a_product_and_a_wave_in_their_programme(adi: Client) -> None:
    row = go_live()
    GoLive.objects.update(wave=build.wave(row.programme))
    other = build.programme()
    for name, pk in (("product", row.product_id), ("wave", build.wave(row.programme).pk)):
        page = adi.get(f"/admin/rollouts/{name}/{pk}/change/").content.decode()
        assert 'name="programme"' not in page
        facts = {"programme": other.pk, "key": "x", "number": "5", "name": "x",
                 "starts_on": "2022-06-27"}  # fmt: skip
        adi.post(f"/admin/rollouts/{name}/{pk}/change/", facts)
    row.refresh_from_db()
    assert row.product.programme_id == row.programme_id


def test_the_admin_deletes_no_history(adi: Client) -> None:
    row = go_live()
    GoLive.objects.update(wave=build.wave(row.programme))
    for name, pk in (("product", row.product_id), ("wave", build.wave(row.programme).pk),
                     ("site", row.site_id)):  # fmt: skip
        assert adi.post(f"/admin/rollouts/{name}/{pk}/delete/", {"post": "yes"}).status_code == 403
        assert "delete_selected" not in adi.get(f"/admin/rollouts/{name}/").content.decode()
    free = build.wave(row.programme, 2)
    assert adi.post(f"/admin/rollouts/wave/{free.pk}/delete/", {"post": "yes"}).status_code == 302


def test_a_validator_says_why() -> None:
    site = build.site()
    site.opening_hours = {"someday": "8-9"}
    with pytest.raises(ValidationError, match="is not a weekday"):
        site.clean_fields()
