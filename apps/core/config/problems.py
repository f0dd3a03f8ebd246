"""What can be wrong with a programme.yaml, and where."""

from dataclasses import dataclass

Path = tuple[str | int, ...]  # the way from the top of the file: ("sites", 3, "time_zone")


@dataclass(frozen=True)
class Place:
    """Where a value stands."""

    file: str
    line: int


class Wrong(Exception):
    """A value that cannot be used. `words` are for people; `path` finds the file and the line."""

    def __init__(self, words: str, path: Path = ()) -> None:
        super().__init__(words)
        self.words, self.path = words, path


@dataclass(frozen=True, order=True)
class Problem:
    """One line of complaint, placed."""

    file: str
    line: int
    words: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: {self.words}" if self.line else f"{self.file}: {self.words}"
        )


class Refused(Exception):
    """The whole file is refused; nothing was written."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
