"""Calendars become overrides: made, kept, moved, taken back; fetched over real HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from apps.accounts.models import Person
from apps.core.calendars import ical
from apps.core.models import LeaseLost
from apps.core.periods import Period
from apps.ledger.models import Change
from apps.oncall.feeds import ROTA
from apps.oncall.health import calendars as health
from apps.oncall.models import CalendarShift, CalendarSource, Override, Rota
from apps.oncall.reading import LEASE, read_due
from apps.oncall.rules import final_schedule, on_duty
from apps.oncall.rules.calendars import Known, read_calendar
from apps.oncall.services import (
    UnableToUseCalendar,
    add_calendar,
    draft_file,
    draft_newer,
    forget_drafts,
    preview_draft,
    read_now,
    remove_calendar,
    take_draft,
    take_reading,
    withdraw_override,
)
from apps.rollouts.models import Programme
from tests import build
from tests.connectors.serving import Closed, Reply, raw, serving
from tests.oncall.ics import NOW, calendar, event, sample

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
BY: dict[str, Any] = {"actor": "dee", "origin": "page"}


@pytest.fixture(autouse=True)
def _this_machine(settings: Settings) -> None:
    settings.CALENDAR_HOSTS = frozenset({"127.0.0.1"})


@pytest.fixture
def programme() -> Programme:
    return build.programme()


@pytest.fixture
def rota(programme: Programme) -> Rota:
    ana = build.person("ana", programme, email="ana.ortiz@example.gov")
    ben = build.person("ben", programme, email="ben@example.gov")
    build.person("dee", programme, email="dee.dunn@example.gov")
    return build.rota(programme, primary=[ben], backup=[ana])


def file(rota: Rota, *events: str, now: datetime = NOW) -> CalendarSource:
    """A calendar from a file that was taken over."""
    source = draft_file(rota=rota, duty="primary", name="duty.ics", content=calendar(*events),
                        actor="dee", now=now)  # fmt: skip
    take_draft(source=source, looked_at=source.draft_mark, **BY, now=now)
    return CalendarSource.objects.get(pk=source.pk)


def newer(source: CalendarSource, *events: str, now: datetime) -> None:
    draft_newer(source=source, name="newer.ics", content=calendar(*events), now=now)
    source.refresh_from_db()
    take_draft(source=source, looked_at=source.draft_mark, **BY, now=now)


def standing() -> list[tuple[str, str, str]]:
    return [
        (one.person.username, f"{one.starts_at:%m-%d %H:%M}", f"{one.ends_at:%m-%d %H:%M}")
        for one in Override.objects.select_related("person").order_by("starts_at", "pk")
    ]


def verbs(subject: str = "override") -> list[str]:
    return list(
        Change.objects.filter(subject=subject).order_by("pk").values_list("verb", flat=True)
    )


# --- events become overrides -------------------------------------------------------------------


def test_events_become_overrides_told_in_the_ledger(rota: Rota) -> None:
    file(rota, event(), event("2", "20220504T130000Z", "20220504T210000Z", "Dee Dunn"))
    assert standing() == [
        ("ana", "05-03 13:00", "05-03 21:00"), ("dee", "05-04 13:00", "05-04 21:00"),
    ]  # fmt: skip
    assert Override.objects.filter(made_by="dee", reason="Calendar: Ana Ortiz").count() == 1
    assert verbs() == ["made", "made"]
    assert verbs("calendar") == ["added", "read"]
    at = datetime(2022, 5, 3, 14, tzinfo=UTC)
    [found] = Rota.objects.with_facts()
    assert on_duty(found.facts(), at)["primary"].person_key == "ana"


@pytest.mark.parametrize("name", ["outlook", "google", "pagerduty"])
def test_reading_the_same_again_changes_nothing(rota: Rota, name: str) -> None:
    source = draft_file(rota=rota, duty="primary", name=name, content=sample(name), actor="dee",
                        now=NOW)  # fmt: skip
    assert take_draft(source=source, looked_at=source.draft_mark, **BY, now=NOW).made > 1
    before = list(Override.objects.order_by("pk").values()), Change.objects.count()
    for later in (0, 1, 20):
        CalendarSource.objects.update(due_at=NOW)
        assert read_due(now=NOW + later * MINUTE) == 1
        assert (list(Override.objects.order_by("pk").values()), Change.objects.count()) == before
    assert take_draft(source=source, looked_at=source.draft_mark, **BY, now=NOW).made == 0


def test_a_moved_event_moves_its_override_and_a_lost_one_goes(rota: Rota) -> None:
    source = file(rota, event(), event("2", "20220504T130000Z", "20220504T210000Z", "Dee Dunn"))
    newer(source, event(start="20220503T150000Z"), now=NOW + MINUTE)
    assert standing() == [("ana", "05-03 15:00", "05-03 21:00")]
    assert verbs() == ["made", "made", "withdrawn", "withdrawn", "made"]
    assert CalendarShift.objects.count() == 1


def test_what_was_stays_and_what_is_under_way_ends_now(rota: Rota) -> None:
    source = file(rota, event(), event("2", "20220504T130000Z", "20220504T210000Z"))
    within_second = datetime(2022, 5, 4, 15, tzinfo=UTC)
    newer(source, now=within_second)
    assert standing() == [
        ("ana", "05-03 13:00", "05-03 21:00"), ("ana", "05-04 13:00", "05-04 15:00"),
    ]  # fmt: skip
    newer(source, event("2", "20220504T130000Z", "20220504T230000Z"), now=within_second)
    assert standing()[-1] == ("ana", "05-04 15:00", "05-04 23:00")


def test_an_event_under_way_counts_from_now_and_is_not_made_again(rota: Rota) -> None:
    began = event(start="20220502T080000Z", end="20220502T200000Z")
    source = file(rota, began)
    newer(source, began, now=NOW + MINUTE)
    assert standing() == [("ana", "05-02 12:00", "05-02 20:00")]


def test_what_somebody_took_back_here_is_not_made_again_until_it_changes(rota: Rota) -> None:
    source = file(rota, event())
    withdraw_override(override=Override.objects.get(), **BY, now=NOW)
    newer(source, event(), now=NOW + MINUTE)
    assert standing() == []
    newer(source, event(end="20220503T220000Z"), now=NOW + MINUTE)
    assert standing() == [("ana", "05-03 13:00", "05-03 22:00")]


def test_repetitions_go_on_as_time_does_and_people_come(rota: Rota, programme: Programme) -> None:
    weekly = event(more="RRULE:FREQ=WEEKLY")
    file(rota, weekly, event("2", summary="Dev Diaz"))
    assert Override.objects.count() == 26
    build.person("dev", programme)
    assert read_due(now=NOW + 7 * DAY) == 1
    assert Override.objects.count() == 27
    CalendarSource.objects.update(due_at=NOW)
    read_due(now=NOW)
    assert "dev" in {one[0] for one in standing()}


def test_removed_it_takes_back_what_is_to_come(rota: Rota) -> None:
    source = file(rota, event(), event("2", "20220504T130000Z", "20220504T210000Z"))
    later = datetime(2022, 5, 4, tzinfo=UTC)
    assert remove_calendar(source=source, **BY, now=later) == 1
    assert standing() == [("ana", "05-03 13:00", "05-03 21:00")]
    assert not CalendarShift.objects.exists()
    assert remove_calendar(source=source, **BY, now=later) == 0
    assert verbs("calendar") == ["added", "read", "removed"]


def test_what_we_publish_is_read_back_as_it_was(rota: Rota, settings: Settings) -> None:
    """One portal's rota read by another: our own calendars out, in again."""
    settings.CLOCK_OFFSET = (NOW - timezone.now()).total_seconds()
    feed = ROTA.calendar(f"{rota.programme.key}/{rota.key}", build.person("ana"))
    assert feed is not None
    start, end = NOW, NOW + timedelta(weeks=20)
    known = [Known(username=one.username, name=one.name) for one in Person.objects.all()]
    found = read_calendar(ical(feed), window=Period(start, end), zone=rota.zone, people=known,
                          longest=timedelta(days=62))  # fmt: skip
    [published] = Rota.objects.with_facts()
    margin = timedelta(days=8)
    shifts = final_schedule(published.facts(), start - margin, end + margin)
    touching = [one for one in shifts if one.start < end and one.end > start]
    assert len(touching) > 30
    assert found.troubles == ()
    assert sorted((one.start, one.end, one.person) for one in found.bookings) == sorted(
        (one.start, one.end, one.person_key) for one in touching
    )


# --- looked at first ---------------------------------------------------------------------------


def test_a_look_says_who_gains_and_keeps_nothing(rota: Rota) -> None:
    content = calendar(event(), event("2", summary="Zoe"))
    source = draft_file(rota=rota, duty="primary", name="a.ics", content=content, actor="dee",
                        now=NOW)  # fmt: skip
    preview, reading, applied = preview_draft(source=source, now=NOW)
    assert [(one.loses, one.gains) for one in preview.changes if one.duty == "primary"] == [
        ("ben", "ana")
    ]
    assert (len(reading.bookings), [one.name for one in reading.troubles]) == (1, ["Zoe"])
    assert applied.made == 1
    assert not Override.objects.exists()
    assert not Change.objects.filter(subject="calendar").exists()
    assert read_due(now=NOW + DAY) == 0
    assert forget_drafts(now=NOW + DAY + MINUTE) == 1


def test_what_cannot_be_used_is_refused_in_words(rota: Rota) -> None:
    usual: dict[str, Any] = {"rota": rota, "duty": "primary", "actor": "dee", "now": NOW}
    for facts, words in (
        ({"content": b"<html>"}, "no calendar"),
        ({"content": calendar(), "duty": "nobody"}, "no duty 'nobody'"),
    ):
        with pytest.raises(UnableToUseCalendar, match=words):
            draft_file(name="a.ics", **usual | facts)
    for url in ("ftp://example.org/a", "http://example.org/a", "https://a:b@example.org/", "x"):
        with pytest.raises(UnableToUseCalendar):
            add_calendar(url=url, origin="page", **usual)
    assert not CalendarSource.objects.exists()


# --- fetched -----------------------------------------------------------------------------------


def ics(*events: str, status: int = 200, **headers: str) -> Reply:
    return raw(calendar(*events), status=status, kind="text/calendar", **headers)


def fetched(rota: Rota, url: str) -> CalendarSource:
    return add_calendar(rota=rota, duty="primary", url=f"{url}/duty.ics?key=s3cret", **BY, now=NOW)


def test_an_address_is_read_each_quarter_of_an_hour_and_asked_for_changes(rota: Rota) -> None:
    same = raw(b"", status=304)
    with serving(ics(event(), ETag='"1"', Last_Modified="Mon, 02 May 2022 08:00:00 GMT"), same,
                 ics(event(end="20220503T220000Z"))) as server:  # fmt: skip
        source = fetched(rota, server.url)
        assert read_due(now=NOW) == 1
        assert read_due(now=NOW + 14 * MINUTE) == 0
        assert read_due(now=NOW + 16 * MINUTE) == 1
        assert standing() == [("ana", "05-03 13:00", "05-03 21:00")]
        read_now(source=source, now=NOW + 17 * MINUTE)
        assert read_due(now=NOW + 17 * MINUTE) == 1
    assert standing() == [("ana", "05-03 13:00", "05-03 22:00")]
    assert [one.headers.get("if-none-match") for one in server.seen] == [None, '"1"', '"1"']
    assert server.seen[1].headers["if-modified-since"] == "Mon, 02 May 2022 08:00:00 GMT"
    assert server.seen[0].query == {"key": "s3cret"}
    assert Override.objects.get().made_by == "system"


def test_its_address_is_kept_encrypted_and_told_nowhere(rota: Rota) -> None:
    with serving(ics(event())) as server:
        source = fetched(rota, server.url)
        read_due(now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT url, content FROM oncall_calendarsource")
        assert b"s3cret" not in repr(cursor.fetchall()).encode()
    assert "s3cret" not in repr(list(Change.objects.values()))
    assert str(source) == "127.0.0.1"


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (raw(b"", status=404), "has no calendar there (any more)"),
        (raw(b"", status=403), "does not let us in"),
        (raw(b"", status=500), "answered 500"),
        (raw(b"<html>Sign in</html>"), "this is no calendar (it has no BEGIN:VCALENDAR)"),
        (raw(b""), "nothing is in it"),
        (raw(b"", status=302, Location="http://127.0.0.1:1/"), "sends us to another address"),
        (raw(b"x" * 2_000_001), "more than we accept"),
    ],
)  # fmt: skip
def test_a_failure_is_said_in_words_and_leaves_the_shifts(
    rota: Rota, reply: Reply, words: str
) -> None:
    with serving(ics(event()), reply) as server:
        fetched(rota, server.url)
        read_due(now=NOW)
        assert read_due(now=NOW + 20 * MINUTE) == 0
    row = CalendarSource.objects.get()
    assert words in row.last_error
    assert (row.failures, row.leased_until, len(standing())) == (1, None, 1)
    answer = health(NOW)
    assert answer.state == "degraded"
    assert words in answer.words
    assert "s3cret" not in answer.words


def test_after_failures_it_comes_less_often_and_as_asked(rota: Rota) -> None:
    with serving(raw(b"", status=503), raw(b"", status=429, Retry_After="36000")) as server:
        fetched(rota, server.url)
        read_due(now=NOW)
        first = CalendarSource.objects.get().due_at - NOW
        assert timedelta(minutes=5) <= first < timedelta(minutes=6)
        read_due(now=NOW + 6 * MINUTE)
        assert CalendarSource.objects.get().due_at - NOW > timedelta(hours=10)
    assert CalendarSource.objects.get().failures == 2


def test_nobody_listening_is_a_failure_too(rota: Rota) -> None:
    fetched(rota, Closed.make().url)
    assert read_due(now=NOW) == 0
    assert "refused the connection" in CalendarSource.objects.get().last_error


def test_an_address_inside_is_not_asked_unless_the_setting_names_it(
    rota: Rota, settings: Settings
) -> None:
    settings.CALENDAR_HOSTS = frozenset()
    with serving(ics(event())) as server:
        fetched(rota, server.url)
        assert read_due(now=NOW) == 0
        assert server.seen == []
    assert "may not be called" in CalendarSource.objects.get().last_error


def test_a_duty_that_is_gone_is_a_failure_in_words(rota: Rota) -> None:
    with serving(ics(event())) as server:
        fetched(rota, server.url)
        CalendarSource.objects.update(duty="night")
        assert read_due(now=NOW) == 0
    assert "no duty night any more" in CalendarSource.objects.get().last_error


def test_a_worker_that_wakes_late_changes_nothing(rota: Rota) -> None:
    with serving(ics(event())) as server:
        fetched(rota, server.url)
        (asleep,) = CalendarSource.objects.claim(now=NOW, limit=1, term=LEASE)
        assert read_due(now=NOW + LEASE + MINUTE) == 1
    asleep.content = calendar(event(summary="Dee Dunn"))
    with pytest.raises(LeaseLost):
        take_reading(source=asleep, now=NOW + LEASE + MINUTE)
    assert [one[0] for one in standing()] == ["ana"]


def test_a_newer_file_ends_the_reading_of_the_older(rota: Rota) -> None:
    source = file(rota, event())
    CalendarSource.objects.update(due_at=NOW)
    rows = CalendarSource.objects.select_related("rota__programme")
    (asleep,) = rows.claim(now=NOW, limit=1, term=LEASE)
    newer(source, event(summary="Dee Dunn"), now=NOW)
    with pytest.raises(LeaseLost):
        take_reading(source=asleep, now=NOW)
    assert [one[0] for one in standing()] == ["dee"]


def test_many_shifts_cost_as_many_queries_as_few(rota: Rota) -> None:
    def counted(days: int) -> int:
        more = f"RRULE:FREQ=DAILY;COUNT={days}"
        with CaptureQueriesContext(connection) as queries:
            source = file(rota, event(str(days), more=more))
            newer(source, now=NOW)
        return len(queries)

    assert counted(40) == counted(3)


def test_without_calendars_the_check_is_fine(rota: Rota) -> None:
    assert health(NOW).state == "ok"
    file(rota, event())
    assert health(NOW + 3 * DAY).words == "1 not read in time"
