"""A holiday's downtime: prepared once, follows the schedule, told and reminded once, decided."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail

from apps.accounts.models import Person
from apps.core.periods import Period
from apps.core.work import RunningClock
from apps.ledger.models import Change
from apps.oncall.deliveries import HolidayByMail
from apps.oncall.models import HolidayDuty, Rota
from apps.oncall.services import (
    Stand,
    UnableToPrepare,
    adjust_holiday,
    confirm_holiday,
    prepare,
    put_on_duty,
    reopen_holiday,
    set_mute,
    withdraw_holiday,
)
from apps.oncall.work import pass_due
from apps.outbox.handlers import Job
from apps.outbox.models import Delivery
from apps.outbox.work import deliver_due
from apps.rollouts.models import Programme
from tests import build
from tests.oncall import rows
from tests.oncall.facts import local
from tests.oncall.holidays import ENDS, FOUR, HOUR, MINUTE, NINE, STARTS, by, prepared, rota_before

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def rota() -> Rota:
    return rota_before()


def works(at: Any) -> None:
    pass_due(now=at)
    deliver_due(now=at + SECOND)


def got() -> list[tuple[str, str]]:
    """Who got which mail about a downtime, in order."""
    return [(one.to[0].partition("@")[0], str(one.subject)) for one in mail.outbox
            if "owntime" in one.subject]  # fmt: skip


def stands_in(rota: Rota, username: str, start: Any, end: Any, now: Any) -> None:
    person = build.person(username, rota.programme)
    stand = Stand(duty="primary", person=person, start=start, end=end)
    put_on_duty(rota=rota, stand=stand, actor="dee", origin="page", now=now)


TOLD = "Downtime for Independence Day"
REMINDED = f"Not confirmed yet: {TOLD}"


def test_it_is_prepared_at_nine_on_the_last_working_day(rota: Rota) -> None:
    prepare(rota=rota, now=NINE - MINUTE)
    assert not HolidayDuty.objects.exists()
    row = prepared(rota)
    assert (row.person.username, row.state, row.names) == ("ana", "prepared", "Independence Day")
    assert (row.starts_at, row.ends_at, row.remind_at) == (STARTS, ENDS, FOUR)
    assert (str(row.prepared_on), row.mute) == ("2022-07-01", "tag:service:check-in")


def test_looking_again_changes_nothing(rota: Rota) -> None:
    prepared(rota)
    before = list(HolidayDuty.objects.values())
    told = Change.objects.count()
    for at in (NINE, NINE + MINUTE, NINE + HOUR, FOUR - MINUTE):
        prepare(rota=rota, now=at)
    assert list(HolidayDuty.objects.values()) == before
    assert Change.objects.count() == told


def test_whoever_is_on_duty_gets_one_mail_and_one_reminder(rota: Rota) -> None:
    for at in (NINE - HOUR, NINE, NINE + MINUTE, NINE + HOUR, FOUR - MINUTE):
        works(at)
    assert got() == [("ana", TOLD)]
    for minutes in (0, 1, 60, 200):
        works(FOUR + minutes * MINUTE)
    assert got() == [("ana", TOLD), ("ana", REMINDED)]
    body = next(one.body for one in mail.outbox if one.subject == TOLD)
    assert "from Fri 1 Jul 20:00 EDT to Tue 5 Jul 08:00 EDT" in body
    assert f"/oncall/holidays/{HolidayDuty.objects.get().pk}/" in body


def test_who_has_confirmed_is_not_reminded(rota: Rota) -> None:
    works(NINE)
    confirm_holiday(duty=HolidayDuty.objects.get(), wanted=by("ana"))
    works(FOUR + MINUTE)
    assert got() == [("ana", TOLD)]


def test_a_change_of_the_schedule_moves_it_to_who_is_on_duty(rota: Rota) -> None:
    works(NINE)
    stands_in(rota, "dee", NINE + 20 * MINUTE, NINE + 40 * MINUTE, NINE + MINUTE)
    works(NINE + 21 * MINUTE)
    assert HolidayDuty.objects.get().person.username == "dee"
    for halves in range(2, 16):  # Ana is back. A heartbeat was never an hour ago
        works(NINE + halves * 30 * MINUTE)
    assert got() == [("ana", TOLD), ("dee", TOLD), ("ana", TOLD), ("ana", REMINDED)]


def test_whom_it_comes_back_to_is_told_though_the_first_mail_was_left_out(rota: Rota) -> None:
    pass_due(now=NINE)
    stands_in(rota, "dee", NINE + MINUTE, NINE + 3 * MINUTE, NINE + MINUTE / 2)
    works(NINE + 2 * MINUTE)
    assert got() == [("dee", TOLD)]
    for minutes in (4, 5, 6):
        works(NINE + minutes * MINUTE)
    assert got() == [("dee", TOLD), ("ana", TOLD)]


def test_of_two_mails_that_say_the_same_the_later_one_leaves(rota: Rota) -> None:
    pass_due(now=NINE)
    stands_in(rota, "dee", NINE + MINUTE, NINE + 3 * MINUTE, NINE + MINUTE / 2)
    for minutes in (2, 4):
        pass_due(now=NINE + minutes * MINUTE)
    deliver_due(now=NINE + 4 * MINUTE)
    assert got() == [("ana", TOLD)]


def test_who_is_no_longer_on_duty_when_the_mail_leaves_gets_none(rota: Rota) -> None:
    pass_due(now=NINE)
    stands_in(rota, "dee", NINE + MINUTE, NINE + 3 * HOUR, NINE + MINUTE)
    pass_due(now=NINE + 2 * MINUTE)
    deliver_due(now=NINE + 2 * MINUTE)
    assert got() == [("dee", TOLD)]


def test_before_the_first_window_the_one_who_comes_gets_it() -> None:
    rota = rota_before(windows={"mon-fri": "11:00-20:00"})
    assert prepared(rota).person.username == "ana"


def test_a_rota_without_a_primary_gives_it_to_its_first_duty() -> None:
    rota = rota_before()
    rota.versions.get().participants.filter(duty="primary").delete()
    works(NINE)
    assert got() == [("ben", TOLD)]


def test_where_nobody_is_on_duty_that_day_a_dm_gets_it_until_somebody_is() -> None:
    rota = rota_before(windows={"mon-thu": "08:00-20:00"})
    works(NINE)
    works(NINE + MINUTE)
    assert got() == [("dee", TOLD)]
    row = HolidayDuty.objects.get()
    assert (row.starts_at, row.ends_at) == (local("2022-07-02"), ENDS)
    stands_in(rota, "ana", NINE + 3 * HOUR, NINE + 4 * HOUR, NINE + 2 * MINUTE)
    works(NINE + 30 * MINUTE)
    assert got() == [("dee", TOLD), ("ana", TOLD)]
    prepare(rota=rota, now=NINE + 6 * HOUR)  # nobody is left: it stays with whoever had it
    assert HolidayDuty.objects.get().person.username == "ana"


@pytest.mark.parametrize("columns", [{"is_active": False}, {"username": "none"}])
def test_without_anybody_nothing_is_prepared(columns: dict[str, Any]) -> None:
    rota = rota_before(windows={"mon-thu": "08:00-20:00"})
    dee = Person.objects.filter(username="dee")
    if "username" in columns:
        rota.programme.memberships.filter(person=dee.get()).delete()
    dee.update(is_active=columns.get("is_active", True))
    works(NINE)
    assert not HolidayDuty.objects.exists()


def test_a_rota_that_begins_later_is_no_business_of_the_dm() -> None:
    rota_before(starts_on=date(2022, 8, 1))
    works(NINE)
    assert not HolidayDuty.objects.exists()


def test_a_worker_that_was_away_makes_up_for_it_while_there_is_something_to_mute(
    rota: Rota,
) -> None:
    late = local("2022-07-04T10:00")  # the holiday itself; Ben has it now
    works(late)
    works(late + 2 * MINUTE)
    assert got() == [("ben", TOLD)]


def test_after_the_days_off_nothing_is_made(rota: Rota) -> None:
    prepare(rota=rota, now=ENDS)
    prepare(rota=rota, now=local("2022-07-08T10:00"))
    assert not HolidayDuty.objects.exists()


def test_somebody_without_an_address_is_left_out_and_told_of_in_the_ledger(rota: Rota) -> None:
    person = build.person("ana")
    person.email = ""
    person.save()
    works(NINE)
    assert got() == []
    verbs = list(Change.objects.filter(subject="holiday_duty").values_list("verb", flat=True))
    assert verbs == ["prepared", "told_without_address"]


@pytest.mark.parametrize(
    ("columns", "last"),
    [({"closes_on": "2022-07-01"}, None), ({"closes_on": "2022-07-02"}, "2022-07-01"),
     ({"last_week": "2022-06-17"}, None), ({"last_week": "2022-06-18"}, "2022-07-01"),
     ({"closes_on": "2022-07-05", "last_week": "2022-06-06"}, "2022-07-01")],
)  # fmt: skip
def test_after_the_end_of_the_programme_nothing_happens(
    rota: Rota, columns: dict[str, str], last: str | None
) -> None:
    Programme.objects.filter(pk=rota.programme_id).update(**{"first_week": "2022-05-02"} | columns)
    for at in (NINE, FOUR, STARTS + 6 * HOUR, local("2022-09-02T09:30")):
        works(at)
    assert [str(row.prepared_on) for row in HolidayDuty.objects.all()] == [last] * bool(last)
    assert bool(got()) == bool(last)


def test_what_waits_when_the_programme_closes_is_not_reminded_of(rota: Rota) -> None:
    works(NINE)
    Programme.objects.filter(pk=rota.programme_id).update(closes_on="2022-07-01")
    works(FOUR)
    assert got() == [("ana", TOLD)]


def test_hours_that_begin_when_the_programme_is_over_are_nobodys(rota: Rota) -> None:
    version = rota.versions.get()
    version.windows = None
    version.save()
    Programme.objects.filter(pk=rota.programme_id).update(closes_on="2022-07-02")
    prepare(rota=rota, now=NINE)
    assert not HolidayDuty.objects.exists()


def test_a_mail_that_leaves_late_is_left_out_when_the_hours_are_over(rota: Rota) -> None:
    pass_due(now=NINE)
    assert left_out(ENDS) == "its hours are over"


def test_who_has_left_gets_no_mail(rota: Rota) -> None:
    pass_due(now=NINE)
    Person.objects.filter(username="ana").update(is_active=False)
    assert left_out(NINE + MINUTE) == "this person has left"


def left_out(at: Any) -> str:
    """Why the one mail that was promised is none at `at`."""
    row = Delivery.objects.get(action="holiday.email")
    sent = HolidayByMail().send(Job(delivery=row, clock=RunningClock(at)))
    assert got() == []
    return str(sent.result["left_out"])


def test_a_name_of_two_lines_is_one_in_a_subject(rota: Rota) -> None:
    programme = rota.programme
    programme.holidays = [{"on": "2022-07-04", "name": "Independence\r\nBcc: all " + "y" * 300}]
    programme.save()
    works(NINE)
    [(who, subject)] = got()
    assert (who, len(subject)) == ("ana", 180)
    assert subject.startswith("Downtime for Independence Bcc: all yyy")


def test_a_second_rota_has_its_own(rota: Rota) -> None:
    rows.rota(rota.programme, key="nights")
    works(NINE)
    assert HolidayDuty.objects.count() == 2
    assert got() == [("ana", TOLD)] * 2


def test_hours_follow_the_rota_until_somebody_has_adjusted_them(rota: Rota) -> None:
    row = prepared(rota)
    version = rota.versions.get()
    version.windows = {"mon-fri": "08:00-18:00"}
    version.save()
    row = prepared(rota, NINE + MINUTE)
    assert row.starts_at == local("2022-07-01T18:00")
    period = Period(local("2022-07-01T21:00"), ENDS)
    row = adjust_holiday(duty=row, period=period, mute="tag:a:b", version=row.version,
                         wanted=by("ana"))  # fmt: skip
    row = prepared(rota, NINE + 2 * MINUTE)
    assert (row.period, row.mute, row.is_adjusted) == (period, "tag:a:b", True)


def test_the_reminder_follows_adjusted_hours(rota: Rota) -> None:
    works(NINE)
    row = HolidayDuty.objects.with_people().get()
    period = Period(local("2022-07-01T13:00"), ENDS)
    adjust_holiday(duty=row, period=period, mute="", version=row.version, wanted=by("ana"))
    assert HolidayDuty.objects.get().remind_at == local("2022-07-01T12:00")
    for minutes in (30, 60, 90, 120, 150, 179):
        works(NINE + minutes * MINUTE)
    assert got() == [("ana", TOLD)]
    works(local("2022-07-01T12:00"))
    assert got() == [("ana", TOLD), ("ana", REMINDED)]


def test_the_ledger_says_what_was_changed_and_from_what(rota: Rota) -> None:
    row = prepared(rota)
    early = local("2022-07-01T18:00")
    row = adjust_holiday(duty=row, period=Period(early, ENDS), mute="monitor:1",
                         version=row.version, wanted=by("ana"))  # fmt: skip
    withdraw_holiday(duty=row, reason="Nobody works", wanted=by("ana"))
    reopen_holiday(duty=row, wanted=by("dee"))
    confirm_holiday(duty=row, wanted=by("ana"))
    told = Change.objects.filter(subject="holiday_duty").order_by("id")
    assert [(one.verb, one.fields) for one in told][2:] == [
        ("adjusted", {"starts_at": [STARTS.isoformat(), early.isoformat()],
                      "mute": ["tag:service:check-in", "monitor:1"]}),
        ("withdrawn", {"state": ["prepared", "withdrawn"], "reason": ["", "Nobody works"]}),
        ("reopened", {"state": ["withdrawn", "prepared"], "reason": ["Nobody works", ""]}),
        ("confirmed", {"state": ["prepared", "confirmed"]}),
    ]  # fmt: skip


def test_other_monitors_alone_leave_the_hours_to_the_rota(rota: Rota) -> None:
    row = prepared(rota)
    row = adjust_holiday(duty=row, period=row.period, mute="monitor:1", version=row.version,
                         wanted=by("ana"))  # fmt: skip
    assert (row.is_adjusted, row.mute) == (False, "monitor:1")


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [("2022-07-05T08:00", "2022-07-01T20:00", "not after the start"),
     ("2022-07-01T20:00", "2022-09-05T08:00", "at most 62 days"),
     ("2022-07-05T00:00", "2022-07-05T08:00", "do not touch the holiday"),
     ("2022-07-01T20:00", "2022-07-04T00:00", "do not touch the holiday")],
)  # fmt: skip
def test_hours_that_are_none_are_refused(rota: Rota, start: str, end: str, words: str) -> None:
    row = prepared(rota)
    period = Period(local(start), local(end))
    with pytest.raises(UnableToPrepare, match=words):
        adjust_holiday(duty=row, period=period, mute="", version=row.version, wanted=by("ana"))
    assert HolidayDuty.objects.get().period == Period(STARTS, ENDS)


def test_an_older_version_is_refused(rota: Rota) -> None:
    row = prepared(rota)
    adjust_holiday(duty=row, period=row.period, mute="x", version=row.version, wanted=by("ana"))
    with pytest.raises(UnableToPrepare, match="since you read it"):
        adjust_holiday(duty=row, period=row.period, mute="y", version=row.version, wanted=by("dee"))
    with pytest.raises(UnableToPrepare, match="since you read it"):
        confirm_holiday(duty=row, wanted=by("ana"), version=row.version)


def test_it_is_confirmed_once_and_taken_back(rota: Rota) -> None:
    row = prepared(rota)
    assert confirm_holiday(duty=row, wanted=by("ana"))
    assert not confirm_holiday(duty=row, wanted=by("dee"))
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("confirmed", "ana")
    with pytest.raises(UnableToPrepare, match="ana has confirmed it already"):
        withdraw_holiday(duty=row, reason="no", wanted=by("dee"))
    for _ in range(2):
        row = reopen_holiday(duty=row, wanted=by("ana"))
        assert (row.state, row.decided_by, row.decided_at) == ("prepared", "", None)
    verbs = list(Change.objects.filter(subject="holiday_duty").order_by("id")
                 .values_list("verb", flat=True))  # fmt: skip
    assert verbs == ["prepared", "told", "confirmed", "reopened"]


def test_what_is_not_needed_has_a_reason(rota: Rota) -> None:
    row = prepared(rota)
    with pytest.raises(UnableToPrepare, match="say why"):
        withdraw_holiday(duty=row, reason=" ", wanted=by("ana"))
    assert withdraw_holiday(duty=row, reason="Nothing is monitored", wanted=by("ana"))
    with pytest.raises(UnableToPrepare, match="it is not needed: Nothing is monitored"):
        confirm_holiday(duty=row, wanted=by("ana"))


def test_what_is_over_stays(rota: Rota) -> None:
    row = prepared(rota)
    with pytest.raises(UnableToPrepare, match="over"):
        confirm_holiday(duty=row, wanted=by("ana", ENDS))
    confirm_holiday(duty=row, wanted=by("ana"))
    with pytest.raises(UnableToPrepare, match="over"):
        reopen_holiday(duty=row, wanted=by("ana", ENDS))


def test_days_that_are_none_off_any_more_put_it_aside(rota: Rota) -> None:
    prepared(rota)
    programme = rota.programme
    programme.holidays = []
    programme.save()
    row = prepared(rota, NINE + MINUTE)
    assert (row.state, row.decided_by) == ("withdrawn", "system")
    assert "no such days off" in row.reason


def test_days_off_that_are_back_are_prepared_again(rota: Rota) -> None:
    works(NINE)
    programme, days = rota.programme, rota.programme.holidays
    for minutes, listed in ((10, []), (20, days)):
        programme.holidays = listed
        programme.save()
        works(NINE + minutes * MINUTE)
    row = HolidayDuty.objects.get()
    assert (row.state, row.decided_by, row.decided_at, row.reason) == ("prepared", "", None, "")
    works(NINE + 21 * MINUTE)
    assert got() == [("ana", TOLD)] * 2
    works(NINE + 50 * MINUTE)
    withdraw_holiday(duty=row, reason="there are no such days", wanted=by("ana"))
    works(NINE + 70 * MINUTE)
    assert HolidayDuty.objects.get().state == "withdrawn"  # what somebody decided stays


def test_another_day_off_joins_it(rota: Rota) -> None:
    row = prepared(rota)
    programme = rota.programme
    programme.holidays = [*programme.holidays, {"on": "2022-07-05", "name": "Bridge"}]
    programme.save()
    row = prepared(rota, NINE + MINUTE)
    assert (row.names, row.ends_at) == ("Independence Day and Bridge", local("2022-07-06T08:00"))


def test_the_one_before_is_not_put_aside_by_the_next(rota: Rota) -> None:
    prepared(rota)
    programme = rota.programme
    programme.holidays = [*programme.holidays, {"on": "2022-07-06", "name": "Other"}]
    programme.save()
    prepare(rota=rota, now=local("2022-07-05T07:00"))
    prepare(rota=rota, now=local("2022-07-05T09:00"))
    found = HolidayDuty.objects.order_by("starts_at").values_list("state", "prepared_on__day")
    assert list(found) == [("prepared", 1), ("prepared", 5)]


def test_what_a_rota_mutes_is_kept_and_told_once(rota: Rota) -> None:
    for _ in range(2):
        set_mute(rota=rota, mute=" monitor:7 ", wanted=by("dee"))
    rota.refresh_from_db()
    assert rota.mute == "monitor:7"
    assert Change.objects.filter(subject="rota", verb="mute_changed").count() == 1


def test_each_holiday_of_a_year_gets_exactly_one(rota: Rota) -> None:
    programme = rota.programme
    programme.holidays, programme.holiday_calendar = [], "US"
    programme.last_week = "2023-08-21"
    programme.save()
    at = local("2022-06-01T09:30")
    while at < local("2023-06-01"):
        prepare(rota=rota, now=at)
        at += 24 * HOUR
    days = [day["on"] for row in HolidayDuty.objects.all() for day in row.holidays]
    wanted = [str(day) for day in programme.holiday_dates()
              if "2022-06-02" <= str(day) < "2023-06-01"]  # fmt: skip
    assert sorted(days) == sorted(wanted)
