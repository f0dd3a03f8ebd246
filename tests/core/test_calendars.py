"""iCalendar files: the same bytes for the same values, as two parsers read them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar as ICalendar

from apps.core.calendars import Calendar, Event, ical

STAMP = datetime(2022, 4, 1, 12, tzinfo=UTC)
HARD = 'Café "Ω" — 中文 ; a, b \\ c: d'


def event(**facts: Any) -> Event:
    usual: dict[str, Any] = {
        "uid": "1@rollcall", "starts": date(2022, 6, 13), "ends": date(2022, 6, 14),
        "summary": "Wave 7", "stamp": STAMP,
    }  # fmt: skip
    return Event(**usual | facts)


def written(*events: Event, name: str = "Check-in") -> bytes:
    return ical(Calendar(name=name, events=events))


def test_whole_days_are_dates_without_a_zone() -> None:
    text = written(event()).decode()
    assert "DTSTART;VALUE=DATE:20220613\r\n" in text
    assert "DTEND;VALUE=DATE:20220614\r\n" in text


def test_instants_are_utc() -> None:
    at = datetime(2022, 6, 13, 13, tzinfo=UTC)
    text = written(event(starts=at, ends=at + timedelta(hours=8))).decode()
    assert "DTSTART:20220613T130000Z\r\n" in text


def test_it_says_how_often_to_ask_and_takes_nobodys_time() -> None:
    lines = written(event()).decode().split("\r\n")
    for line in ("REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H", "METHOD:PUBLISH",
                 "VERSION:2.0", "X-WR-CALNAME:Check-in", "NAME:Check-in", "TRANSP:TRANSPARENT",
                 "DTSTAMP:20220401T120000Z", "SEQUENCE:0", "STATUS:CONFIRMED"):  # fmt: skip
        assert line in lines


def test_lines_end_in_crlf_and_have_at_most_75_octets_of_whole_characters() -> None:
    body = written(event(summary=HARD * 9, description="ß" * 300), name=HARD * 5)
    assert body.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    for line in body.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # no character is cut in two


@pytest.mark.parametrize("text", [HARD, "two\nlines", "a\r\nb", "semi;colon", "back\\slash n"])
def test_two_parsers_read_back_what_was_meant(text: str) -> None:
    body = written(event(summary=text, description=text))
    meant = text.replace("\r\n", "\n")
    first = ICalendar.from_ical(body)
    assert first.walk("VEVENT")[0]["summary"] == meant
    second: Any = vobject.readOne(body.decode())
    assert second.validate(raiseException=True)
    assert second.vevent.summary.value == meant
    assert second.vevent.description.value == meant


def test_the_name_is_escaped_like_any_text() -> None:
    lines = written(event(), name="a; b, c\\d\ne").split(b"\r\n")
    for name in (b"NAME", b"X-WR-CALNAME"):
        assert name + rb":a\; b\, c\\d\ne" in lines


def test_what_is_no_text_or_ends_a_line_elsewhere_is_left_out() -> None:
    body = written(event(summary="a\tb\x7fc\x00d\x85e\u2028f\x0bg"), name="x\x7f\ty")
    assert b"SUMMARY:a bcd e f g\r\n" in body
    assert b"X-WR-CALNAME:x y\r\n" in body


def test_one_without_events_holds_the_component_a_calendar_needs() -> None:
    [part] = ICalendar.from_ical(written()).subcomponents
    assert part.name == "VTIMEZONE"
    assert vobject.readOne(written().decode()).validate(raiseException=True)
    assert b"VTIMEZONE" not in written(event())


@given(st.text(max_size=200))
def test_no_text_spoils_a_calendar(text: str) -> None:
    body = written(event(summary=text, location=text, category=text), event(uid="2@rollcall"))
    assert len(ICalendar.from_ical(body).walk("VEVENT")) == 2


def test_the_same_values_make_the_same_bytes() -> None:
    assert written(event(), event(uid="2")) == written(event(), event(uid="2"))
