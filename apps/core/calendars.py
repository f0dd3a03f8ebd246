"""Calendars others subscribe to: values in, an iCalendar file (RFC 5545, RFC 7986) out. No Django.

The same values always make the same bytes, so that who asks again can be told "not modified".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from unicodedata import category

from icalendar import Calendar as ICalendar
from icalendar import Event as IEvent
from icalendar import Timezone, vText

PRODUCT = "-//Rollcall//Calendar feeds//EN"
HOURLY = timedelta(hours=1)
SPACES = dict.fromkeys(map(ord, "\t\x0b\x0c\x85\u2028\u2029"), " ")
UTC_ZONE = """BEGIN:VTIMEZONE
TZID:UTC
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0000
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
"""
State = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something on a calendar: whole days when `starts` and `ends` are dates, else instants (UTC);
    half-open. `uid` stays for its life, `sequence` grows when it is moved or cancelled, `stamp` is
    when it was last changed (never the time of asking)."""

    uid: str
    starts: date
    ends: date
    summary: str
    stamp: datetime
    sequence: int = 0
    state: State = "CONFIRMED"
    description: str = ""
    location: str = ""
    url: str = ""
    category: str = ""


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """A calendar as somebody sees it in theirs."""

    name: str
    events: Sequence[Event]
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class FeedKind:
    """What an app offers as a calendar to subscribe to (portal/tables.py FEEDS).

    `offered` gives a person the subjects there are for them, as (key, name); `calendar` fills one,
    None when this person may not see it (any more).
    """

    label: str
    offered: Callable[[Any], list[tuple[str, str]]]
    calendar: Callable[[str, Any], Calendar | None]


def ical(calendar: Calendar) -> bytes:
    """The file: CRLF, lines of at most 75 octets, texts escaped."""
    made = ICalendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    for name in ("name", "x-wr-calname"):  # the standard's name, and the one everybody reads
        made.add(name, vText(_plain(calendar.name)))
    if calendar.description:
        made.add("x-wr-caldesc", vText(_plain(calendar.description)))
    made.add("refresh-interval", HOURLY, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    for event in calendar.events:
        made.add_component(_component(event))
    if not calendar.events:  # one component has to be there, and an event would be none
        made.add_component(Timezone.from_ical(UTC_ZONE))
    written: bytes = made.to_ical()
    return written


def _component(event: Event) -> IEvent:
    made = IEvent()
    made.add("uid", event.uid)
    made.add("dtstamp", event.stamp)
    made.add("last-modified", event.stamp)
    made.add("sequence", event.sequence)
    made.add("dtstart", event.starts)
    made.add("dtend", event.ends)
    made.add("summary", _plain(event.summary))
    made.add("status", event.state)
    made.add("transp", "TRANSPARENT")  # it takes nobody's time: who looks for a free hour finds it
    made.add("x-microsoft-cdo-busystatus", "FREE")
    for name in ("description", "location"):
        if text := getattr(event, name):
            made.add(name, _plain(text))
    if event.url:
        made.add("url", event.url)
    if event.category:
        made.add("categories", [_plain(event.category)])
    return made


def _plain(text: str) -> str:
    """Without control characters: they are no TEXT, and one would spoil the whole calendar. What
    some programs take for the end of a line is a space."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").translate(SPACES)
    return "".join(one for one in lines if one == "\n" or category(one) != "Cc")
