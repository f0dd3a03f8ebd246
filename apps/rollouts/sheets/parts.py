"""Walking through the XML of a workbook without ever holding much of it."""

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import IO
from xml.etree.ElementTree import Element, iterparse

from apps.rollouts.sheets.lines import BadFile

MOST_HELD = 200_000  # elements in memory at a time


def walk(part: IO[bytes], let_go: Collection[str] = ()) -> Iterator[tuple[str, str, Element]]:
    """("start" or "end", name, element), in the order of the file. An element named in `let_go` is
    forgotten, with its siblings so far, once its end was told. Raises BadFile for a file that would
    fill the memory, whatever parsing raises otherwise."""
    held, open_now = 0, list[Element]()
    # Sizes are limited before, and expat itself refuses entities that grow out of proportion.
    for event, element in iterparse(part, ("start", "end")):  # noqa: S314 # nosec B314 - tested with both
        name = _local(element.tag)
        yield event, name, element
        if event == "start":
            open_now.append(element)
            held += 1
            if held > MOST_HELD:
                raise BadFile("the workbook is too large: save the sheet as CSV")
        else:
            open_now.pop()
            if name in let_go and open_now:
                open_now[-1].clear()
                held = len(open_now)


def local_name(element: Element) -> str:
    """The name of an element without its namespace: there are two for the same format."""
    return _local(element.tag)


@lru_cache(maxsize=1024)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
