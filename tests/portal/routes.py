"""Every route of the URLconf, with a path that leads to it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

# A value for each kind of path part that is valid in form and names nothing.
SAMPLES = {
    "int": "987654321",
    "str": "zz-9",
    "slug": "zz-9",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "path": "zz",
}
PART = re.compile(r"<(?:(?P<kind>\w+):)?\w+>")


@dataclass(frozen=True)
class Route:
    """One pattern: its full view name, an example of its path, its view."""

    name: str
    path: str
    view: Any

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def view_class(self) -> Any:
        return getattr(self.view, "cls", None)


def all_routes() -> list[Route]:
    """The patterns of ROOT_URLCONF, however deep they are included."""
    return list(_walk(get_resolver().url_patterns, "/", ()))


def _walk(
    patterns: list[URLPattern | URLResolver], path: str, spaces: tuple[str, ...]
) -> Iterator[Route]:
    for one in patterns:
        here = path + PART.sub(lambda part: SAMPLES[part["kind"] or "str"], str(one.pattern))
        if isinstance(one, URLResolver):
            inner = (*spaces, one.namespace) if one.namespace else spaces
            yield from _walk(one.url_patterns, here, inner)
        else:
            name = one.name or f"{one.callback.__module__}.{one.callback.__qualname__}"
            yield Route(":".join((*spaces, name)), here, one.callback)
