"""The guard: finds what must not be shown (product I6) and puts a word in its place.

Patterns, not models: each finds one kind of identifier in plain text. Station numbers, incident
numbers, times and amounts stay readable, because an engineer needs them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
_DATE = (
    rf"(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}"
    rf"|{_MONTH}\.?\s+\d{{1,2}},?\s+\d{{4}}|\d{{1,2}}\s+{_MONTH}\.?,?\s+\d{{4}})"
)
_NAME = r"[A-Z][a-zA-Z'’-]+"
_PERSON = r"(?:[Vv]eteran|[Pp]atient|[Pp]t\.?|[Vv]et|Mr\.?|Mrs\.?|Ms\.?|MR\.?|MRS\.?|MS\.?)"
_NOT_NAMES = frozenset(
    [
        "Affairs",
        "Facing",
        "Center",
        "Clinic",
        "Check",
        "Checkin",
        "Check-in",
        "Service",
        "ServiceNow",
        "Health",
        "Hospital",
        "Side",
        "Apps",
        "App",
        "Portal",
        "Slack",
        "Teams",
        "Kiosk",
        "The",
        "This",
        "That",
        "Is",
        "Was",
        "Has",
        "Cannot",
        "Can",
        "Could",
        "Gets",
        "Got",
        "Says",
        "Said",
        "Sees",
        "Error",
        "Called",
        "Reports",
        "Reported",
        "Tried",
        "Who",
        "With",
        "And",
        "Or",
        "But",
        "In",
        "At",
        "On",
        "For",
        "To",
        "From",
        "Experience",
        "Text",
        "VSE",
        "VEText",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ]
)


@dataclass(frozen=True)
class Masked:
    """The text that may be shown, and the kinds of identifiers that were found in it."""

    text: str
    found: tuple[str, ...]


@dataclass(frozen=True)
class _Pattern:
    kind: str
    expression: re.Pattern[str]
    accepts: Callable[[re.Match[str]], bool] = lambda match: True


def _is_ssn(match: re.Match[str]) -> bool:
    area, group, serial = match["area"], match["group"], match["serial"]
    return area not in {"000", "666"} and group != "00" and serial != "0000"


def _is_name(match: re.Match[str]) -> bool:
    return match["name"].split()[0].rstrip(",") not in _NOT_NAMES


_PATTERNS = (
    _Pattern("e-mail", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.UNICODE)),
    _Pattern("ICN", re.compile(r"(?<!\w)\d{10}V\d{6}(?!\w)", re.IGNORECASE)),
    _Pattern(
        "SSN",
        re.compile(r"(?<![\w-])(?P<area>\d{3})[- ](?P<group>\d{2})[- ](?P<serial>\d{4})(?![\w-])"),
        _is_ssn,
    ),
    _Pattern(
        "SSN",
        re.compile(
            r"(?:\bssn?\b|social(?: security)?(?: number)?|last\s*(?:4|four))(?:\s+of\s+\w+)?"
            r"(?:\s*(?:is|no\.?|number|#|:|=|-))*\s*(?P<value>\d[\d -]{2,11}\d)",
            re.IGNORECASE,
        ),
    ),
    _Pattern("SSN", re.compile(r"(?<![\w.:/+-])\d{9}(?![\w.:/-])")),
    _Pattern(
        "EDIPI",
        re.compile(r"\b(?:edipi|dod\s*id)(?:\s*(?:is|number|#|:|=|-))*\s*(?P<value>\d{10})(?!\d)",
                   re.IGNORECASE),
    ),
    _Pattern(
        "date of birth",
        re.compile(
            rf"(?:\bd\.?o\.?b\b\.?|\bborn(?:\s+on)?|date\s+of\s+birth|birth\s*da(?:te|y))"
            rf"(?:\s*(?:is|:|=|-))*\s*(?P<value>{_DATE})",
            re.IGNORECASE,
        ),
    ),
    _Pattern(
        "phone",
        re.compile(
            r"(?<![\w.+-])(?:\+?1[ .-]?)?(?:\(\d{3}\)\s?|\d{3}[ .-])\d{3}[ .-]\d{4}"
            r"(?:\s?(?:x|ext\.?)\s?\d{1,6})?(?![\w-])",
            re.IGNORECASE,
        ),
    ),
    _Pattern("phone", re.compile(r"(?<![\w.:/-])\+?1?[2-9]\d{2}[2-9]\d{6}(?![\w.:/-])")),
    _Pattern(
        "name",
        re.compile(
            rf"\b{_PERSON}\s+(?:named\s+|is\s+)?(?P<name>{_NAME}(?:,?\s+(?:[A-Z]\.?\s+)?{_NAME})?)"
        ),
        _is_name,
    ),
    _Pattern(
        "name", re.compile(rf"\b[Nn]ame(?:d|\s+is|\s*[:=])\s*(?P<name>{_NAME}(?:,?\s+{_NAME})?)"),
        _is_name,
    ),
)  # fmt: skip


def mask(text: str) -> Masked:
    """`text` with each identifier replaced by its kind in brackets: `[SSN]`, `[phone]`, `[name]`.

    A name is found only beside a word that says it is a person's. Masking twice changes nothing.
    """
    found: list[str] = []
    for pattern in _PATTERNS:
        text = pattern.expression.sub(partial(_put, pattern, found), text)
    return Masked(text=text, found=tuple(dict.fromkeys(found)))


def _put(pattern: _Pattern, found: list[str], match: re.Match[str]) -> str:
    if not pattern.accepts(match):
        return match[0]
    found.append(pattern.kind)
    part = next((name for name in ("value", "name") if name in match.re.groupindex), None)
    if part is None:
        return f"[{pattern.kind}]"
    start, end = match.start(part) - match.start(), match.end(part) - match.start()
    return f"{match[0][:start]}[{pattern.kind}]{match[0][end:]}"
