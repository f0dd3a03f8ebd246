"""Which site and which product a message is about: by number first, else by an exact name."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

By = Literal["number", "name"]
LOOK_AROUND = 24  # characters beside a number that say what it is a number of
SPLIT_WORDS = 2  # a name may be written in so many words more than it has
SHORTEST_NAME = 4

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# A candidate stands alone: not inside a longer word, a decimal, a path, an address, #442 or $442.
_TOKEN = re.compile(r"(?<![\w.,:/#$€£+@-])[^\W_]+(?:[._-][^\W_]+)*(?![%€@\w]|[.,:/-]\d)")
_PHONE = re.compile(r"(?<!\d)(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?!\d)")
_BEFORE = re.compile(
    r"\b(?:(?:status|http|code|ext|extension|phone|fax|tel|pin|port|line)[ .:=#]*"
    r"|(?:errors?|room|rm|suite|ste|bldg|building|page|row|ticket|issue|inc|ritm|pr|version|build)"
    r"[ .=#]*)$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r" ?(?:ms|s|secs?|seconds?|mins?|minutes?|hours?|hrs?|days?|weeks?|times|percent|dollars|usd"
    r"|[kmg]b|miles|feet|patients|veterans|people|users|appointments|texts|messages|calls)\b",
    re.IGNORECASE,
)
# Some answers of web servers are also numbers of sites; beside these words they are answers.
_ANSWERS = frozenset("400 401 403 404 408 409 413 422 429 500 501 502 503 504".split())  # noqa: SIM905 - a table
_BEFORE_ANSWER = re.compile(r"\b(?:an?|gets?|got|getting|gives?|returns?|returned)[ :]*$", re.I)
_AFTER_ANSWER = re.compile(
    r" ?(?:errors?|status|response|bad gateway|gateway|service unavailable|internal server"
    r"|not found|forbidden|time-?d? ?-?out)\b",
    re.IGNORECASE,
)
# What tells no site from another: a short name ends before these words, and never starts with one.
_COMMON = frozenset(
    "va vamc hcs vahcs medical center centre health care healthcare system sys clinic facility "  # noqa: SIM905 - a table
    "department of veterans administration affairs outpatient campus division memorial hospital "
    "regional federal branch office the and".split()
)


@dataclass(frozen=True)
class SiteName:
    """A site as recognition needs it."""

    key: int
    number: str
    name: str


@dataclass(frozen=True)
class SiteGuess:
    """The site a text names, and by what."""

    key: int
    by: By


class SiteIndex:
    """Finds sites in texts; built once per list of sites, then O(length of the text)."""

    def __init__(self, sites: Iterable[SiteName]) -> None:
        self._numbers: dict[str, int] = {}
        self._names: dict[str, set[int]] = defaultdict(set)
        self._longest = SPLIT_WORDS
        for site in sites:
            self._numbers[site.number.upper()] = site.key
            for words in _names_of(site.name):
                self._names[_joined(words)].add(site.key)
                self._longest = max(self._longest, len(words) + SPLIT_WORDS)

    def recognise(self, text: str) -> SiteGuess | None:
        """The one site the text names, by number or by an exact name; None when it names none, or
        more than one. Numbers come before names."""
        by_number = self._by_number(text)
        if by_number:
            return SiteGuess(by_number.pop(), "number") if len(by_number) == 1 else None
        by_name = _named(text, self._names, self._longest)
        return SiteGuess(by_name.pop(), "name") if len(by_name) == 1 else None

    def _by_number(self, text: str) -> set[int]:
        plain = _PHONE.sub(" , ", text)
        found = (self._number_at(plain, match) for match in _TOKEN.finditer(plain))
        return {key for key in found if key is not None}

    def _number_at(self, text: str, match: re.Match[str]) -> int | None:
        """The site a token names: "442", "442GC", and "442" of "442-Cheyenne"."""
        for token in _heads(match[0].upper()):
            if token in self._numbers and any(letter.isdigit() for letter in token):
                start, end = match.start(), match.start() + len(token)
                is_other = _counts_something(token, text[max(0, start - LOOK_AROUND) : start],
                                             text[end : end + LOOK_AROUND])  # fmt: skip
                return None if is_other else self._numbers[token]
        return None


def recognise_site(text: str, sites: Iterable[SiteName]) -> SiteGuess | None:
    """The one site a text names; for many texts build a `SiteIndex` once."""
    return SiteIndex(sites).recognise(text)


def recognise_product(text: str, products: Sequence[tuple[int, str, str]]) -> int | None:
    """The one product a text names, from (id, key, name); spelling of blanks, hyphens and case does
    not matter ("check-in link" names eCheck-in). None when it names none, or several."""
    names: dict[str, set[int]] = defaultdict(set)
    for key, slug, name in products:
        for spelling in _spellings(slug, name):
            names[spelling].add(key)
    longest = max((len(_words(f"{slug} {name}")) for _, slug, name in products), default=0)
    hits = _named(text, names, longest + SPLIT_WORDS)
    return hits.pop() if len(hits) == 1 else None


def _heads(token: str) -> Iterator[str]:
    """The token, then its beginnings before each separator, longest first."""
    yield token
    for at in range(len(token) - 1, 0, -1):
        if token[at] in "._-" and not token[at + 1].isdigit():
            yield token[:at]


def _counts_something(token: str, before: str, after: str) -> bool:
    """Whether a number is an amount, an extension, an error … and not a site."""
    if _BEFORE.search(before) or _AFTER.match(after):
        return token.isdigit()
    is_answer = _BEFORE_ANSWER.search(before) or _AFTER_ANSWER.match(after)
    return token in _ANSWERS and bool(is_answer)


def _named(text: str, names: Mapping[str, Iterable[int]], longest: int) -> set[int]:
    """Everything the longest names that stand in the text may mean."""
    words = _words(text)
    found: set[int] = set()
    position = 0
    while position < len(words):
        length = _name_at(words, position, names, longest)
        if length:
            found |= set(names[_joined(words[position : position + length])])
        position += length or 1
    return found


def _name_at(words: Sequence[str], position: int, names: Mapping[str, object], longest: int) -> int:
    """How many words the longest name that starts here has; 0 when none does."""
    for length in range(min(longest, len(words) - position), 0, -1):
        if _joined(words[position : position + length]) in names:
            return length
    return 0


def _names_of(name: str) -> list[list[str]]:
    """The full name, and what distinguishes it: "Omaha VA Medical Center" is also "Omaha"."""
    words = _words(name)
    start = next((at for at, word in enumerate(words) if word not in _COMMON), len(words))
    end = next((at for at in range(start, len(words)) if words[at] in _COMMON), len(words))
    short = words[start:end]
    return [one for one in (words, short) if len(_joined(one)) >= SHORTEST_NAME]


def _spellings(slug: str, name: str) -> set[str]:
    """`eCheck-in` is also written "check in", "e-checkin"; a leading single letter is optional."""
    full = {_joined(_words(slug)), _joined(_words(name))}
    bare = {one[1:] for one in full if re.match(r"e[^aeiou]", one)}
    return {one for one in full | bare if len(one) >= 3}


def _words(text: str) -> list[str]:
    """The words of a text without case, accents and apostrophes."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return [word.replace("'", "").replace("’", "").casefold() for word in _WORD.findall(plain)]


def _joined(words: Sequence[str]) -> str:
    return "".join(words)
