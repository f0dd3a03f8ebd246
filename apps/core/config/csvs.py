"""A CSV file in place of a list: `sites: {file: sites.csv}`."""

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

from apps.core.config.document import Document
from apps.core.config.problems import Place, Wrong
from apps.core.config.sections import Section
from apps.core.delimited import BadText, delimited_rows

LARGEST = 10 * 1024 * 1024
WORKBOOK = b"PK\3\4"
Rows = Iterator[tuple[int, list[str]]]


def read_csv(document: Document, section: Section, folder: FilePath) -> list[dict[str, Any]]:
    """The rows of the file a section names, as entries; puts their places into the document.

    Lines and cells that are empty are left out. Raises Wrong when the file cannot be read as CSV.
    """
    name = document.values[section.key].get("file")
    content = _content(folder, name, section)
    document.places[(section.key,)] = Place(str(name), 1)
    try:
        rows = delimited_rows(content)
        headers = [_key(header, section) for header in next(rows, (1, []))[1]]
        if len(set(headers)) < len(headers):
            raise Wrong("a header stands here twice", (section.key,))
        return list(_entries(document, section, headers, rows))
    except BadText as problem:
        raise Wrong(str(problem), (section.key,)) from problem


def _content(folder: FilePath, name: Any, section: Section) -> bytes:
    path = (section.key, "file")
    if not isinstance(name, str) or FilePath(name).name != name or not name:
        raise Wrong("file names a CSV file in the same folder, such as sites.csv", path)
    try:
        if (folder / name).stat().st_size > LARGEST:
            raise Wrong(f"{name} is larger than 10 MiB", path)
        content = (folder / name).read_bytes()
    except FileNotFoundError as problem:
        raise Wrong(f"there is no file {name} in the same folder", path) from problem
    except OSError as problem:
        raise Wrong(f"{name} cannot be read ({problem.strerror})", path) from problem
    if content.startswith(WORKBOOK):
        raise Wrong(f"{name} is a workbook: save it as CSV", path)
    return content


def _key(header: str, section: Section) -> str:
    plain = header.strip()
    return dict(section.columns).get(plain, plain)


def _entries(
    document: Document, section: Section, headers: list[str], rows: Rows
) -> Iterator[dict[str, Any]]:
    file = document.places[(section.key,)].file
    filled = (row for row in rows if any(cell.strip() for cell in row[1]))
    for number, (line, cells) in enumerate(filled):
        place = (section.key, number)
        document.places[place] = Place(file, line)
        if len(cells) != len(headers):
            document.complain(place, f"{len(cells)} cells where the first line has {len(headers)}")
        pairs = zip(headers, (cell.strip() for cell in cells), strict=False)
        yield {key: cell for key, cell in pairs if cell}
