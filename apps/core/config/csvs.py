"""A CSV file in place of a list: `sites: {file: sites.csv}`."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

from apps.core.config.document import Document
from apps.core.config.problems import Place, Wrong
from apps.core.config.sections import Section

LARGEST = 10 * 1024 * 1024


def read_csv(document: Document, section: Section, folder: FilePath) -> list[dict[str, Any]]:
    """The rows of the file a section names, as entries; puts their places into the document.

    Lines and cells that are empty are left out. Raises Wrong when the file cannot be read as CSV.
    """
    name = document.values[section.key].get("file")
    text = _text(folder, name, section)
    document.places[(section.key,)] = Place(str(name), 1)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        headers = [_key(header, section) for header in next(reader, [])]
        if len(set(headers)) < len(headers):
            raise Wrong("a header stands here twice", (section.key,))
        return list(_entries(document, section, headers, reader))
    except csv.Error as problem:
        words = f"line {reader.line_num} cannot be read as CSV ({problem})"
        raise Wrong(words, (section.key,)) from problem


def _text(folder: FilePath, name: Any, section: Section) -> str:
    path = (section.key, "file")
    if not isinstance(name, str) or FilePath(name).name != name or not name:
        raise Wrong("file names a CSV file in the same folder, such as sites.csv", path)
    try:
        if (folder / name).stat().st_size > LARGEST:
            raise Wrong(f"{name} is larger than 10 MiB", path)
        return (folder / name).read_bytes().decode("utf-8-sig")
    except FileNotFoundError as problem:
        raise Wrong(f"there is no file {name} in the same folder", path) from problem
    except UnicodeDecodeError as problem:
        raise Wrong(f"{name} is not UTF-8 text (byte {problem.start})", path) from problem
    except OSError as problem:
        raise Wrong(f"{name} cannot be read ({problem.strerror})", path) from problem


def _key(header: str, section: Section) -> str:
    plain = header.strip()
    return dict(section.columns).get(plain, plain)


def _entries(
    document: Document, section: Section, headers: list[str], reader: Any
) -> Iterator[dict[str, Any]]:
    file = document.places[(section.key,)].file
    filled = (row for row in reader if any(cell.strip() for cell in row))
    for number, row in enumerate(filled):
        place = (section.key, number)
        document.places[place] = Place(file, reader.line_num)
        if len(row) != len(headers):
            document.complain(place, f"{len(row)} cells where the first line has {len(headers)}")
        pairs = zip(headers, (cell.strip() for cell in row), strict=False)
        yield {key: cell for key, cell in pairs if cell}
