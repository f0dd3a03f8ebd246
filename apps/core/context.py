"""What every page shows around its content: navigation, counts, who is on duty."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Place:
    """An entry of the navigation; `count` is the dotted path of `(person) -> int`; `roles` are
    those one of which is needed (none: everybody); `within` begins the names of other routes that
    belong to it ("work-item" is of the board); `query` is what it opens with."""

    label: str
    icon: str
    route: str
    key: str
    count: str = ""
    roles: frozenset[str] = frozenset()
    within: tuple[str, ...] = ()
    query: str = ""


def shell(request: HttpRequest) -> Mapping[str, Any]:
    """Lazily: a page without the shell pays nothing."""
    return {
        "places": SimpleLazyObject(lambda: _places(request)),  # asked by two templates
        "head_seq": cast("Callable[[], int]", import_string(settings.HEAD_SEQ)),
        "version": settings.VERSION,
        "is_demo": settings.DEMO,
        "idle_minutes": settings.IDLE_MINUTES,
        "theme": request.COOKIES.get("theme", "") if _is_known_theme(request) else "",
    }


def _is_known_theme(request: HttpRequest) -> bool:
    return request.COOKIES.get("theme") in {"light", "dark"}


def _places(request: HttpRequest) -> list[dict[str, Any]]:
    person: Any = request.user
    if not person.is_authenticated:
        return []
    roles = person.roles()
    table = cast("tuple[Place, ...]", import_string(settings.NAVIGATION))
    return [
        {"place": place, "count": _count(place, person), "current": _current(place, request)}
        for place in table
        if not place.roles or place.roles & roles
    ]


def _count(place: Place, person: Any) -> int | None:
    if not place.count:
        return None
    ask = cast("Callable[[Any], int]", import_string(place.count))
    return ask(person)


def _current(place: Place, request: HttpRequest) -> str:
    """For aria-current: "page" at the place itself, "true" at a page of its own ("inbox-message"
    is of "inbox"), else nothing."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    if name == place.route:
        return "page"
    own = (place.route, *place.within)
    return "true" if any(name == one or name.startswith(f"{one}-") for one in own) else ""
