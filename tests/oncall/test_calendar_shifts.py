"""Reading calendars: whose an event is, which is which, what is refused, what a reading changes."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.oncall.rules.calendars import Booking, Known, UnableToRead
from apps.oncall.rules.calendars.values import MOST_BYTES
from apps.oncall.rules.reconciling import Made, reconcile
from tests.oncall.ics import (
    NOW,
    PEOPLE,
    calendar,
    event,
    read,
    sample,
    times,
    troubles,
)

DEE = "mailto:dee.dunn@example.gov"


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
