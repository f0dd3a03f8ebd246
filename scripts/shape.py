"""`make shape`: the sizes of files and functions, types, tests to code, each beside its aim."""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
CODE = ("apps", "portal")
FOLDERS = (*CODE, "scripts", "benchmarks", "tests")
WAIVER = re.compile(r"#\s*(noqa|type:\s*ignore)")
REASONED = re.compile(r"#\s*(?:noqa:\s*[A-Z0-9, ]+?|type:\s*ignore\[[^]]+\])\s*[-#–(]\s*\S")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file."""

    path: Path

    @cached_property
    def text(self) -> str:
        return (ROOT / self.path).read_text(encoding="utf-8")

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    @property
    def comments(self) -> Iterator[str]:
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type == tokenize.COMMENT:
                yield token.string


@dataclass(frozen=True)
class Measure:
    """One printed line; `places` are those that miss the aim."""

    name: str
    found: str
    aim: str
    places: Sequence[str] = ()


def sources(folders: Sequence[str]) -> list[Source]:
    """Files of our own making: migrations are Django's."""
    found = sorted(path for name in folders for path in (ROOT / name).rglob("*.py"))
    return [Source(path.relative_to(ROOT)) for path in found if "migrations" not in path.parts]


def measures() -> list[Measure]:
    code, tests, all_files = sources(CODE), sources(["tests"]), sources(FOLDERS)
    return [
        _files(code),
        _templates(),
        _functions(code),
        _long_bodies(code),
        _limited("views and API, lines", code, {"views", "api", "webhooks", "feeds"}, 20),
        _limited("tasks, lines", code, {"tasks"}, 8),
        _tests(tests),
        _typed(all_files),
        _ratio(code, tests),
        _inner_imports(all_files),
        _waivers(all_files),
    ]


def _files(code: Sequence[Source]) -> Measure:
    sizes = [source.lines for source in code]
    found = f"{len(sizes)} files, median {median(sizes):.0f}, longest {max(sizes)}"
    long = [f"{each.path} {each.lines}" for each in code if each.lines > 300]
    return Measure("file, lines", found, "median ≤ 60, longest ≤ 300", long)


def _templates() -> Measure:
    paths = sorted(
        path for path in ROOT.glob("**/templates/**/*.html") if ".venv" not in path.parts
    )
    sizes = {path.relative_to(ROOT): path.read_text(encoding="utf-8").count("\n") for path in paths}
    long = [f"{path} {size}" for path, size in sizes.items() if size > 200]
    found = f"{len(sizes)} templates, longest {max(sizes.values(), default=0)}"
    return Measure("template, lines", found, "longest ≤ 200", long)


def _functions(code: Sequence[Source]) -> Measure:
    sizes = [(_lines(each), f"{file.path} {each.name}") for file in code for each in file.functions]
    found = f"{len(sizes)} functions, median {median(size for size, _ in sizes):.0f}"
    long = [f"{place} {size}" for size, place in sizes if size > 50]
    return Measure("function, lines", f"{found}, {len(long)} above 50", "median ≤ 8, 0 above", long)


def _long_bodies(code: Sequence[Source]) -> Measure:
    places = [
        f"{file.path} {each.name} {_statements(each)}"
        for file in code
        for each in file.functions
        if _statements(each) > 30
    ]
    return Measure("function, statements", f"{len(places)} above 30", "0", places)


def _limited(name: str, code: Sequence[Source], kinds: set[str], most: int) -> Measure:
    sizes = [
        (_lines(each), f"{file.path} {each.name}")
        for file in code
        if kinds & {file.path.stem, *file.path.parts}
        for each in file.functions
    ]
    long = [f"{place} {size}" for size, place in sizes if size > most]
    return Measure(name, f"longest {max(sizes, default=(0, ''))[0]}", f"≤ {most}", long)


def _tests(tests: Sequence[Source]) -> Measure:
    sizes = [
        _lines(each) for file in tests for each in file.functions if each.name.startswith("test_")
    ]
    found = f"{len(sizes)} tests, median {median(sizes or [0]):.0f}"
    return Measure("test, lines", found, "median ≤ 15")


def _typed(files: Sequence[Source]) -> Measure:
    functions = [(file, each) for file in files for each in file.functions]
    bare = [f"{file.path} {each.name}" for file, each in functions if not _is_typed(each)]
    share = 100 * (1 - len(bare) / max(len(functions), 1))
    return Measure("typed functions", f"{share:.1f} %", "100 %", bare)


def _ratio(code: Sequence[Source], tests: Sequence[Source]) -> Measure:
    ours, theirs = sum(each.lines for each in code), sum(each.lines for each in tests)
    found = f"{theirs} : {ours} lines = {theirs / max(ours, 1):.2f}"
    return Measure("tests : code", found, "≥ 1.2")


def _inner_imports(files: Sequence[Source]) -> Measure:
    places = [
        f"{file.path}:{node.lineno}"
        for file in files
        for function in file.functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    return Measure("imports inside functions", str(len(places)), "0", places)


def _waivers(files: Sequence[Source]) -> Measure:
    found = [(file, text) for file in files for text in file.comments if WAIVER.search(text)]
    bare = [f"{file.path} {text}" for file, text in found if not REASONED.search(text)]
    return Measure("noqa, type: ignore", f"{len(found)}, {len(bare)} without reason", "0", bare)


def _lines(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _statements(function: Function) -> int:
    return sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1


def _is_typed(function: Function) -> bool:
    named = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    named += [each for each in (function.args.vararg, function.args.kwarg) if each]
    given = [each for each in named if each.arg not in {"self", "cls"}]
    return function.returns is not None and all(each.annotation for each in given)


def main() -> int:
    for measure in measures():
        print(f"{measure.name:<26} {measure.found:<46} aim {measure.aim}")
        for place in measure.places[:15]:
            print(f"    {place}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
