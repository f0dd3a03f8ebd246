"""Finding a page of the navigation by its name."""

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from apps.core.search import Hit

if TYPE_CHECKING:
    from apps.core.context import Place


def find_pages(text: str, person: Any, most: int) -> list[Hit]:
    """Pages whose name contains the text; those of the navigation for an empty one."""
    table = _table(settings.NAVIGATION) + (_table(settings.MORE_PAGES) if text else ())
    roles = person.roles()
    hits = [
        Hit(title=place.label, url=reverse(place.route) + place.query, icon=place.icon)
        for place in table
        if text.casefold() in place.label.casefold() and (not place.roles or place.roles & roles)
    ]
    return hits if not text else hits[:most]


def _table(path: str) -> "tuple[Place, ...]":
    return cast("tuple[Place, ...]", import_string(path))
