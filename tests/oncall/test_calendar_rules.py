"""Reading calendars: as Outlook, Google and PagerDuty write them, and as nobody should."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from apps.core.periods import Period
from apps.oncall.rules.calendars import Known
from tests.oncall.ics import NOW, PEOPLE, WINDOW, calendar, event, read, sample, times, troubles

DEE = "mailto:dee.dunn@example.gov"


# --- samples ---------------------------------------------------------------------------------


def test_outlooks_own_zone_exceptions_moved_and_cancelled_occurrences_are_read() -> None:
    found = times(sample("outlook"))
    assert found[:5] == [
        ("ana", "05-03 12:00", "05-03 20:00"),
        ("ben", "05-06 18:00", "05-06 22:00"),  # Hawaii, by its Windows name
        ("ana", "05-10 12:00", "05-10 20:00"),
        ("ana", "05-25 13:00", "05-25 20:00"),  # the 17th left out, the 24th moved, the 31st off
        ("ana", "06-07 12:00", "06-07 20:00"),
    ]
    assert found[-1] == ("ana", "10-25 12:00", "10-25 20:00")
    assert read(sample("outlook")).troubles == ()


def test_wall_times_of_a_series_hold_across_the_change_of_the_clock() -> None:
    """New York leaves summer time on 6 November 2022."""
    later = NOW + timedelta(weeks=26)
    window = type(WINDOW)(later, later + timedelta(weeks=4))
    assert times(sample("outlook"), window=window)[:2] == [
        ("ana", "11-01 12:00", "11-01 20:00"),
        ("ana", "11-08 13:00", "11-08 21:00"),
    ]


def test_googles_days_floating_times_and_lord_howe_are_read() -> None:
    assert times(sample("google")) == [
        ("ana", "05-09 04:00", "05-11 04:00"),  # midnights of the rota
        ("ben", "05-12 14:00", "05-12 15:00"),  # X-WR-TIMEZONE: Chicago
        ("ben", "09-24 15:00", "09-24 15:30"),
        ("ben", "10-01 15:00", "10-01 15:30"),  # 02:00 is absent that night: it is the end
        ("ben", "10-08 14:30", "10-08 15:00"),
        ("ben", "10-15 14:30", "10-15 15:00"),
    ]


def test_what_makes_no_shift_is_named_with_its_reason_and_masked() -> None:
    assert troubles(sample("google")) == {
        "On call [phone]": "nobody who works in this programme is named in it "
        "(invited, by no address known here: Zoe Zimmer)",
        "Ana Ortiz / Ben Boyd": "names more than one person: ana, ben",
        "Ana Ortiz": "is in the time zone “Nowhere/Land”, which is unknown",
    }


def test_pagerdutys_shifts_are_read_by_address_and_by_name() -> None:
    assert times(sample("pagerduty")) == [
        ("ana", "05-09 12:00", "05-16 12:00"),
        ("ben", "05-16 12:00", "05-23 12:00"),
    ]


# --- text ------------------------------------------------------------------------------------


def test_a_line_may_be_folded_within_a_letter_and_end_in_any_way() -> None:
    people = (*PEOPLE, Known(username="zn", name="Zoë Nagy"))
    whole = calendar(event(summary="Zoë Nagy"))
    folded = whole.replace(b"Zo\xc3\xab", b"Zo\xc3\r\n \xab")
    bare = folded.replace(b"\r\n", b"\r"), folded.replace(b"\r\n", b"\n")
    for content in (folded, *bare, b"\xef\xbb\xbf" + folded, folded.replace(b"\r\n", b" \r\n", 1)):
        assert [one.person for one in read(content, people=people).bookings] == ["zn"]


BESIDE = """END:VEVENT
BEGIN:VTODO
DUE:soon
END:VTODO
BEGIN:VFREEBUSY
FREEBUSY:now
END:VFREEBUSY
BEGIN:VEVENT
UID:2
STATUS:CANCELLED
DTSTART:20220503T130000Z"""


@pytest.mark.parametrize("more", ["BEGIN:VALARM\nTRIGGER:soon\nEND:VALARM", BESIDE])
def test_what_is_not_read_may_be_damaged(more: str) -> None:
    content = calendar(event(more=more)) + b"Sent from my phone\r\n"
    assert len(read(content).bookings) == 1
    assert read(content).troubles == ()


# --- times -----------------------------------------------------------------------------------

OWN = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:19961027T030000
TZOFFSETFROM:{summer}
TZOFFSETTO:{winter}
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=SU;BYMONTHDAY=25,26,27,28,29,30,31
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19810329T020000
TZOFFSETFROM:{winter}
TZOFFSETTO:{summer}
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYMONTHDAY=25,26,27,28,29,30,31
END:DAYLIGHT
END:VTIMEZONE
"""


def test_what_a_zone_is_called_and_where_it_is_from_is_not_read() -> None:
    zone = "TZID=Customized Time Zone:"
    one = event(start=f"{zone}20220503T080000", end=f"{zone}20220503T090000")
    head = OWN.format(winter="-0500", summer="-0400")
    head = head.replace("END:STANDARD", "TZNAME;LANGUAGE=fr:Heure normale\nX-A:1\nEND:STANDARD")
    head = head.replace("BEGIN:STANDARD", "TZID-ALIAS-OF:America/New_York\nBEGIN:STANDARD", 1)
    assert times(calendar(one, head=head)) == [("ana", "05-03 12:00", "05-03 13:00")]


def test_a_calendars_own_zone_is_its_own() -> None:
    """The parser remembers zones by name: another calendar's must not be taken for it."""
    zone = "TZID=Customized Time Zone:"
    one = event(start=f"{zone}20220503T080000", end=f"{zone}20220503T090000")
    east, west = ("-0500", "-0400"), ("-0800", "-0700")
    for (winter, summer), hour in ((east, 12), (west, 15)):
        content = calendar(one, head=OWN.format(winter=winter, summer=summer))
        assert [found.start.hour for found in read(content).bookings] == [hour]
    assert "unknown" in troubles(calendar(one))["Ana Ortiz"]


@pytest.mark.parametrize(
    ("until", "count"),
    [
        ("20220517", 3), ("20220517T090000", 3), ("20220517T085959", 2), ("20220517T130000Z", 3),
        ("20220517T125959Z", 2), ("99991231", 26),
    ],
)  # fmt: skip
def test_a_series_goes_on_until_a_day_or_a_time_of_its_zone_and_on_it(
    until: str, count: int
) -> None:
    zone = "TZID=America/New_York:"
    one = event(start=f"{zone}20220503T090000", end=f"{zone}20220503T100000",
                more=f"RRULE:FREQ=WEEKLY;UNTIL={until}")  # fmt: skip
    assert len(read(calendar(one)).bookings) == count
    floating = calendar(event(start="20220503T090000", end="20220503T100000",
                              more="RRULE:FREQ=WEEKLY;UNTIL=20220517"))  # fmt: skip
    assert len(read(floating).bookings) == 3


def test_a_series_that_goes_on_until_a_time_of_day_is_a_trouble() -> None:
    found = read(calendar(event(more="RRULE:FREQ=DAILY;UNTIL=090000"), event("2")))
    assert len(found.bookings) == 1
    assert [one.why for one in found.troubles] == ["repeats in a way that cannot be read"]


def test_what_is_moved_with_all_that_comes_after_it_is_read_each_time() -> None:
    series = event(more="RRULE:FREQ=WEEKLY;COUNT=4")
    later = event(start="20220510T140000Z", end="20220510T220000Z", summary="Ben Boyd",
                  more="RECURRENCE-ID;RANGE=THISANDFUTURE:20220510T130000Z")  # fmt: skip
    assert times(calendar(series, later)) == [
        ("ana", "05-03 13:00", "05-03 21:00"),
        *(("ben", f"05-{day} 14:00", f"05-{day} 22:00") for day in (10, 17, 24)),
    ]


def test_a_doubled_start_is_the_first_and_a_doubled_end_the_last() -> None:
    zone = "TZID=America/New_York:"
    one = event(start=f"{zone}20221106T010000", end=f"{zone}20221106T013000")
    window = type(WINDOW)(datetime(2022, 11, 1, tzinfo=UTC), datetime(2022, 11, 20, tzinfo=UTC))
    assert times(calendar(one), window=window) == [("ana", "11-06 05:00", "11-06 06:30")]


def test_a_time_without_a_zone_is_the_rotas() -> None:
    one = event(start="20220503T090000", end="20220503T100000")
    assert times(calendar(one)) == [("ana", "05-03 13:00", "05-03 14:00")]
    assert times(calendar(one), zone=ZoneInfo("Asia/Kathmandu")) == [
        ("ana", "05-03 03:15", "05-03 04:15")
    ]


@pytest.mark.parametrize("name", ["America/Chicago", "Central Standard Time"])
def test_a_time_without_a_zone_is_the_calendars_where_it_says_one(name: str) -> None:
    content = calendar(event(start="20220503T090000", end="20220503T100000"),
                       head=f"X-WR-TIMEZONE:{name}\n")  # fmt: skip
    assert times(content) == [("ana", "05-03 14:00", "05-03 15:00")]


def test_only_what_touches_the_window_is_read() -> None:
    under_way = event("1", "20220502T080000Z", "20220502T120001Z")
    over = event("2", "20220502T080000Z", "20220502T120000Z")
    far = event("3", "20221031T120000Z", "20221031T130000Z")
    assert len(read(calendar(under_way, over, far)).bookings) == 1


@pytest.mark.parametrize(
    ("length", "end"),
    [("PT12H", "11-06 12:00"), ("P1D", "11-07 01:00"), ("P1DT2H", "11-07 03:00")],
)
def test_hours_of_a_duration_are_real_ones_and_days_those_of_the_wall(
    length: str, end: str
) -> None:
    """The clock of New York goes back in this night; a line of the calendar's own is no length."""
    lines = "UID:1\nSUMMARY:Ana Ortiz\nX-ROLLCALL-LENGTH:PT1H"
    start = "DTSTART;TZID=America/New_York:20221105T200000"
    autumn = Period(datetime(2022, 11, 1, tzinfo=UTC), datetime(2022, 11, 20, tzinfo=UTC))
    found = times(calendar(f"{lines}\n{start}\nDURATION:{length}"), window=autumn)
    assert found == [("ana", "11-06 00:00", end)]


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        ("20220503T130000Z", "20220503T130000Z", "has no length"),
        ("20220503T130000Z", "20220503T120000Z", "has no length"),
        ("20220503T130000Z", "20220803T130000Z", "is too long for a shift"),
    ],
)
def test_what_is_no_period_is_a_trouble(start: str, end: str, why: str) -> None:
    assert troubles(calendar(event(start=start, end=end))) == {"Ana Ortiz": why}


@pytest.mark.parametrize(
    "lines",
    ["DTSTART:20220503T130000Z\nDURATION:-PT1H", "DTSTART:20220503T130000Z\nDTEND:20220502",
     "DTSTART:20220503T130000Z"],
)  # fmt: skip
def test_what_ends_before_it_begins_is_not_turned_round(lines: str) -> None:
    assert troubles(calendar(f"UID:1\nSUMMARY:Ana Ortiz\n{lines}")) == {
        "Ana Ortiz": "has no length"
    }


def test_times_nobody_can_read_are_not_called_a_repetition() -> None:
    assert troubles(calendar(event(end="99991231T210000Z"))) == {
        "Ana Ortiz": "says its times in a way that cannot be read"
    }


def test_a_damaged_event_costs_itself_alone() -> None:
    bad = "UID:2\nDTSTART:20220503T130000Z\nDTEND:soon\nSUMMARY:Ben Boyd"
    nameless = (event("", summary="Dee Dunn"), event("", summary="Ann Other"))
    found = read(calendar(event(), bad, "UID:3\nSUMMARY:Ben", *nameless))
    assert [one.person for one in found.bookings] == ["ana"]
    assert {one.name: one.why for one in found.troubles} == {
        "Ben Boyd": "cannot be read: its DTEND is damaged",
        "Ben": "says no start",
        "Dee Dunn": "has no UID",
        "Ann Other": "has no UID",
    }
