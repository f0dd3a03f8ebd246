"""Log lines: JSON for machines, coloured text for a terminal, nothing personal in either.

Only the fields of `FIELDS` are written as they are; the value of any other field is hidden. In the
text of a line, what looks like an address, a number of a person or a secret is masked. Of an
exception the kind and the places in the code are written, never its words: a database error quotes
the row it refused.
"""

import logging
import os
import re
import sys
import traceback
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"
FIELDS = frozenset(
    {
        "attempts",
        "bell",
        "connection",
        "count",
        "event",
        "exception",
        "kind",
        "level",
        "logger",
        "method",
        "ms",
        "queue",
        "request_id",
        "route",
        "status",
        "task",
        "timestamp",
    }
)
_PATTERNS = (
    (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "[e-mail]"),
    (r"(?<=://)[^/\s@]*@", f"{HIDDEN}@"),
    (r"(?i)\b(bearer|basic|token)\s+[\w.~+/=-]{8,}", rf"\1 {HIDDEN}"),
    (r"\bxox[a-z]-[\w-]+", HIDDEN),
    (
        r"(?i)\b(password|secret|token|api_?key)(['\"]?\s*[=:]\s*['\"]?)[^\s'\",;&]+",
        rf"\1\2{HIDDEN}",
    ),
    (r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)", "[number]"),
    (r"(?<![\d-])(?:\+?1[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)", "[number]"),
    (r"(?<=\S)\?\S+=\S*", "?[hidden]"),
)
_MASKS = tuple((re.compile(pattern), word) for pattern, word in _PATTERNS)


def mask(text: str) -> str:
    """`text` without e-mail addresses, telephone and social security numbers, and secrets."""
    for pattern, word in _MASKS:
        text = pattern.sub(word, text)
    return text


def keep_known_fields(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Hide the value of every field that is not known to be harmless; mask the text."""
    kept = {name: value if name in FIELDS else HIDDEN for name, value in event.items()}
    kept["event"] = mask(str(event.get("event", "")))
    return kept


def name_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace `exc_info` by the kind of the exception and where it came from, innermost first."""
    info = event.pop("exc_info", None)
    error = info[1] if isinstance(info, tuple) else info
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["exception"] = " < ".join([type(error).__name__, *_places(error.__traceback__)])
    return event


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-8:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in reversed(frames)]


def _short(path: str) -> str:
    return "/".join(path.split("/")[-3:])


def line_formatter() -> logging.Formatter:
    """The formatter of settings.LOGGING: one line per record, for whoever reads stderr."""
    before: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    after: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        name_exception,
        keep_known_fields,
        _renderer(),
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before, processors=after, keep_exc_info=False, keep_stack_info=False
    )


def _renderer() -> Any:
    if sys.stderr.isatty() or os.environ.get("LOG_FOR_PEOPLE") == "1":
        return structlog.dev.ConsoleRenderer(pad_event_to=0)
    return structlog.processors.JSONRenderer(sort_keys=True, default=str)
