"""Reading the schedule for its pages: weeks with what goes live in them, months day by day."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from apps.core.numbers import whole_number
from apps.rollouts.board import day_clash
from apps.rollouts.choices import Status
from apps.rollouts.models import GoLive, Programme, Wave
from apps.rollouts.standing import Phases, on_day

DAY, WEEK = timedelta(days=1), timedelta(days=7)
COLUMNS = ("id", "site__number", "site__name", "site__region", "site__time_zone",
           "site__is_test", "product__name", "planned_on", "actual_on")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Which go-lives a schedule page shows; empty values filter nothing."""

    text: str = ""
    product: str = ""
    region: str = ""
    wave: str = ""

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> "Shown":
        names = ("text", "product", "region", "wave")
        return cls(**{name: str(query.get(name, "")).strip()[:80] for name in names})

    @property
    def count(self) -> int:
        return sum(bool(value) for value in vars(self).values())

    def condition(self) -> Q:
        named = Q(site__number__icontains=self.text) | Q(site__name__icontains=self.text)
        found = named if self.text else Q()
        if self.product:
            found &= Q(product__key=self.product)
        if self.region:
            found &= Q(site__region=self.region)
        wave = whole_number(self.wave)
        return found if wave is None else found & Q(wave__number=wave)


@dataclass(slots=True)
class Slot:
    """A site on a day, with its products that go live then and are in one phase."""

    number: str
    name: str
    region: str
    on: date
    phase: str
    label: str = ""
    most: int = 0  # products of the programme
    is_test: bool = False  # shown, but never counted
    products: list[str] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)

    @property
    def is_partial(self) -> bool:
        """Whether not all products of the programme stand here."""
        return len(self.products) < self.most

    @property
    def day(self) -> str:
        """Its day in short, "Mon 27"; a thousand of them are too many for a template's filter."""
        return f"{self.on:%a %-d}"

    @property
    def value(self) -> str:
        """The ids of its go-lives, for a form."""
        return ",".join(map(str, self.ids))


@dataclass(frozen=True)
class WeekShown:
    """A week of the programme: its first working day, waves, slots; what speaks against it."""

    monday: date
    starts_on: date
    waves: list[Wave]
    slots: list[Slot]
    clash: str
    pace: int
    is_now: bool

    @property
    def sites(self) -> int:
        return len(counted(self.slots))

    @property
    def is_over(self) -> bool:
        """More sites begin than the programme's pace allows."""
        return self.sites > self.pace


def counted(slots: Iterable[Slot]) -> set[str]:
    """The numbers of the sites that count: test sites never do."""
    return {slot.number for slot in slots if not slot.is_test}


def slots_of(programme: Programme, shown: Shown, now: datetime) -> list[Slot]:
    """Every go-live that stands, as slots in the order of their day; in three queries,
    a few more where something was interrupted."""
    rows = GoLive.objects.filter(shown.condition(), programme=programme)
    rows = rows.exclude(status=Status.CANCELLED).order_by("planned_on", "site__number", "product")
    phases = Phases(programme, on_day(None, now))
    labels = {row["key"]: row["label"] for row in programme.phases}
    most = programme.products.count()
    found: dict[tuple[str, date, str], Slot] = {}
    for row in rows.values_list(*COLUMNS):
        pk, number, name, region, zone, is_test, product, planned_on, actual_on = row
        on = actual_on or planned_on
        phase = phases.of(pk, on, zone)
        label = labels.get(phase) or phase.replace("_", " ").capitalize()
        usual = Slot(number, name, region, on, phase, label, most, is_test)
        slot = found.setdefault((number, on, phase), usual)
        slot.products.append(product)
        slot.ids.append(pk)
    return list(found.values())


def weeks_of(programme: Programme, slots: Iterable[Slot], today: date) -> list[WeekShown]:
    """The programme's weeks from first to last, and those around them in which something is."""
    by_week: dict[date, list[Slot]] = {}
    for slot in slots:
        by_week.setdefault(monday_of(slot.on), []).append(slot)
    waves: dict[date, list[Wave]] = {}
    for wave in programme.waves.order_by("number"):
        waves.setdefault(monday_of(wave.starts_on), []).append(wave)
    ends = [monday_of(programme.first_week), monday_of(programme.last_week)]
    first, last = min([*ends, *by_week, *waves]), max([*ends, *by_week, *waves])
    count = (last - first).days // 7 + 1
    return [
        _week(programme, monday, waves.get(monday, []), by_week.get(monday, []), today)
        for monday in (first + WEEK * number for number in range(count))
    ]


def _week(
    programme: Programme, monday: date, waves: list[Wave], slots: list[Slot], today: date
) -> WeekShown:
    starts_on = waves[0].starts_on if waves else first_working_day(programme, monday)
    clash = day_clash(programme, starts_on) or day_clash(programme, monday)
    is_now = monday <= today < monday + WEEK
    return WeekShown(monday, starts_on, waves, slots, clash, programme.pace, is_now)


def first_working_day(programme: Programme, monday: date) -> date:
    """Monday, or the next day of that week which is no holiday; Monday when all are."""
    holidays = programme.holiday_dates()
    days = (monday + DAY * offset for offset in range(5))
    return next((day for day in days if day not in holidays), monday)


def monday_of(day: date) -> date:
    return day - DAY * day.weekday()


@dataclass(frozen=True)
class DayShown:
    """A day of a month page: how many sites begin, in which regions, what it falls on."""

    on: date
    is_inside: bool
    is_today: bool
    clash: str
    sites: int
    regions: list[tuple[str, int]]
    waves: list[Wave]


def month_of(
    programme: Programme, slots: Iterable[Slot], month: date, today: date
) -> list[list[DayShown]]:
    """The weeks of the month that `month` lies in, Monday first, whole weeks."""
    by_day: dict[date, dict[str, str]] = {}
    for slot in slots:
        if not slot.is_test:
            by_day.setdefault(slot.on, {})[slot.number] = slot.region
    waves: dict[date, list[Wave]] = {}
    for wave in programme.waves.order_by("number"):
        waves.setdefault(wave.starts_on, []).append(wave)
    first = month.replace(day=1)
    last = (first + 31 * DAY).replace(day=1) - DAY
    days, weeks = monday_of(first), []
    while days <= last:
        weeks.append(
            [
                _day(programme, day, first.month, today, by_day.get(day, {}), waves.get(day, []))
                for day in (days + DAY * offset for offset in range(7))
            ]
        )
        days += WEEK
    return weeks


def _day(
    programme: Programme, day: date, month: int, today: date, sites: dict[str, str],
    waves: list[Wave],
) -> DayShown:  # fmt: skip
    regions = sorted(Counter(region for region in sites.values() if region).items())
    clash = day_clash(programme, day)
    return DayShown(day, day.month == month, day == today, clash, len(sites), regions, waves)
