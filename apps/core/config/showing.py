"""The diff of a run as lines for a terminal."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from apps.core.config.run import Outcome
from apps.core.config.sections import Note, Verb

SHOWN = 20
NAMES: dict[Verb, str] = {"+": "added", "~": "changed", "-": "removed", "=": "unchanged"}


def lines(outcome: Outcome, *, all_of_them: bool) -> Iterator[str]:
    """What changed, by section, at most 20 lines of each unless all are wanted; then the sum."""
    for _, notes in groupby(outcome.notes, key=lambda note: note.section):
        told = [note for note in notes if note.verb != "="]
        shown = told if all_of_them else told[:SHOWN]
        yield from (outcome.document.hidden(str(note)) for note in shown)
        if len(told) > len(shown):
            yield f"  … and {len(told) - len(shown)} more (--verbosity 2 shows all)"
    yield from (f"{key}: read, not used by this version" for key in outcome.unused)
    yield summary(outcome.notes)


def summary(notes: list[Note]) -> str:
    """`130 added, 2 changed, 3 unchanged`."""
    counts = Counter(note.verb for note in notes)
    parts = [f"{counts[verb]} {name}" for verb, name in NAMES.items() if counts[verb]]
    return ", ".join(parts) or "nothing to do"
