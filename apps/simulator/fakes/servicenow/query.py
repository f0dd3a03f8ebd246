"""Encoded queries: `a=1^ORb=2^NQc>3^ORDERBYd`, and what of them an instance understands; pure."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial

Row = dict[str, str]
Read = Callable[[Row, str], str]  # the value of a field, also of one behind a reference

Test = Callable[[str, str], bool]


def _same(value: str, said: str) -> bool:
    return value.casefold() == said.casefold()


def _among(value: str, said: str) -> bool:
    return any(_same(value, each.strip()) for each in said.split(","))


def _below(value: str, said: str) -> bool:
    """Numbers by size, all else (instants, sys_ids) by text. An empty field is below nothing."""
    if value.isdecimal() and said.isdecimal():
        return int(value) < int(said)
    return bool(value) and value < said


def _above(value: str, said: str) -> bool:
    return bool(value) and not _same(value, said) and not _below(value, said)


def _between(value: str, said: str) -> bool:
    low, _, high = said.partition("@")
    return not _below(value, low) and not _above(value, high) and bool(value)


OPERATORS: dict[str, Test] = {
    "NOT LIKE": lambda value, said: said.casefold() not in value.casefold(),
    "NOT IN": lambda value, said: not _among(value, said),
    "STARTSWITH": lambda value, said: value.casefold().startswith(said.casefold()),
    "ENDSWITH": lambda value, said: value.casefold().endswith(said.casefold()),
    "ISNOTEMPTY": lambda value, _: bool(value),
    "ISEMPTY": lambda value, _: not value,
    "EMPTYSTRING": lambda value, _: not value,
    "ANYTHING": lambda value, said: True,
    "BETWEEN": _between,
    "LIKE": lambda value, said: said.casefold() in value.casefold(),
    "IN": _among,
    "!=": lambda value, said: not _same(value, said),
    ">=": lambda value, said: _above(value, said) or (bool(value) and _same(value, said)),
    "<=": lambda value, said: _below(value, said) or (bool(value) and _same(value, said)),
    "=": _same,
    ">": _above,
    "<": _below,
}
# Field names are lower case and operators are not, so the first operator is where the name ends.
TERM = re.compile(
    r"([a-z0-9_.]+)(" + "|".join(re.escape(each) for each in OPERATORS) + ")(.*)", re.DOTALL
)
ORDER = re.compile(r"ORDERBY(DESC)?([a-z0-9_.]+)")


@dataclass(frozen=True, slots=True)
class Term:
    field: str
    operator: str
    said: str


@dataclass(frozen=True, slots=True)
class Query:
    """`arms` are joined by OR; each is a list of groups joined by AND; a group is terms by OR.

    `invalid` says that something was not understood. It has been dropped: by itself that finds
    more, not less, as with the real thing.
    """

    arms: list[list[list[Term]]]
    order: list[tuple[str, bool]]  # field, descending
    invalid: bool

    def find(self, rows: Iterable[Row], read: Read) -> list[Row]:
        """The rows that match, in the order asked for, else as they came."""
        found = [row for row in rows if any(_matches(arm, row, read) for arm in self.arms)]
        for field, descending in reversed(self.order):
            found.sort(key=partial(_place, read, field), reverse=descending)
        return found


def parse(text: str, known: Callable[[str], bool]) -> Query:
    """The query as understood; `known` says whether a field, also a dot-walked one, exists."""
    arms: list[list[list[Term]]] = []
    order: list[tuple[str, bool]] = []
    invalid = False
    for part in text.split("^NQ"):
        groups: list[list[Term]] = []
        invalid |= _read_arm(part, known, groups, order)
        arms.append([group for group in groups if group])
    return Query(arms, order, invalid)


def _read_arm(
    part: str,
    known: Callable[[str], bool],
    groups: list[list[Term]],
    order: list[tuple[str, bool]],
) -> bool:
    """Fill `groups` and `order`; whether anything had to be dropped."""
    dropped = False
    for piece in filter(None, part.split("^")):
        by = ORDER.fullmatch(piece)
        if by:
            dropped |= not known(by[2])
            order += [(by[2], bool(by[1]))] if known(by[2]) else []
            continue
        joined = piece.startswith("OR") and bool(groups)
        term = _term(piece.removeprefix("OR") if joined else piece, known)
        dropped |= term is None
        if not joined:
            groups.append([])
        groups[-1] += [term] if term else []
    return dropped


def _term(piece: str, known: Callable[[str], bool]) -> Term | None:
    match = TERM.fullmatch(piece)
    if match is None or not known(match[1]) or match[3].startswith("javascript:"):
        return None
    return Term(match[1], match[2], match[3])


def _matches(arm: Collection[Collection[Term]], row: Row, read: Read) -> bool:
    return all(any(_holds(term, row, read) for term in group) for group in arm)


def _holds(term: Term, row: Row, read: Read) -> bool:
    return OPERATORS[term.operator](read(row, term.field), term.said)


def _place(read: Read, field: str, row: Row) -> tuple[int, int, str]:
    """Where a row sorts: empty first, numbers by size, all else by text, whatever its case."""
    value = read(row, field)
    if value.isdecimal():
        return 1, int(value), value
    return (2 if value else 0), 0, value.casefold()
