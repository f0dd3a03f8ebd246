"""A section of programme.yaml, and what it works with while a file is applied."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path as FilePath
from typing import Any, Literal

from rest_framework.serializers import Serializer

from apps.core.config.problems import Path, Wrong

Verb = Literal["+", "~", "-", "="]


@dataclass(frozen=True)
class Note:
    """One line of the diff: added, changed, removed or unchanged."""

    section: str
    verb: Verb
    label: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.verb} {self.label}" + (f": {self.detail}" if self.detail else "")


@dataclass
class Applying:
    """One run of `apply`. `programme` and `shift_weeks` are set by the `programme` section.

    `now` is UTC, `today` its date. `shift_to_today`: the command was asked to move the programme
    so that today lies in its ninth week; the `programme` section decides (a stored shift stays)
    and puts the weeks into `shift_weeks`, by which `shifted` moves every date of the file.
    `section` is the key being applied. `origin` and `actor` are for the ledger.
    """

    now: datetime
    today: date
    actor: str
    folder: FilePath
    origin: str = "command"
    reason: str = ""
    shift_to_today: bool = False
    shift_weeks: int = 0
    programme: Any = None
    section: str = ""
    notes: list[Note] = field(default_factory=list)
    wrongs: list[Wrong] = field(default_factory=list)

    def note(self, verb: Verb, label: str, detail: str = "") -> None:
        """A line of the diff, e.g. ("~", "product echeckin", 'queue "a" → "b"'). Never a secret."""
        self.notes.append(Note(self.section, verb, label, detail))

    def refuse(self, words: str, path: Path) -> None:
        """Something is wrong, but look on: the section may find more. The file is refused."""
        self.wrongs.append(Wrong(words, path))

    def shifted(self, on: date) -> date:
        """A date of the file, moved by the programme's shift."""
        return on + timedelta(weeks=self.shift_weeks)


@dataclass(frozen=True)
class Section:
    """What an app offers for one top-level key.

    `form` checks one entry (or, with `many=False`, the mapping); unknown keys are refused before
    it runs, unless the form class says `accepts_other_keys = True` and checks them itself. Dates
    reach it as text. `apply` gets the validated list (or mapping; the plain value without form),
    may raise Wrong or call `applying.refuse`. `export` returns the plain value for a programme
    (None: leave the key out). `csv`: `{file: NAME.csv}` may stand instead of the list; each row
    becomes an entry of texts, empty cells left out, headers are keys (`columns` renames others).
    """

    key: str
    form: type[Serializer[Any]] | None
    apply: Callable[[Applying, Any], None]
    export: Callable[[Any], Any] | None = None
    many: bool = True
    csv: bool = False
    columns: tuple[tuple[str, str], ...] = ()


class FromEnvironment(str):
    """A value `export` writes as `${NAME}`: FromEnvironment("SNOW_PASSWORD")."""

    __slots__ = ()
