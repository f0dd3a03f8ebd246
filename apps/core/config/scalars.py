"""Plain words of YAML: what they mean here, and which ones must be put in quotes.

YAML 1.1 reads 0442 as 290 and 10:30 as 630, YAML 1.2 reads 442E1 as 4420; station numbers and times
look just like that. So only plain numbers, true, false and null mean something of their own. All
else is text, dates too (the forms read them); what tools read differently is refused.
"""

import re
from typing import Any

_NULL = {"", "~", "null", "Null", "NULL"}
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\.[0-9]{1,17}\Z")
_TRAP = re.compile(
    r"""[-+]?(
      0[0-9]+ | 0[xX][0-9a-fA-F_]+ | 0[oO][0-7_]+ | 0[bB][01_]+      # octal, hexadecimal, binary
    | [0-9][0-9_.]*[eE][-+]?[0-9]+                                  # powers of ten
    | [0-9]+_[0-9_]*                                                # 1_000
    | [1-9][0-9]*(:[0-5]?[0-9])+(\.[0-9]*)?                         # base 60
    )\Z""",
    re.VERBOSE,
)


class Trap(ValueError):
    """A plain word that tools read differently; its text says what to write."""


class Decimal(float):
    """A decimal number that still knows how it was written: 442.10 as text is "442.10"."""

    def __new__(cls, written: str) -> "Decimal":
        number = super().__new__(cls, written)
        number.written = written
        return number

    written: str

    def __str__(self) -> str:
        return self.written


def meaning(word: str) -> Any:
    """The value of a plain scalar. Raises Trap."""
    if word in _NULL:
        return None
    if word in _TRUTH:
        return _TRUTH[word]
    if _WHOLE.match(word):
        return int(word)
    if _DECIMAL.match(word):
        return Decimal(word)
    if _TRAP.match(word):
        raise Trap(f'{word} may be read as another number; put it in quotes: "{word}"')
    return word


def needs_quotes(text: str) -> bool:
    """Whether `text`, written plainly, would be read as something else, here or by other tools."""
    return bool(
        text in _NULL
        or text in _TRUTH
        or any(shape.match(text) for shape in (_WHOLE, _DECIMAL, _TRAP))
    )
