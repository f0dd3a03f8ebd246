"""Tags of every template: icons, times in two zones, due badges, states, avatars, keys."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.core.rules import in_words

register = template.Library()
SOON = timedelta(minutes=60)
MINUTE = timedelta(minutes=1)

SEVERITY = {1: ("danger", "flame"), 2: ("warning", "flag"), 3: ("neutral", "flag")}
STATE = {
    "new": ("neutral", "circle-dashed"),
    "acknowledged": ("info", "user-check"),
    "in_progress": ("info", "loader"),
    "waiting_for_site": ("neutral", "hourglass"),
    "waiting_for_team": ("neutral", "hourglass"),
    "resolved": ("success", "circle-check"),
    "closed": ("neutral", "check"),
}
PHASE = {
    "planned": ("neutral", "calendar"),
    "go_live_week": ("info", "rocket"),
    "servicenow": ("success", "check"),
    "paused": ("warning", "player-pause"),
    "rolled_back": ("danger", "arrow-back-up"),
    "cancelled": ("neutral", "ban"),
    "closed": ("neutral", "lock"),
}


@lru_cache(maxsize=1)
def _sprite() -> str:
    return staticfiles_storage.url("rollcall/vendor/icons.svg")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A symbol of the sprite; with `label` it speaks, without it is decoration."""
    href = f"{_sprite()}#{name}"
    if label:
        return format_html(
            '<svg class="ic" role="img" aria-label="{}"><use href="{}"/></svg>', label, href
        )
    return format_html('<svg class="ic" aria-hidden="true"><use href="{}"/></svg>', href)


@register.filter
def plural(word: str) -> str:
    """Several of a programme's own word: "Station" → "Stations", "Branch" → "Branches"."""
    lower = word.lower()
    if lower.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    if lower.endswith("y") and lower[-2:-1] not in {"a", "e", "i", "o", "u", ""}:
        return f"{word[:-1]}ies"
    return f"{word}s"


@register.filter
def named(actor: str, names: Mapping[str, str]) -> str:
    """An actor as people call them: by name where they are one of ours."""
    return names.get(actor, actor)


@register.simple_tag
def badge(words: object, kind: str = "neutral", icon: str = "") -> SafeString:
    """A state in colour, shape and word: `kind` danger, warning, success, info or neutral."""
    return format_html('<span class="badge {}">{}{}</span>', kind, _icon(icon), words)


def _icon(name: str) -> SafeString:
    return icon(name) if name else SafeString("")


@register.simple_tag
def severity(level: int, form: str = "") -> SafeString:
    """Severity 1 to 3; "short" leaves the word to the head of its column."""
    kind, name = SEVERITY[int(level)]
    hidden = format_html('<span class="vh">Severity </span>{}', level)
    return badge(hidden if form == "short" else f"Severity {level}", kind, name)


@register.simple_tag
def state(thing: Any) -> SafeString:
    """The state of a ticket."""
    kind, name = STATE.get(str(thing.state), ("neutral", "circle-dashed"))
    return badge(thing.get_state_display(), kind, name)


@register.simple_tag
def phase(key: str, programme: Any = None) -> SafeString:
    """A support phase in the programme's own words."""
    if not key:
        return SafeString("")
    kind, name = PHASE.get(key, ("neutral", "circle-dashed"))
    return badge(_phase_label(key, programme), kind, name)


@register.simple_tag
def phase_icon(key: str) -> str:
    """Where the symbol of a phase stands, for a drawing."""
    return f"{_sprite()}#{PHASE.get(key, ('neutral', 'circle-dashed'))[1]}"


@register.simple_tag
def phase_word(key: str, programme: Any = None) -> str:
    """The same as a word alone, for a list on paper."""
    return _phase_label(key, programme)


def _phase_label(key: str, programme: Any) -> str:
    rows = programme.phases if programme is not None else []
    label = next((str(row["label"]) for row in rows if row["key"] == key), "")
    return label or key.replace("_", " ").capitalize()


@register.simple_tag
def instant(at: datetime | None, zone: str = "", form: str = "") -> SafeString:
    """An instant in the reader's zone, or in `zone` with its abbreviation. `form` "time" leaves
    the day out, "day" adds the weekday, "long" the year too."""
    if at is None:
        return SafeString('<span class="muted">–</span>')
    local = at.astimezone(ZoneInfo(zone)) if zone else timezone.localtime(at)
    text = _written(local, form, with_zone=bool(zone))
    return format_html('<time datetime="{}" title="{}">{}</time>', _iso(at), _in_utc(at), text)


@register.simple_tag
def day(at: datetime, zone: str) -> SafeString:
    """The day an instant falls on in a zone: "13 Jun 2022"."""
    text = f"{at.astimezone(ZoneInfo(zone)):%-d %b %Y}"
    return format_html('<time datetime="{}" title="{}">{}</time>', _iso(at), _in_utc(at), text)


def _written(local: datetime, form: str, *, with_zone: bool) -> str:
    pattern = {
        "time": "%H:%M", "day": "%a %-d %b %H:%M", "long": "%a %-d %b %Y, %H:%M",
    }.get(form, "%-d %b %H:%M")  # fmt: skip
    return f"{local:{pattern}} {local:%Z}" if with_zone else f"{local:{pattern}}"


@register.simple_tag
def near(at: datetime | None, now: datetime) -> SafeString:
    """An instant of these days in the reader's zone, as short as it can be: "08:00" today,
    "Mon 08:00" within a week, else with its date."""
    if at is None:
        return SafeString('<span class="muted">–</span>')
    local = timezone.localtime(at)
    days = abs((local.date() - timezone.localtime(now).date()).days)
    pattern = "%H:%M" if days == 0 else "%a %H:%M" if days < 7 else "%-d %b %H:%M"
    text = f"{local:{pattern}}"
    return format_html('<time datetime="{}" title="{}">{}</time>', _iso(at), _in_utc(at), text)


def _iso(at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%SZ}"


def _in_utc(at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo('UTC')):%Y-%m-%d %H:%M:%S} UTC"


@register.simple_tag
def hours(length: timedelta) -> str:
    """How long in all: "60 h", "7 h 30"; hours stay hours, also past a day."""
    whole, rest = divmod(int(length / MINUTE), 60)
    return f"{whole}\u00a0h {rest:02d}" if rest else f"{whole}\u00a0h"


@register.simple_tag
def ago(at: datetime | None, now: datetime) -> SafeString:
    """How long since an instant: "12 min ago", "just now"; it ticks in the browser."""
    if at is None:
        return SafeString("")
    words = "just now" if now - at < MINUTE else f"{in_words(now - at)} ago"
    return format_html('<time data-ago datetime="{}" title="{}">{}</time>', _iso(at), _in_utc(at),
                       words)  # fmt: skip


@register.simple_tag
def age(at: datetime, now: datetime) -> SafeString:
    """How old: "12 min"; it ticks in the browser."""
    return format_html('<time data-age datetime="{}" title="{}">{}</time>', _iso(at), _in_utc(at),
                       in_words(now - at))  # fmt: skip


@register.simple_tag
def due(at: datetime | None, now: datetime) -> SafeString:
    """A clock: overdue, due soon, due later, or any time; it ticks in the browser."""
    if at is None:
        return badge("Any time", "neutral", "clock")
    kind, name, words = _due_words(at, now)
    return format_html(
        '<span class="badge {}" data-due="{}">{}<time datetime="{}" title="{}">{}</time></span>',
        kind, _iso(at), icon(name), _iso(at), _in_utc(at), words,
    )  # fmt: skip


def _due_words(at: datetime, now: datetime) -> tuple[str, str, str]:
    left = at - now
    if left <= timedelta(0):
        late = "Due now" if -left < MINUTE else f"Overdue {in_words(-left)}"
        return "danger", "alert-triangle", late
    if left <= SOON:
        return "warning", "clock", "Due now" if left < MINUTE else f"Due in {in_words(left)}"
    local, today = timezone.localtime(at), timezone.localtime(now).date()
    days = (local.date() - today).days
    if days == 0:
        return "info", "clock", f"Due {local:%H:%M}"
    day = "Tomorrow" if days == 1 else f"{local:%a %-d %b}"
    return "neutral", "hourglass", f"{day} {local:%H:%M}"


@register.simple_tag
def avatar(person: Any, size: str = "") -> SafeString:
    """Initials in a circle; the name stands beside it or is its label."""
    if person is None:
        return format_html('<span class="avatar none {}" aria-hidden="true">–</span>', size)
    words = str(person).split()
    initials = (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()
    return format_html('<span class="avatar {}" aria-hidden="true">{}</span>', size, initials)


@register.simple_tag
def key(name: str) -> SafeString:
    """A key hint; screen readers hear it from aria-keyshortcuts instead."""
    return format_html('<kbd aria-hidden="true">{}</kbd>', name)


ENTRIES = {
    "opened": "ticket", "message": "message", "assigned": "user-check", "servicenow": "server",
    "reply": "message-reply", "trouble": "alert-triangle", "acknowledged": "clock-check",
    "state": "loader", "routed": "arrow-right", "note": "writing", "changed": "edit",
    "resolved": "circle-check", "reopened": "refresh", "duplicate": "git-merge",
}  # fmt: skip


@register.filter
def entry_icon(kind: str) -> str:
    """The symbol of a line on a timeline."""
    return ENTRIES.get(kind, "history")


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: object) -> str:
    """The current query string with changes; None or "" drops a name, and the page starts anew."""
    query = context["request"].GET.copy()
    for name in ("cursor", "after", "before"):
        query.pop(name, None)
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"
