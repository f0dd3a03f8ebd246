"""Search over the portal: every app answers for what it has (portal/tables.py SEARCHES)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

MOST = 6
LONGEST = 80


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One thing found: `value` is what a form would send for it, `url` where it is shown."""

    title: str
    url: str
    icon: str
    value: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Group:
    """Hits of a kind."""

    label: str
    hits: list[Hit]


Find = Callable[[str, Any, int], list[Hit]]


def search(text: str, person: Any, *, kind: str = "", most: int = MOST) -> list[Group]:
    """What the person may see and the text fits, grouped; of one `kind` when that is given.

    An empty text finds what is offered first: pages.
    """
    table = cast("Mapping[str, tuple[str, str]]", import_string(settings.SEARCHES))
    wanted = {kind: table[kind]} if kind in table else ({} if kind else table)
    asked = " ".join(text.replace("\x00", " ").split())[:LONGEST]
    found = [Group(label, _find(path, asked, person, most)) for label, path in wanted.values()]
    return [group for group in found if group.hits]


def _find(path: str, text: str, person: Any, most: int) -> list[Hit]:
    find: Find = import_string(path)
    return find(text, person, most)
