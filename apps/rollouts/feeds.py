"""Calendars of the roll-out: a programme and a wave with their waves, a product by go-live.

A wave is one event on the day most of its sites begin, with their list; a site that begins on
another day, or in no wave, has an event of its own. What was cancelled stays, marked so, as does a
wave that all have left; what moved keeps its UID. Test sites are left out.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q
from django.urls import reverse

from apps.accounts.models import Person
from apps.core.calendars import Calendar, Event, FeedKind, State
from apps.core.numbers import whole_number
from apps.core.templatetags.rollcall import plural
from apps.rollouts.choices import ChangeKind, Status
from apps.rollouts.models import (
    GoLive,
    Product,
    Programme,
    ScheduleChange,
    ScheduleChangeItem,
    Site,
    Wave,
)

DAY = timedelta(days=1)
OVER = frozenset({Status.CANCELLED.value})
STATES: dict[str, State] = {
    Status.CANCELLED.value: "CANCELLED", Status.ROLLED_BACK.value: "CANCELLED",
    Status.PAUSED.value: "TENTATIVE",
}  # fmt: skip
SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "tag:rollcall,feeds")


@dataclass(frozen=True, slots=True)
class Dated:
    """A go-live on its day; `nth` tells those of one site and product apart (one was cancelled,
    another planned), `edits` counts decisions about it, `at` is the last of them."""

    row: GoLive
    nth: int
    edits: int
    at: datetime

    @property
    def on(self) -> date:
        return self.row.actual_on or self.row.planned_on

    @property
    def uid(self) -> str:
        row = self.row
        return _uid("go-live", row.programme.key, row.site.number, row.product.key, str(self.nth))

    @property
    def words(self) -> str:
        """Empty while nothing is out of the ordinary."""
        status = self.row.status
        return "" if status in {Status.PLANNED, Status.LIVE} else self.row.get_status_display()


@dataclass(frozen=True)
class Edits:
    """Decisions about a whole programme. Waves count by them: those about the sites a wave has now
    would become fewer when a site leaves it."""

    count: int
    at: datetime


def _edits(programme: Programme) -> Edits:
    facts = ScheduleChange.objects.filter(programme=programme).aggregate(
        made=Count("pk", filter=~Q(kind=ChangeKind.PLAN)), undone=Count("undone_at"),
        made_at=Max("made_at"), undone_at=Max("undone_at"),
    )  # fmt: skip
    known = [at for at in (facts["made_at"], facts["undone_at"]) if at]
    return Edits(facts["made"] + facts["undone"], max(known, default=_beginning(programme)))


def _uid(*parts: str) -> str:
    """Made of names, not of numbers of rows: a restored backup gives those anew."""
    return f"{uuid.uuid5(SPACE, '/'.join(parts))}@rollcall"


def _dated(programme: Programme) -> list[Dated]:
    """Every go-live of the programme with its decisions, in two queries."""
    made = Count("changes", filter=~Q(changes__change__kind=ChangeKind.PLAN))
    undone = Count("changes", filter=Q(changes__change__undone_at__isnull=False))
    rows: Any = (
        GoLive.objects.filter(programme=programme, site__is_test=False)
        .select_related("programme", "site", "product", "wave")
        .annotate(edits=made + undone, made_at=Max("changes__change__made_at"),
                  undone_at=Max("changes__change__undone_at"))
        .order_by("planned_on", "site__number", "product_id", "id")
    )  # fmt: skip
    found = list(rows)
    nth: dict[int, int] = {}
    seen: Counter[tuple[int, int]] = Counter()
    for row in sorted(found, key=lambda row: row.pk):
        nth[row.pk] = seen[row.site_id, row.product_id]
        seen[row.site_id, row.product_id] += 1
    return [Dated(row, nth[row.pk], row.edits, _last(row, programme)) for row in found]


def _last(row: Any, programme: Programme) -> datetime:
    """When it was last decided about; without any decision the programme's first day will do."""
    known = [at for at in (row.made_at, row.undone_at) if at]
    return max(known) if known else _beginning(programme)


def _beginning(programme: Programme) -> datetime:
    return datetime.fromisoformat(f"{programme.first_week.isoformat()}T00:00:00+00:00")


# --- events --------------------------------------------------------------------------------------


def _of_go_live(one: Dated) -> Event:
    """A product at a site."""
    row, words = one.row, one.words
    lines = [str(row.programme), f"Wave {row.wave.number} {row.wave.name}" if row.wave else "",
             row.scope, words, f"Local date there, {row.site.time_zone}"]  # fmt: skip
    return Event(
        uid=one.uid, starts=one.on, ends=one.on + DAY, stamp=one.at, sequence=one.edits,
        summary=f"{f'{words}: ' if words else ''}{row.site.number} {row.site.name}: {row.product}",
        description=_lines(lines), location=_place(row.site), state=_state(one),
        url=_page("site-page", row.site.number), category=row.programme.name,
    )  # fmt: skip


def _state(one: Dated) -> State:
    return STATES.get(one.row.status, "CONFIRMED")


def _of_site(group: Sequence[Dated]) -> Event:
    """Products of a site on a day that is not its wave's; it keeps the identity of the first."""
    first = min(group, key=lambda one: one.row.pk)
    usual = _of_go_live(first)
    products = ", ".join(dict.fromkeys(str(one.row.product) for one in group))
    words = first.words
    site = first.row.site
    return Event(
        uid=usual.uid, starts=usual.starts, ends=usual.ends, location=usual.location,
        url=usual.url, category=usual.category, state=usual.state, description=usual.description,
        summary=f"{f'{words}: ' if words else ''}{site.number} {site.name}: {products}",
        stamp=max(one.at for one in group), sequence=sum(one.edits for one in group),
    )  # fmt: skip


def _of_wave(programme: Programme, wave: Wave, members: Sequence[Dated], edits: Edits) -> Event:
    """A wave on the day its members begin, with their sites; cancelled once all have left it."""
    sites: dict[str, list[str]] = {}
    for one in members:
        line = f"{one.row.site.number} {one.row.site.name}"
        sites.setdefault(line, []).append(one.words)
    count = len({one.row.site_id for one in members if one.row.status not in OVER})
    label = str(programme.labels.get("site", "Site"))
    lines = [f"{line}{_aside(words)}" for line, words in sorted(sites.items())]
    name, on = f"Wave {_said(wave)}", members[0].on if members else wave.starts_on
    counted = f"{name}: {count} {label if count == 1 else plural(label)}"
    return Event(
        uid=_uid("wave", programme.key, str(wave.number)), starts=on, ends=on + DAY,
        summary=counted if count else f"Cancelled: {name}",
        description=_lines([str(programme), *lines]), stamp=edits.at, sequence=edits.count,
        state="CONFIRMED" if count else "CANCELLED", category=programme.name,
        url=_page("wave-page", programme.key, str(wave.number)),
    )  # fmt: skip


def _aside(words: Iterable[str]) -> str:
    told = ", ".join(dict.fromkeys(word.lower() for word in words if word))
    return f" ({told})" if told else ""


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if line)


def _place(site: Site) -> str:
    return ", ".join(part for part in (site.name, site.state) if part)


def _page(name: str, *parts: str) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=parts)}"


def _emptied(programme: Programme, dated: Sequence[Dated]) -> list[Wave]:
    """Waves that all have left: whoever has their events is told, as of a cancelled one."""
    left = ScheduleChangeItem.objects.filter(
        change__programme=programme, from_wave__isnull=False, go_live__site__is_test=False
    )
    rows = programme.waves.filter(pk__in=left.values("from_wave"))
    return list(rows.exclude(pk__in={one.row.wave_id for one in dated if one.row.wave_id}))


def _waves(programme: Programme, dated: Sequence[Dated], emptied: Iterable[Wave]) -> list[Event]:
    """Waves on their days, and what stands beside them."""
    edits = _edits(programme)
    by_wave: dict[Wave, list[Dated]] = {wave: [] for wave in emptied}
    beside: list[Dated] = []
    for one in dated:
        (by_wave.setdefault(one.row.wave, []) if one.row.wave else beside).append(one)
    events = []
    for wave, members in sorted(by_wave.items(), key=lambda pair: pair[0].number):
        on = _day_of(members) if members else wave.starts_on
        inside = [one for one in members if one.on == on]
        events.append(_of_wave(programme, wave, inside, edits))
        beside += [one for one in members if one.on != on]
    return [*events, *_sites(beside)]


def _day_of(members: Sequence[Dated]) -> date:
    """The day most of them begin, the first of several."""
    standing = [one.on for one in members if one.row.status not in OVER]
    days = Counter(standing or [one.on for one in members])
    return min(days, key=lambda day: (-days[day], day))


def _sites(dated: Iterable[Dated]) -> list[Event]:
    groups: dict[tuple[Any, ...], list[Dated]] = {}
    for one in dated:
        groups.setdefault((one.on, one.row.site.number, one.row.status), []).append(one)
    return [_of_site(group) for _, group in sorted(groups.items())]


# --- what can be subscribed to -------------------------------------------------------------------


def _programme(subject: str, person: Person) -> Programme | None:
    key = subject.partition("/")[0]
    return Programme.objects.visible_to(person).filter(key=key).first()


def _offered(person: Person, name: str) -> list[tuple[str, str]]:
    """Programmes, or the waves or products of them."""
    programmes = list(Programme.objects.visible_to(person).prefetch_related("waves", "products"))
    if name == "programme":
        return [(one.key, one.name) for one in programmes]
    many = len(programmes) > 1
    return [
        (f"{one.key}/{_key(row)}", f"{one.name}: {_said(row)}" if many else _said(row))
        for one in programmes
        for row in (one.waves.all() if name == "wave" else one.products.all())
    ]


def _key(row: Wave | Product) -> str:
    return str(row.number) if isinstance(row, Wave) else row.key


def _said(row: Wave | Product) -> str:
    return f"{row.number} {row.name}".strip() if isinstance(row, Wave) else row.name


def _calendar_of_programme(subject: str, person: Person) -> Calendar | None:
    programme = _programme(subject, person)
    if programme is None or programme.key != subject:
        return None
    dated = _dated(programme)
    events = _waves(programme, dated, _emptied(programme, dated))
    return Calendar(name=programme.name, events=events)


def _calendar_of_wave(subject: str, person: Person) -> Calendar | None:
    programme, number = _programme(subject, person), subject.partition("/")[2]
    wave = programme.waves.filter(number=whole_number(number) or 0).first() if programme else None
    if programme is None or wave is None:
        return None
    members = [one for one in _dated(programme) if one.row.wave_id == wave.pk]
    emptied = [one for one in _emptied(programme, members) if one == wave]
    name = f"{programme.name}: wave {_said(wave)}"
    return Calendar(name=name, events=_waves(programme, members, emptied))


def _calendar_of_product(subject: str, person: Person) -> Calendar | None:
    programme, key = _programme(subject, person), subject.partition("/")[2]
    product = programme.products.filter(key=key).first() if programme else None
    if programme is None or product is None:
        return None
    rows = [one for one in _dated(programme) if one.row.product_id == product.pk]
    return Calendar(name=f"{programme.name}: {product}", events=[_of_go_live(one) for one in rows])


PROGRAMME = FeedKind(
    label="Programme", offered=partial(_offered, name="programme"), calendar=_calendar_of_programme
)
WAVE = FeedKind(label="Wave", offered=partial(_offered, name="wave"), calendar=_calendar_of_wave)
PRODUCT = FeedKind(
    label="Product", offered=partial(_offered, name="product"), calendar=_calendar_of_product
)
