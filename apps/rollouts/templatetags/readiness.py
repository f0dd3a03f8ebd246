"""Tags of the checklist and the go/no-go: how an item stands, a cell, a finding, a verdict."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.templatetags.rollcall import badge, icon
from apps.rollouts.choices import Readiness
from apps.rollouts.matrix import Cell
from apps.rollouts.rules.readiness import Verdict

register = template.Library()

STANDING = {  # kind, icon, word
    "ok": ("success", "check", "Done"),
    "due": ("neutral", "circle-dashed", "Open"),
    "overdue": ("warning", "clock-exclamation", "Overdue"),
    "red": ("danger", "alert-triangle", "Blocks"),
}
NOT_NEEDED = ("neutral", "ban", "Not needed")
LEVELS = {
    "red": ("danger", "alert-triangle", "Red"),
    "amber": ("warning", "clock-exclamation", "Amber"),
    "green": ("success", "check", "Green"),
}


def _look(state: str, standing: str) -> tuple[str, str, str]:
    return NOT_NEEDED if state == Readiness.NOT_APPLICABLE else STANDING[standing]


@register.simple_tag
def standing(state: str, how: str) -> SafeString:
    """How an item stands, in colour, shape and word."""
    kind, name, word = _look(state, how)
    return badge(word, kind, name)


@register.simple_tag
def cell(one: Cell) -> SafeString:
    """A cell of the matrix: a box to tick it, and how it stands, which leads to its page."""
    kind, name, word = _look(one.state, one.standing)
    shown = f"{one.due_on:%-d %b}" if one.standing == "due" else word
    path = reverse("readiness-item", args=[one.id])
    link = format_html(
        '<a class="badge {}" id="i-{}" href="{}" title="{}">{}{}<span class="vh"> {}</span></a>',
        kind, one.id, path, one.told, icon(name), shown,
        f"{one.label}: {word}, due {one.due_on:%-d %b}",
    )  # fmt: skip
    return format_html("{}{}", _box(one), link)


def _box(one: Cell) -> SafeString:
    if not one.may_tick or one.state == Readiness.NOT_APPLICABLE:
        return SafeString("")
    is_done = one.state == Readiness.DONE
    was = format_html('<input type="hidden" name="was" value="{}">', one.id) if is_done else ""
    return format_html(
        '{}<input type="checkbox" id="c-{}" name="done" value="{}" aria-label="{}"{}>',
        was, one.id, one.id, one.label, SafeString(" checked") if is_done else "",
    )  # fmt: skip


@register.simple_tag
def level(how: str) -> SafeString:
    """The level of a finding."""
    kind, name, word = LEVELS[how]
    return badge(word, kind, name)


@register.simple_tag
def verdict(found: Verdict | None) -> SafeString:
    """Whether a wave goes; for one nobody signed that is said too."""
    if found is None:
        return SafeString("")
    if found.word == "go":
        return badge("Go", "success", "circle-check")
    if found.word == "no-go":
        return badge("No-go", "danger", "ban")
    if not found.missing:
        return badge("Waiver missing", "warning", "alert-triangle")
    words = "Not signed" if len(found.missing) > 1 else "1 of 2 signed"
    return badge(words, "neutral", "circle-dashed")


@register.simple_tag
def call(word: str) -> SafeString:
    """What somebody signed."""
    return (
        badge("Go", "success", "circle-check") if word == "go" else badge("No-go", "danger", "ban")
    )


@register.filter
def of(table: dict[Any, Any], key: Any) -> Any:
    """The value of a key, None where there is none."""
    return table.get(key)
