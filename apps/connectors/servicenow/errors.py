"""What ServiceNow's refusals and broken answers mean, in words."""

import re
from email.utils import parsedate_to_datetime
from typing import Any

from apps.connectors.base import ConnectorError
from apps.core.http import Answer, HttpProblem

ASLEEP = "The ServiceNow instance is asleep or shows a sign-in page."
MAX_WAIT = 3600.0  # seconds; limits count per hour
MAX_WORDS = 300
NOT_FOUND = "No Record found"


def error_words(body: Any) -> str:
    """The instance's own explanation ("Operation Failed: … aborted by Business Rule 'X'").

    Business rules speak to people here. Rule identifiers and line breaks are taken out.
    """
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):
        return _tidy(error)
    if not isinstance(error, dict):
        return ""
    parts = (error.get("message"), error.get("detail"))
    return ": ".join(_tidy(part) for part in parts if isinstance(part, str) and part.strip())


def _tidy(text: str) -> str:
    text = re.sub(r"\^[0-9a-f]{32}", "", text)
    text = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return text if len(text) <= MAX_WORDS else text[:MAX_WORDS] + "…"


def is_empty_set(status: int, body: Any) -> bool:
    """Whether this 404 only says that nothing matched (version 1 of the Table API)."""
    return status == 404 and error_words(body).startswith(NOT_FOUND)


def refusal(answer: Answer, body: Any) -> ConnectorError:
    """The error for a status of 400 or above; `body` is the parsed answer or None."""
    words = error_words(body).rstrip(".") or "without saying why"
    if answer.status == 429:
        return ConnectorError("ServiceNow asked us to slow down.", retry_after=wait(answer))
    if answer.status >= 500 or answer.status == 408:
        text = f"ServiceNow failed with {answer.status}: {words}."
        return ConnectorError(text, ambiguous=True, retry_after=answer.retry_after)
    if answer.status == 401:
        return ConnectorError("ServiceNow did not accept our sign-in.", permanent=True)
    return ConnectorError(f"ServiceNow refused ({answer.status}): {words}.", permanent=True)


def broken(answer: Answer, body: Any) -> ConnectorError:
    """The error for a 2xx whose content is not a result: it may yet have taken effect."""
    if answer.media_type == "text/html":
        return ConnectorError(ASLEEP, ambiguous=True)
    words = error_words(body).rstrip(".")
    text = f"ServiceNow broke off: {words}." if words else "ServiceNow's answer is incomplete."
    return ConnectorError(text, ambiguous=True)


def redirected(problem: HttpProblem) -> ConnectorError | None:
    """The error for an answer that sends us to a sign-in page; None for other problems."""
    return ConnectorError(ASLEEP) if problem.kind == "redirect" else None


def wait(answer: Answer) -> float | None:
    """Seconds to wait after a 429: `Retry-After`, else `X-RateLimit-Reset` by their own clock."""
    if answer.retry_after is not None:
        return answer.retry_after
    reset = answer.headers.get("X-RateLimit-Reset", "")
    if not (reset.isascii() and reset.isdigit() and len(reset) <= 12):
        return None
    try:
        there_now = parsedate_to_datetime(answer.headers.get("Date", "")).timestamp()
    except ValueError:
        return None
    return min(max(float(reset) - there_now, 0.0), MAX_WAIT)
