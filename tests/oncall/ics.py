"""Calendars for tests: samples as other programs write them, and small ones made up on the spot."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from apps.core.periods import Period
from apps.oncall.rules.calendars import Known, Reading, read_calendar

SAMPLES = Path(__file__).parent.parent / "samples" / "calendars"
NOW = datetime(2022, 5, 2, 12, tzinfo=UTC)
WINDOW = Period(NOW, NOW + timedelta(weeks=26))
EASTERN = ZoneInfo("America/New_York")
LONGEST = timedelta(days=62)
PEOPLE = (
    Known(username="ana", name="Ana Ortiz", email="ana.ortiz@example.gov"),
    Known(username="ben", name="Ben Boyd", email="ben@example.gov"),
    Known(username="dee", name="Dee Dunn", email="dee.dunn@example.gov"),
)


def sample(name: str) -> bytes:
    """A sample with the line ends of the standard."""
    text = (SAMPLES / f"{name}.ics").read_text(encoding="utf-8")
    return text.replace("\n", "\r\n").encode()


def calendar(*events: str, head: str = "") -> bytes:
    """A calendar of events, each its lines without BEGIN and END."""
    inner = "".join(f"BEGIN:VEVENT\n{one.strip()}\nEND:VEVENT\n" for one in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//t//EN\n{head}{inner}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def event(
    uid: str = "1", start: str = "20220503T130000Z", end: str = "20220503T210000Z",
    summary: str = "Ana Ortiz", more: str = "",
) -> str:  # fmt: skip
    """The lines of an event; times in UTC unless they say otherwise."""
    lines = [f"UID:{uid}", _time("DTSTART", start), _time("DTEND", end), f"SUMMARY:{summary}", more]
    return "\n".join(filter(None, lines))


def read(content: bytes, **facts: Any) -> Reading:
    """What is read of it, for a rota in New York; `facts` may be others."""
    usual: dict[str, Any] = {"window": WINDOW, "zone": EASTERN, "people": PEOPLE,
                             "longest": LONGEST}  # fmt: skip
    return read_calendar(content, **usual | facts)


def times(content: bytes, **facts: Any) -> list[tuple[str, str, str]]:
    """Who, from when, until when, in UTC."""
    return [
        (one.person, f"{one.start:%m-%d %H:%M}", f"{one.end:%m-%d %H:%M}")
        for one in read(content, **facts).bookings
    ]


def troubles(content: bytes) -> dict[str, str]:
    """What makes no shift, and why."""
    return {one.name: one.why for one in read(content).troubles}


def _time(name: str, value: str) -> str:
    """`value` may begin with parameters: "TZID=X:2022…"."""
    return f"{name};{value}" if ":" in value else f"{name}:{value}"
