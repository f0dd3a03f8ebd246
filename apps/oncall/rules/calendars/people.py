"""Who an event is about."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.core.guard import mask
from apps.oncall.rules.calendars.values import BadEvent

MAILTO = "mailto:"
MOST_NAMES = 3
NOBODY = "nobody who works in this programme is named in it"
THINGS = frozenset({"RESOURCE", "ROOM"})
# Ann is neither in "Mary-Ann" nor in "ann.smith@example.gov".
BEFORE, AFTER = r"(?<!\w)(?<!\w[-.'@+])", r"(?![-.@+]?\w)"


@dataclass(frozen=True, kw_only=True)
class Known:
    """Somebody who can be put on duty."""

    username: str
    name: str
    email: str = ""


class Register:
    """Those who can be put on duty, by address and by name."""

    def __init__(self, people: Iterable[Known]) -> None:
        everybody = list(people)
        self._by_address = _grouped((one.email, one.username) for one in everybody)
        self._by_name = _grouped(
            (words, one.username)
            for one in everybody
            for words in (one.name, one.username, one.email)
        )
        names = "|".join(sorted(map(re.escape, self._by_name), key=len, reverse=True))
        self._names = re.compile(f"{BEFORE}(?:{names}){AFTER}") if names else None

    def who(self, event: Mapping[str, Any]) -> str:
        """The username of the one person an event is about. Raises BadEvent."""
        organiser = _address(event.get("ORGANIZER"))
        invited = {address for address in _invited(event) if address != organiser}
        for found in (self._of(invited), self._named(event), self._of({organiser})):
            if len(found) > 1:
                names = ", ".join(sorted(found))
                raise BadEvent(f"names more than one person: {names}")
            if found:
                return next(iter(found))
        names = ", ".join(_names(event))
        raise BadEvent(
            f"{NOBODY} (invited, by no address known here: {names})" if names else NOBODY
        )

    def _of(self, addresses: Iterable[str]) -> set[str]:
        return {who for one in addresses for who in self._by_address.get(one, ())}

    def _named(self, event: Mapping[str, Any]) -> set[str]:
        """Whole words of the summary; of two names that begin alike the longer."""
        if self._names is None:
            return set()
        words = _folded(str(event.get("SUMMARY", "")))
        return {who for found in self._names.findall(words) for who in self._by_name[found]}


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for words, username in pairs:
        if key := _folded(words):
            found.setdefault(key, set()).add(username)
    return found


def _folded(words: str) -> str:
    """For comparing: one way to write an accent, an apostrophe and a space."""
    plain = unicodedata.normalize("NFKC", words).replace("\u2019", "'")
    return " ".join(plain.casefold().split())


def _invited(event: Mapping[str, Any]) -> Iterator[str]:
    """Addresses of the people invited who have not declined."""
    for one in _listed(event.get("ATTENDEE")):
        facts = {name: str(value).upper() for name, value in one.params.items()}
        if facts.get("PARTSTAT") != "DECLINED" and facts.get("CUTYPE") not in THINGS:
            yield _address(one)


def _names(event: Mapping[str, Any]) -> list[str]:
    """What the people invited are called, masked; the first few."""
    names = [_called(one) for one in _listed(event.get("ATTENDEE"))]
    return [mask(one).text[:60] for one in names if one][:MOST_NAMES]


def _called(attendee: Any) -> str:
    """Their name; of an address what stands before the @, which is enough to know whose it is."""
    name = str(attendee.params.get("CN", "")).strip() or _address(attendee)
    local, at, _ = name.partition("@")
    return f"{local}@…" if at and " " not in name else name


def _listed(value: Any) -> Sequence[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _address(value: Any) -> str:
    """An address of mail; from EMAIL (RFC 7986) where the value is none."""
    words = str(value or "").strip().casefold()
    if "@" not in words and value is not None:
        words = str(getattr(value, "params", {}).get("EMAIL", words)).strip().casefold()
    return words.removeprefix(MAILTO).strip()
