"""A programme.yaml as plain values, each of which knows its file and line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

import yaml

from apps.core.config.nodes import Reader
from apps.core.config.problems import Path, Place, Problem, Refused
from apps.core.config.substitution import hide

LARGEST = 1024 * 1024


@dataclass
class Document:
    """What a file says. `taken`: values that came from the environment, never to be shown."""

    file: str
    values: dict[str, Any]
    places: dict[Path, Place]
    taken: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    complained: set[Path] = field(default_factory=set)

    def place(self, path: Path) -> Place:
        """The file and line of a value, or of the nearest one around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(self.file, 1))

    def complain(self, path: Path, words: str) -> None:
        """Note a problem, unless one was noted here already; values from outside stay hidden."""
        if any(path[:length] in self.complained for length in range(1, len(path) + 1)):
            return
        self.complained.add(path)
        place = self.place(path)
        self.problems.append(Problem(place.file, place.line, self.hidden(words)))

    def hidden(self, words: str) -> str:
        return hide(words, self.taken)


def read_document(path: FilePath, environment: Mapping[str, str]) -> Document:
    """Read a YAML file. Raises Refused when it is none; lesser problems stand in the document."""
    reader = Reader(path.name, environment)
    try:
        node = yaml.compose(_text(path), Loader=yaml.SafeLoader)
        values = reader.read(node) if node else {}
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        raise _refusal(path, _words(problem), mark.line + 1 if mark else 0) from problem
    except yaml.YAMLError as problem:
        raise _refusal(path, str(problem).splitlines()[0]) from problem
    except RecursionError as problem:
        raise _refusal(path, "is nested too deeply") from problem
    if not isinstance(values, dict) or node is None:
        raise _refusal(path, "is not a mapping; it starts with a key such as `programme:`", 1)
    document = Document(path.name, values, reader.places, reader.taken)
    for where, words in reader.problems:
        document.complain(where, words)
    return document


def _refusal(path: FilePath, words: str, line: int = 0) -> Refused:
    return Refused([Problem(path.name, line, words)])


def _text(path: FilePath) -> str:
    """The text of the file. Raises Refused."""
    try:
        if path.stat().st_size > LARGEST:
            raise _refusal(path, "is larger than 1 MiB; put sites and go-lives into CSV files")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as problem:
        near = sorted(one.name for one in path.parent.glob("*.y*ml"))[:5]
        hint = f"; beside it: {', '.join(near)}" if near else ""
        raise Refused([Problem(str(path), 0, f"there is no such file{hint}")]) from problem
    except UnicodeDecodeError as problem:
        raise _refusal(path, f"is not UTF-8 text (byte {problem.start})") from problem
    except OSError as problem:
        raise Refused([Problem(str(path), 0, problem.strerror or "cannot be read")]) from problem


def _words(problem: yaml.MarkedYAMLError) -> str:
    parts = [part for part in (problem.context, problem.problem) if part]
    snippet = problem.problem_mark.get_snippet() if problem.problem_mark else None
    hint = '; in braces a variable needs quotes: "${NAME}"' if "${" in (snippet or "") else ""
    return "this is not YAML: " + ", ".join(parts) + hint
