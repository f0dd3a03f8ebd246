"""Panels: what apps above show on the page of an app below (portal/tables.py PAGE_PANELS)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Panel:
    """A part of a page: the template that shows it, and what that needs."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


MakePanel = Callable[[Any, Any, datetime], Panel | None]


def panels(request: HttpRequest, place: str, subject: Any, now: datetime) -> list[str]:
    """The rendered panels of a place ("ticket", "site"), in the order of the table.

    Each is asked with the subject, the person who reads, and `now`; None shows nothing.
    """
    table = cast("Mapping[str, tuple[str, ...]]", import_string(settings.PAGE_PANELS))
    makers: list[MakePanel] = [import_string(path) for path in table.get(place, ())]
    made = (make(subject, request.user, now) for make in makers)
    return [
        render_to_string(panel.template, {**panel.context, "now": now}, request=request)
        for panel in made
        if panel is not None
    ]
