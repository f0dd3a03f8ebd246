"""Fetching a calendar from its address."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from apps.core.http import Answer, HttpProblem, Limits, get_public
from apps.oncall.rules.calendars import MOST_BYTES

LIMITS = Limits(total=20.0, max_bytes=MOST_BYTES)
ACCEPT = "text/calendar, */*;q=0.1"
LONGEST_ASKED = 86400.0
MOVED = "sends us to another address, which we do not follow: add the calendar by that one"
SAYINGS = {
    401: "wants somebody to sign in",
    403: "does not let us in",
    404: "has no calendar there (any more)",
    410: "has no calendar there any more",
    429: "asks us to come less often",
}


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A calendar as it came; `content` None where it is still what it was."""

    content: bytes | None
    etag: str = ""
    last_modified: str = ""


class UnableToFetch(Exception):
    """Why not, in words; `retry_after` where the other side said when to come again."""

    def __init__(self, words: str, retry_after: timedelta = timedelta()) -> None:
        super().__init__(words)
        self.retry_after = retry_after


def fetch(url: str, *, host: str, etag: str, last_modified: str) -> Fetched:
    """Ask for a calendar, unless it is what it was. Raises UnableToFetch."""
    headers = {"Accept": ACCEPT, "If-None-Match": etag, "If-Modified-Since": last_modified}
    asked = {name: value for name, value in headers.items() if value}
    try:
        answer = get_public(url, inside=settings.CALENDAR_HOSTS, headers=asked, limits=LIMITS)
    except HttpProblem as problem:
        words = f"{host} {MOVED}" if problem.kind == "redirect" else str(problem)
        raise UnableToFetch(words) from problem
    if answer.status == 200:
        return Fetched(
            content=answer.body, etag=_short(answer, "ETag", 300),
            last_modified=_short(answer, "Last-Modified", 100),
        )  # fmt: skip
    if answer.status == 304:
        return Fetched(content=None)
    words = SAYINGS.get(answer.status, f"answered {answer.status}")
    wait = min(answer.retry_after or 0.0, LONGEST_ASKED)
    raise UnableToFetch(f"{host} {words}", timedelta(seconds=wait))


def _short(answer: Answer, name: str, most: int) -> str:
    """A header to be sent back; one that is too long is left out."""
    value = answer.headers.get(name, "").strip()
    return value if len(value) <= most and value.isprintable() else ""
