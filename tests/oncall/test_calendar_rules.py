"""Reading calendars: as Outlook, Google and PagerDuty write them, and as nobody should."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.periods import Period
from apps.oncall.rules.calendars import Booking, Known, Reading, UnableToRead, read_calendar
from apps.oncall.rules.calendars.values import MOST_BYTES
from apps.oncall.rules.reconciling import Made, reconcile
from tests.oncall.ics import LONGEST, NOW, PEOPLE, WINDOW, calendar, event, sample

DEE = "mailto:dee.dunn@example.gov"
EASTERN = ZoneInfo("America/New_York")


def read(content: bytes, **facts: Any) -> Reading:
    usual: dict[str, Any] = {"window": WINDOW, "zone": EASTERN, "people": PEOPLE,
                             "longest": LONGEST}  # fmt: skip
    return read_calendar(content, **usual | facts)


def times(content: bytes, **facts: Any) -> list[tuple[str, str, str]]:
    return [
        (one.person, f"{one.start:%m-%d %H:%M}", f"{one.end:%m-%d %H:%M}")
        for one in read(content, **facts).bookings
    ]


def troubles(content: bytes) -> dict[str, str]:
    return {one.name: one.why for one in read(content).troubles}


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


# --- people ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("summary", "more", "who"),
    [
        ("duty: ANA ORTIZ", "", "ana"),
        ("Ben (ben)", "", "ben"),
        ("Duty", "ATTENDEE:MAILTO:Ben@Example.GOV", "ben"),
        ("Ana Ortiz", "ATTENDEE:mailto:ben@example.gov", "ben"),
        ("Duty", f"ORGANIZER:{DEE}\nATTENDEE:{DEE}\nATTENDEE:mailto:ben@example.gov", "ben"),
        ("Ana", f"ORGANIZER:{DEE}", "ana"),
        ("Duty", f"ORGANIZER:{DEE}", "dee"),
        ("Benedict and Banana", "", ""),
        ("Jo-Ben Ander; ana.smith@example.gov", "", ""),
        ("Primary: @ben.", "", "ben"),
        ("dee.dunn@example.gov", "", "dee"),
        ("Duty", "ATTENDEE;CN=Ben;EMAIL=ben@example.gov:urn:uuid:1", "ben"),
    ],
)  # fmt: skip
def test_whose_shift_it_is(summary: str, more: str, who: str) -> None:
    found = read(calendar(event(summary=summary, more=more))).bookings
    assert [one.person for one in found] == ([who] if who else [])


def test_a_name_may_be_written_in_another_way() -> None:
    people = [Known(username="zn", name="Zoë O'Neil")]
    for name in ("Zoe\u0308 O'Neil", "ZOË O\u2019NEIL", "Zoë\u00a0O'Neil"):
        assert len(read(calendar(event(summary=name)), people=people).bookings) == 1


def test_who_is_not_known_is_told_without_their_address() -> None:
    more = "ATTENDEE:mailto:xavier.ixe@example.com\nATTENDEE;CN=y@example.com:mailto:y@example.com"
    why = troubles(calendar(event(summary="Duty", more=more)))["Duty"]
    assert why.endswith("(invited, by no address known here: xavier.ixe@…, y@…)")


def test_of_two_names_the_longer_counts() -> None:
    people = (*PEOPLE, Known(username="ana2", name="Ana Ortiz Vega"))
    assert read(calendar(event(summary="Ana Ortiz  Vega")), people=people).bookings[0].person == (
        "ana2"
    )
    twins = (*PEOPLE, Known(username="ana3", name="ana ortiz"))
    [trouble] = read(calendar(event()), people=twins).troubles
    assert trouble.why == "names more than one person: ana, ana3"


def test_a_trouble_of_a_series_is_told_once() -> None:
    weekly = event(summary="Duty", more="RRULE:FREQ=WEEKLY;COUNT=5")
    [trouble] = read(calendar(weekly)).troubles
    assert (trouble.times, trouble.start) == (5, datetime(2022, 5, 3, 13, tzinfo=UTC))


# --- identity --------------------------------------------------------------------------------


def test_an_event_that_moves_keeps_its_identity() -> None:
    before, after = event(), event(start="20220504T130000Z", end="20220504T210000Z")
    [one], [other] = read(calendar(before)).bookings, read(calendar(after)).bookings
    assert one.key == other.key
    series = event(more="RRULE:FREQ=DAILY;COUNT=3")
    moved = event(start="20220504T150000Z", end="20220504T210000Z",
                  more="RECURRENCE-ID:20220504T130000Z")  # fmt: skip
    keys = [one.key for one in read(calendar(series)).bookings]
    assert [one.key for one in read(calendar(series, moved)).bookings] == keys
    assert len(set(keys)) == 3


@pytest.mark.parametrize(
    ("older", "newer"),
    [("SEQUENCE:1", "SEQUENCE:2"), ("SEQUENCE:x", "SEQUENCE:1"),
     ("DTSTAMP:20220401T000000Z", "DTSTAMP:20220402T000000Z"),
     ("DTSTAMP:yesterday", "DTSTAMP:20220402T000000Z")],
)  # fmt: skip
def test_of_one_uid_the_newest_event_counts(older: str, newer: str) -> None:
    one, other = (
        event(more=older),
        event(start="20220504T130000Z", end="20220504T210000Z", more=newer),
    )
    for content in (calendar(one, other), calendar(other, one)):
        assert times(content) == [("ana", "05-04 13:00", "05-04 21:00")]
        assert read(content).troubles == ()
    assert not read(calendar(one, event(more=f"{newer}\nSTATUS:CANCELLED"))).bookings


def test_an_event_hidden_by_the_uid_of_another_is_told() -> None:
    other = event(start="20220504T130000Z", end="20220504T210000Z", summary="Ben Boyd")
    assert len(read(calendar(event(), other, event())).bookings) == 1
    assert troubles(calendar(event(), other, event())) == {
        "Ben Boyd": "has the UID of another event, which is read instead"
    }


# --- hostile ---------------------------------------------------------------------------------

NEVER = [
    "FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY", "FREQ=DAILY;BYSECOND=1", "FREQ=DAILY;BYHOUR=1",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=7;BYDAY=WE",
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=31", "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=31",
    "FREQ=YEARLY;BYWEEKNO=53", "FREQ=YEARLY;BYYEARDAY=366", "FREQ=YEARLY;BYEASTER=1",
    "FREQ=MONTHLY;BYDAY=9MO", "FREQ=WEEKLY;INTERVAL=99999999999", "FREQ=DAILY;INTERVAL=-1",
]  # fmt: skip


@pytest.mark.parametrize("rule", NEVER)
def test_a_rule_that_would_never_end_is_a_trouble_at_once(rule: str) -> None:
    began = time.process_time()
    found = read(calendar(event(more=f"RRULE:{rule}"), event("2", summary="Ben Boyd")))
    assert [one.person for one in found.bookings] == ["ben"]
    assert found.troubles
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("meant", "start", "end"),
    [("20220510T130000Z", "02600510T130000Z", "02600510T140000Z"),
     ("90000510T130000Z", "20220510T130000Z", "20220510T140000Z")],
)  # fmt: skip
def test_what_comes_after_is_not_looked_for_centuries_away(
    meant: str, start: str, end: str
) -> None:
    began = time.process_time()
    moved = event(start=start, end=end, more=f"RECURRENCE-ID;RANGE=THISANDFUTURE:{meant}")
    found = read(calendar(event(more="RRULE:FREQ=DAILY"), moved, event("2", summary="Ben Boyd")))
    assert [one.person for one in found.bookings] == ["ben"]
    assert [one.why for one in found.troubles] == [
        "moves all that comes after it by more than a year"
    ]
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("FREQ=DAILY", 181), ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;WKST=SU", 26),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", 6), ("FREQ=MONTHLY;BYMONTHDAY=31", 4),
        ("FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=4", 2), ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", 129),
        ("FREQ=MONTHLY;BYDAY=-1FR", 7),
    ],
)  # fmt: skip
def test_usual_rules_are_read(rule: str, count: int) -> None:
    found = read(calendar(event(more=f"RRULE:{rule}")))
    assert (len(found.bookings), found.troubles) == (count, ())


ZONE = """BEGIN:VTIMEZONE
TZID:Odd
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0000
TZOFFSETTO:+0000
RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30
END:STANDARD
END:VTIMEZONE
"""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no calendar"),
        (b"<html>Sign in</html>", "no calendar"),
        (calendar(event())[:-30], "cut short"),
        (calendar(event()).replace(b"END:VEVENT\r\n", b""), "damaged"),
        (b"BEGIN:VCALENDAR" + b"x" * MOST_BYTES, "larger than 2 MB"),
        (calendar("BEGIN:VALARM\n" * 900 + "END:VALARM\n" * 900), "damaged"),
        (calendar(*["UID:1"] * 5001), "more than 5,000 events"),
        (calendar(event(more="EXDATE:" + "20220503T130000Z," * 10_000)), "10,000 days"),
        (calendar(event(), head="METHOD:CANCEL\n"), "only calls events off"),
        (calendar(event(), head=ZONE), "time zone of the calendar"),
        (calendar(event(), head=ZONE * 101), "too many time zones"),
        (calendar(*[event(str(n), more="RRULE:FREQ=DAILY") for n in range(12)]),
         "more than 2,000 shifts"),
        (calendar(*[event(str(n), "19800101T000000Z", "19800101T010000Z", more="RRULE:FREQ=DAILY")
                    for n in range(20)]), "too often"),
    ],
)  # fmt: skip
def test_a_calendar_that_is_none_or_too_much_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(UnableToRead, match=words):
        read(content)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_is_in_it_reading_ends_with_values_or_words(data: st.DataObject) -> None:
    lines = sample(data.draw(st.sampled_from(["outlook", "google"]))).split(b"\r\n")
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(lines) - 1))
        kind = data.draw(st.sampled_from(["drop", "double", "cut", "swap", "text"]))
        if kind == "drop":
            lines[place] = b""
        elif kind == "double":
            lines.insert(place, lines[place])
        elif kind == "cut":
            lines[place] = lines[place][: data.draw(st.integers(0, 40))]
        elif kind == "swap":
            other = data.draw(st.integers(0, len(lines) - 1))
            lines[place], lines[other] = lines[other], lines[place]
        else:
            lines[place] += data.draw(st.binary(max_size=12))
    try:
        found = read(b"\r\n".join(lines))
    except UnableToRead:
        return
    assert all(one.start < one.end for one in found.bookings)


# --- what a reading changes --------------------------------------------------------------------

HOUR = timedelta(hours=1)
bookings = st.builds(
    lambda key, person, start, length: Booking(
        key=key, person=person, start=NOW + start * HOUR, end=NOW + (start + length) * HOUR,
        name=key,
    ),
    st.sampled_from("abcdef"), st.sampled_from(["ana", "ben"]), st.integers(-5, 9),
    st.integers(6, 12),
)  # fmt: skip
readings = st.lists(bookings, unique_by=lambda one: one.key)


def made_of(reading: list[Booking]) -> dict[str, Made]:
    return {
        one.key: Made(key=one.key, person=one.person, start=one.start, end=one.end)
        for one in reading
    }


@given(readings)
def test_the_same_reading_again_changes_nothing(reading: list[Booking]) -> None:
    assert not reconcile(made_of(reading), reading, NOW)


@given(readings, readings)
def test_after_a_reading_what_is_to_come_is_what_it_says(
    before: list[Booking], after: list[Booking]
) -> None:
    made = made_of(before)
    changes = reconcile(made, after, NOW)
    left = {key: one for key, one in made.items() if key not in changes.gone}
    assert left | made_of(list(changes.new)) == made_of(after)


def test_what_is_over_stays_whatever_the_calendar_says() -> None:
    over = Made(key="a", person="ana", start=NOW - 9 * HOUR, end=NOW)
    assert not reconcile({"a": over}, [], NOW)
