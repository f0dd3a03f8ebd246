"""Site numbers in somebody's table. Spreadsheets turn texts into numbers: 442 becomes 442.0, 12E3
becomes 12000, 042 becomes 42. A number is taken for a site only where no other could have become
it."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from apps.rollouts.rules.cells import BadCell, Cell, text_of

AS_TEXT = "format the column as text and enter it again"
LONGEST = 12  # characters
NEAR = 0.8  # of 1: how alike a known number is that is worth asking about
_READ_AS_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?")
# What a spreadsheet writes for a number of its own: 12000.0, 1.2E+04.
_MADE = re.compile(r"[0-9]+\.[0-9]*|[0-9]+(?:\.[0-9]*)?[eE]\+[0-9]{1,3}|[0-9]+\.[0-9]*[eE][0-9]+")


def is_made_by_spreadsheet(text: str) -> bool:
    """Whether a text looks like a number that a spreadsheet wrote, not like the number of a site:
    442.0, 1.2E+04."""
    return _MADE.fullmatch(text) is not None


class SiteNumbers:
    """The numbers of the register, and what a new one has to look like."""

    def __init__(self, known: Iterable[str], pattern: re.Pattern[str]) -> None:
        self.known = sorted(known)
        self._pattern = pattern
        self._is_known = frozenset(self.known)
        self._folded = {one.casefold(): one for one in self.known}
        self._by_number: dict[float, list[str]] = {}
        for one in self.known:
            if _READ_AS_NUMBER.fullmatch(one):
                self._by_number.setdefault(float(one), []).append(one)

    def __contains__(self, text: str) -> bool:
        return text in self._is_known

    def of(self, value: Cell) -> str:
        """The site number in a cell, as it is written; known, or of the right look. Raises BadCell:
        missing, another kind of cell, one that a spreadsheet may have damaged."""
        if isinstance(value, bool | date | datetime | time | timedelta):
            raise BadCell(f"is no site number: {AS_TEXT}")
        if isinstance(value, int | float):
            return self._from_number(value)
        text = text_of(value)
        if not text:
            raise BadCell("the site number is missing")
        return text if text in self._is_known else self._new(text)

    def _new(self, text: str) -> str:
        if other := self._folded.get(text.casefold()):
            raise BadCell(f"differs from {other} in case alone: write {other}")
        if len(text) > LONGEST:  # before any pattern: somebody else wrote that
            raise BadCell(f"has {len(text)} characters; {LONGEST} is the most")
        if is_made_by_spreadsheet(text):
            words = _may_be(self._by_number.get(float(text), [])) or "a spreadsheet made it"
            raise BadCell(f"is a number, not a site number; {words}: {AS_TEXT}")
        if not self._pattern.fullmatch(text):
            raise BadCell(f"is not a site number: it has to look like {self._pattern.pattern}")
        return text

    def _from_number(self, value: float) -> str:
        if not float(value).is_integer():
            raise BadCell(f"is a number, not a site number: {AS_TEXT}")
        if abs(value) >= 10**LONGEST:
            raise BadCell(f"is no site number: {LONGEST} characters are the most")
        text = str(int(value))
        others = self.twins(text)
        if not others and text in self._is_known:
            return text
        others = others or self._with_exponents(text)
        if others:
            raise BadCell(f"is a number here; {_may_be(others)}: {AS_TEXT}")
        if not self._pattern.fullmatch(text):
            raise BadCell(f"is not a site number; if it began with zeros: {AS_TEXT}")
        return text

    def twins(self, text: str) -> list[str]:
        """Other known numbers a spreadsheet shows as the same number."""
        if not _READ_AS_NUMBER.fullmatch(text):
            return []
        return [one for one in self._by_number.get(float(text), []) if one != text]

    def _with_exponents(self, text: str) -> list[str]:
        """The shortest text that a spreadsheet reads as this number and that could be a site."""
        zeros = len(text) - len(text.rstrip("0"))
        texts = [f"{text[: len(text) - power]}E{power}" for power in range(zeros, 0, -1)]
        return [one for one in texts if self._pattern.fullmatch(one)][:1]

    def near(self, text: str) -> str:
        """`; did you mean '442GC'?` of a number that is not known, or nothing."""
        if others := self.twins(text):
            return f"; {_may_be(others)}"
        alike = JaroWinkler.normalized_similarity  # numbers that begin alike are near
        found = process.extractOne(text, self.known, scorer=alike, score_cutoff=NEAR)
        return f"; did you mean {found[0]!r}?" if found else ""


def _may_be(numbers: list[str]) -> str:
    return f"it may have been {' or '.join(numbers)}" if numbers else ""
