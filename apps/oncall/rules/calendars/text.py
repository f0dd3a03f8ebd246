"""A calendar's bytes: what is refused before the parser sees it, and what of it the parser sees."""

import re
from collections.abc import Iterator

from apps.oncall.rules.calendars.repeats import check_rule
from apps.oncall.rules.calendars.values import (
    MOST_BYTES,
    MOST_DATES,
    MOST_EVENTS,
    MOST_ZONE_PARTS,
    MOST_ZONE_RULES,
    BadEvent,
    UnableToRead,
)

DEEPEST = 5
BOM = b"\xef\xbb\xbf"
FOLD = re.compile(rb"(?:\r\n?|\n)[ \t]")
ZONE = frozenset({b"VTIMEZONE", b"STANDARD", b"DAYLIGHT"})
READ = ZONE | {b"VCALENDAR", b"VEVENT"}
ZONE_LINES = (
    b"BEGIN:", b"END:", b"TZID:", b"TZID;", b"DTSTART", b"TZOFFSET", b"RRULE", b"RDATE",
)  # fmt: skip
LISTS = (b"RRULE", b"RDATE", b"EXDATE", b"EXRULE")
NO_CALENDAR = "this is no calendar (it has no BEGIN:VCALENDAR); is it a page that asks to sign in?"


def text_read(content: bytes) -> bytes:
    """The parts of a calendar that are read here, unfolded: the parser would unfold only after it
    has made letters of the bytes, and would give up the whole for an alarm it cannot read.

    Raises UnableToRead for what is no calendar, cut short, or more than is read here.
    """
    if len(content) > MOST_BYTES:
        raise UnableToRead(f"the calendar is larger than {MOST_BYTES // 1_000_000} MB")
    lines = [line.rstrip() for line in FOLD.sub(b"", content.removeprefix(BOM)).splitlines()]
    _check([line.upper() for line in lines])
    return b"\r\n".join([*_parts_read(lines), b""])


def _check(lines: list[bytes]) -> None:
    marks = [line for line in lines if line.startswith((b"BEGIN:", b"END:"))]
    if not any(lines):
        raise UnableToRead("this is no calendar: nothing is in it")
    if not marks or marks[0] != b"BEGIN:VCALENDAR":
        raise UnableToRead(NO_CALENDAR)
    if marks[-1] != b"END:VCALENDAR":
        raise UnableToRead("the calendar is cut short: it has no end")
    if not _is_nested(marks):
        raise UnableToRead("the calendar is damaged: its parts do not fit into each other")
    if marks.count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise UnableToRead(f"the calendar has more than {MOST_EVENTS:,} events")
    if sum(line.count(b",") + 1 for line in lines if line.startswith(LISTS)) > MOST_DATES:
        raise UnableToRead(f"the calendar lists more than {MOST_DATES:,} days of its events")
    _check_zones(lines, marks)


def _check_zones(lines: list[bytes], marks: list[bytes]) -> None:
    """The parser walks over their rules by itself."""
    rules = list(_zone_rules(lines))
    parts = marks.count(b"BEGIN:STANDARD") + marks.count(b"BEGIN:DAYLIGHT")
    if len(rules) > MOST_ZONE_RULES or parts > MOST_ZONE_PARTS:
        raise UnableToRead("the calendar has too many time zones of its own")
    for rule in rules:
        _check_zone_rule(rule)


def _parts_read(lines: list[bytes]) -> Iterator[bytes]:
    """Without alarms, tasks and what else may lie in a calendar or around it; of zones what makes
    them: the parser gives up the whole for a name in a language."""
    open_parts: list[bytes] = []
    for line in lines:
        mark = line.upper()
        if mark.startswith(b"BEGIN:"):
            open_parts.append(mark.removeprefix(b"BEGIN:"))
        if _is_read(open_parts) and (open_parts[-1] not in ZONE or mark.startswith(ZONE_LINES)):
            yield line
        if mark.startswith(b"END:"):
            open_parts.pop()


def _is_read(open_parts: list[bytes]) -> bool:
    return bool(open_parts) and READ.issuperset(open_parts)


def _is_nested(marks: list[bytes]) -> bool:
    """Whether each part ends where it should, and none lies too deep."""
    open_parts: list[bytes] = []
    for mark in marks:
        word, _, name = mark.partition(b":")
        if word == b"BEGIN":
            open_parts.append(name)
        elif not open_parts or open_parts.pop() != name:
            return False
        if len(open_parts) > DEEPEST:
            return False
    return not open_parts


def _zone_rules(lines: list[bytes]) -> Iterator[str]:
    is_zone = False
    for line in lines:
        if line in {b"BEGIN:VTIMEZONE", b"END:VTIMEZONE"}:
            is_zone = line.startswith(b"BEGIN")
        elif is_zone and line.startswith((b"RRULE:", b"RRULE;")):
            yield line.partition(b":")[2].decode("ascii", "replace")


def _check_zone_rule(text: str) -> None:
    parts = [part.partition("=") for part in text.split(";")]
    rule = {name: value.split(",") for name, _, value in parts}
    try:
        if rule.get("FREQ") != ["YEARLY"]:
            raise BadEvent("is not yearly")
        check_rule(rule)
    except BadEvent as problem:
        raise UnableToRead(
            "a time zone of the calendar changes in a way not read here"
        ) from problem
