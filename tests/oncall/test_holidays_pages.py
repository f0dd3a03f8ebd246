"""Pages and API of holidays' downtimes: the list, the text to copy, confirming, the console."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.oncall.models import HolidayDuty, Rota
from apps.oncall.services import adjust_holiday, confirm_holiday
from tests import build
from tests.api import As
from tests.oncall.facts import local
from tests.oncall.holidays import ENDS, FOUR, HOUR, NINE, by, prepared, rota_before
from tests.pages import at_work, text_of

pytestmark = pytest.mark.django_db
LIST = "/oncall/holidays/"


@pytest.fixture(autouse=True)
def _on_that_friday() -> Iterator[None]:
    cache.clear()
    with time_machine.travel(NINE + HOUR, tick=False):
        yield


@pytest.fixture
def rota() -> Rota:
    return rota_before()


@pytest.fixture
def row(rota: Rota) -> HolidayDuty:
    return prepared(rota)


def page(who: str, path: str) -> str:
    answer = at_work(build.person(who)).get(path)
    assert answer.status_code == 200, answer.status_code
    return text_of(answer)


def send(who: str, path: str, **facts: Any) -> Any:
    return at_work(build.person(who)).post(path, facts)


def test_it_says_which_hours_what_to_copy_and_who_is_there(row: HolidayDuty) -> None:
    text = page("ana", f"{LIST}{row.pk}/")
    for words in (
        "Downtime for Independence Day", "Copy this into Datadog",
        "Rollcall does not create the downtime itself yet", "Fri 1 Jul 20:00 EDT",
        "Tue 5 Jul 08:00 EDT", "tag:service:check-in", "monitor_tags", "POST /api/v2/downtime",
        "2022-07-02T00:00:00+00:00", "Ben Boyd", "It is in Datadog: confirm",
    ):  # fmt: skip
        assert words in text, words


def test_hours_are_shown_in_the_readers_zone_too(row: HolidayDuty) -> None:
    person = build.person("ana")
    person.time_zone = "Pacific/Honolulu"
    person.save()
    text = page("ana", f"{LIST}{row.pk}/")
    assert "Fri 1 Jul 14:00" in text
    assert "Fri 1 Jul 20:00 EDT" in text
    assert 'value="2022-07-01T14:00"' in text


def test_without_monitors_it_says_what_to_write(rota: Rota) -> None:
    rota.mute = ""
    rota.save()
    text = page("ana", f"{LIST}{prepared(rota).pk}/")
    assert "There is no JSON" in text
    assert "monitor_tags" not in text


def test_it_is_adjusted_confirmed_and_taken_back(row: HolidayDuty) -> None:
    path = f"{LIST}{row.pk}/"
    ana, dee = (at_work(build.person(name)) for name in ("ana", "dee"))

    def after(client: Client, act: str = "", **facts: Any) -> str:
        """The page somebody comes back to."""
        assert client.post(f"{path}{act}", facts).status_code == 303
        return text_of(client.get(path))

    wall = {"start": "2022-07-01T18:30", "end": "2022-07-05T08:00"}
    text = after(ana, version=row.version, mute="monitor:42", **wall)
    assert "&quot;monitor_id&quot;: 42" in text
    row.refresh_from_db()
    assert row.starts_at == local("2022-07-01T18:30")
    stale = after(ana, "confirm/", version=row.version - 1)
    assert "Somebody has changed it since you read it." in stale
    text = after(ana, "confirm/", version=row.version)
    assert "Confirmed by Ana Ortiz" in text
    assert "It is in Datadog: confirm" not in text
    assert "Ana Ortiz has confirmed it already." in after(dee, "confirm/")
    assert "It waits to be confirmed again." in after(ana, "reopen/")
    assert "Say why it is not needed." in after(ana, "not-needed/", reason="")
    assert "Not needed, says Ana Ortiz" in after(ana, "not-needed/", reason="Nothing is monitored")


@pytest.mark.parametrize(
    ("facts", "words"),
    [({"start": "2022-07-06T18:30", "end": "2022-07-05T08:00"}, "The end is not after the start."),
     ({"start": "soon", "end": "2022-07-05T08:00"}, "Write a day and a time."),
     ({"start": "2022-07-01T18:30", "end": "2022-07-05T08:00", "version": 99},
      "Somebody has changed it since you read it.")],
)  # fmt: skip
def test_what_cannot_be_kept_is_said_with_what_was_typed(
    row: HolidayDuty, facts: dict[str, Any], words: str
) -> None:
    answer = send(
        "ana", f"{LIST}{row.pk}/", **{"version": row.version, "mute": "only mine"} | facts
    )
    assert answer.status_code == 422
    text = text_of(answer)
    assert words in text
    assert re.search(r'<textarea name="mute"[^>]*>\s*only mine</textarea>', text)


def test_what_was_adjusted_since_it_was_read_is_not_put_aside(row: HolidayDuty) -> None:
    ana, path = at_work(build.person("ana")), f"{LIST}{row.pk}/"
    adjust_holiday(duty=row, period=row.period, mute="x", version=row.version, wanted=by("dee"))
    facts = {"reason": "Nothing is monitored", "version": row.version}
    ana.post(f"{path}not-needed/", facts)
    assert "Somebody has changed it since you read it." in text_of(ana.get(path))
    assert HolidayDuty.objects.get().state == "prepared"
    [version] = set(re.findall(r'name="version" value="(\d+)"', page("ana", path)))
    ana.post(f"{path}not-needed/", facts | {"version": version})
    assert HolidayDuty.objects.get().state == "withdrawn"


def test_a_reason_that_is_too_long_is_called_so(row: HolidayDuty) -> None:
    ana, path = at_work(build.person("ana")), f"{LIST}{row.pk}/"
    ana.post(f"{path}not-needed/", {"reason": "x" * 301})
    text = text_of(ana.get(path))
    assert "The reason is too long: at most 300 characters." in text
    assert "Say why it is not needed." not in text


def test_what_is_adjusted_while_the_api_confirms_it_is_refused(row: HolidayDuty) -> None:
    def adjusts_first(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("UPDATE") and "oncall_holidayduty" in sql and not meanwhile:
            meanwhile.append(True)
            HolidayDuty.objects.filter(pk=row.pk).update(mute="x", version=row.version + 1)
        return execute(sql, *rest)

    meanwhile: list[bool] = []
    with connection.execute_wrapper(adjusts_first):
        answer = As(build.person("ana")).post(f"holiday-duties/{row.pk}/confirm/")
    assert (answer.status_code, meanwhile) == (409, [True])
    assert answer.json()["detail"] == "somebody has changed it since you read it"
    assert HolidayDuty.objects.get().state == "prepared"


def test_all_leads_to_the_holidays_where_nothing_else_waits(row: HolidayDuty) -> None:
    text = page("ana", "/oncall/mine/")
    assert f'<h2 id="hand-head">Holiday</h2><a href="{LIST}">All</a>' in text


@pytest.mark.parametrize(
    ("who", "status"),
    [("ana", 303), ("ben", 403), ("dee", 303), ("pam", 303), ("vic", 403), ("dev", 403),
     ("adi", 303)],
)  # fmt: skip
def test_who_has_it_or_decides_acts(row: HolidayDuty, who: str, status: int) -> None:
    build.person("dev", row.rota.programme)
    path = f"{LIST}{row.pk}/"
    assert "Hours to mute" in page(who, path)
    wall = {"start": "2022-07-01T20:00", "end": "2022-07-05T08:00"}
    assert send(who, path, version=row.version, mute="", **wall).status_code == status
    for act in ("confirm", "reopen", "not-needed"):
        assert send(who, f"{path}{act}/", reason="x").status_code == status


def test_it_is_for_the_programme_alone(row: HolidayDuty) -> None:
    build.person("dev", build.programme())
    client = at_work(build.person("dev"))
    path = f"{LIST}{row.pk}/"
    assert client.get(path).status_code == 404
    for act in ("confirm", "reopen", "not-needed"):
        assert client.post(f"{path}{act}/").status_code == 404
    assert "No downtime yet" in text_of(client.get(LIST))
    assert As(build.person("dev")).get(f"holiday-duties/{row.pk}/").status_code == 404
    assert As(build.person("dev")).post(f"holiday-duties/{row.pk}/confirm/").status_code == 404


def test_what_a_rota_mutes_is_changed_by_who_decides(rota: Rota) -> None:
    path = f"/oncall/rotas/{rota.pk}/mute/"
    assert "tag:service:check-in" in page("dee", path)
    assert send("dee", path, mute="monitor:1").status_code == 303
    assert "monitor:1" in page("vic", f"/oncall/rotas/{rota.pk}/")
    assert at_work(build.person("ana")).get(path).status_code == 403
    assert send("dee", path, mute="x" * 2001).status_code == 422


def test_the_console_and_my_shifts_say_that_it_waits(row: HolidayDuty) -> None:
    for path in ("/", "/oncall/mine/"):
        assert f"{LIST}{row.pk}/" in page("ana", path)
        assert f"{LIST}{row.pk}/" not in page("ben", path)
    assert "Confirm the downtime for Independence Day" in page("ana", "/")
    confirm_holiday(duty=row, wanted=by("ana"))
    for path in ("/", "/oncall/mine/"):
        assert f"{LIST}{row.pk}/" not in page("ana", path)


def test_after_the_days_off_it_waits_no_more(row: HolidayDuty) -> None:
    with time_machine.travel(ENDS, tick=False):
        assert f"{LIST}{row.pk}/" not in page("ana", "/")
        text = page("ana", f"{LIST}{row.pk}/")
    assert "Its hours are over; nobody confirmed it." in text
    assert f"{LIST}{row.pk}/confirm/" not in text


def test_the_list_and_a_page_ask_constantly_many_questions(rota: Rota, row: HolidayDuty) -> None:
    client = at_work(build.person("dee"))

    def asked(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        return len(found)

    few = asked(LIST), asked(f"{LIST}{row.pk}/"), asked("/oncall/mine/")
    for month in range(1, 12):
        HolidayDuty.objects.create(
            rota=rota, prepared_on=f"2021-{month:02}-01", holidays=row.holidays, person=row.person,
            starts_at=local(f"2021-{month:02}-01"), ends_at=local(f"2021-{month:02}-03"),
            remind_at=FOUR,
        )  # fmt: skip
    assert (asked(LIST), asked(f"{LIST}{row.pk}/"), asked("/oncall/mine/")) == few


def test_the_api_lists_shows_and_confirms(row: HolidayDuty) -> None:
    vic, ana = As(build.person("vic")), As(build.person("ana"))
    [found] = vic.get("holiday-duties/?state=prepared&rota=support&person=ana").json()["results"]
    assert found == vic.get(f"holiday-duties/{row.pk}/").json()
    assert (found["starts_at"], found["ends_at"]) == (
        "2022-07-02T00:00:00Z",
        "2022-07-05T12:00:00Z",
    )
    assert found["holidays"] == [{"on": "2022-07-04", "name": "Independence Day"}]
    assert found["bodies"][0]["data"]["type"] == "downtime"
    assert "Mute: tag:service:check-in" in found["text"]
    assert vic.get("holiday-duties/?state=confirmed").json()["results"] == []
    path = f"holiday-duties/{row.pk}/confirm/"
    assert As(build.person("ben")).post(path).status_code == 403
    assert ana.post(path, **{"If-Match": '"99"'}).status_code == 412
    for _ in range(2):
        answer = ana.post(path)
        assert (answer.status_code, answer.json()["state"]) == (200, "confirmed")
    assert As(build.person("dee")).post(path).status_code == 409


def test_the_api_adjusts_puts_aside_and_reopens(row: HolidayDuty) -> None:
    ana, dee, path = As(build.person("ana")), As(build.person("dee")), f"holiday-duties/{row.pk}/"
    answer = ana.patch(path, {"starts_at": "2022-07-01T22:00:00Z", "version": row.version})
    found = answer.json()
    assert (answer.status_code, answer.headers["ETag"]) == (200, f'"{row.version + 1}"')
    assert (found["starts_at"], found["ends_at"], found["mute"]) == (
        "2022-07-01T22:00:00Z", "2022-07-05T12:00:00Z", "tag:service:check-in",
    )  # fmt: skip
    assert dee.patch(path, {"mute": "monitor:7"}).json()["mute"] == "monitor:7"
    for _ in range(2):
        answer = ana.post(f"{path}withdraw/", {"reason": "Nothing is monitored"})
        assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    assert dee.post(f"{path}withdraw/", {"reason": "Me too"}).status_code == 409
    assert ana.patch(path, {"mute": ""}).status_code == 409
    for _ in range(2):
        answer = dee.post(f"{path}reopen/")
        assert (answer.status_code, answer.json()["reason"]) == (200, "")
    with time_machine.travel(ENDS, tick=False):
        ana.post(f"{path}withdraw/", {"reason": "Nothing is monitored"})
        assert As(build.person("ana")).post(f"{path}reopen/").status_code == 409


@pytest.mark.parametrize(
    ("act", "facts", "status"),
    [("", {"starts_at": "2022-07-06T00:00:00Z"}, 400), ("", {"starts_at": "2022-07-01"}, 400),
     ("", {"mute": "x" * 2001}, 400), ("", {"version": 9}, 409), ("withdraw/", {}, 400),
     ("withdraw/", {"reason": "x" * 301}, 400), ("withdraw/", {"reason": "x", "version": 9}, 409),
     ("reopen/", {"version": 9}, 409)],
)  # fmt: skip
def test_the_api_refuses_what_cannot_be(
    row: HolidayDuty, act: str, facts: dict[str, Any], status: int
) -> None:
    ana, path = As(build.person("ana")), f"holiday-duties/{row.pk}/{act}"
    before = HolidayDuty.objects.values().get()
    send = ana.post if act else ana.patch
    assert send(path, facts).status_code == status
    assert send(path, {"reason": "x"}, **{"If-Match": '"99"'}).status_code == 412
    assert HolidayDuty.objects.values().get() == before


@pytest.mark.parametrize("who", ["ben", "vic", "dev"])
def test_the_api_is_for_who_has_it_or_decides(row: HolidayDuty, who: str) -> None:
    build.person("dev", row.rota.programme)
    other, path = As(build.person(who)), f"holiday-duties/{row.pk}/"
    assert other.patch(path, {"mute": ""}).status_code == 403
    for act in ("withdraw", "reopen"):
        assert other.post(f"{path}{act}/", {"reason": "x"}).status_code == 403
