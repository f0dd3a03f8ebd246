"""The values a schedule is made of, and what comes out of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from apps.core.periods import DAY_MINUTES, WEEKDAYS, WeeklyHours, clock_minutes, weekday_number
from apps.oncall.choices import Source, Unit

LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class HandOff:
    """When slots begin, in wall time; the weekday (0 = Monday) counts for weeks and sprints."""

    weekday: int | None
    wall: time

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "mon 08:00" or, for days, "08:00". Raises ValueError in words."""
        *names, clock = text.split() or [""]
        minutes = clock_minutes(clock)
        if len(names) > 1 or minutes == DAY_MINUTES:
            raise ValueError(f"“{text}” is not a hand-off such as mon 08:00")
        weekday = weekday_number(names[0]) if names else None
        return cls(weekday, time(*divmod(minutes, 60)))

    def __str__(self) -> str:
        wall = f"{self.wall:%H:%M}"
        return wall if self.weekday is None else f"{WEEKDAYS[self.weekday]} {wall}"


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's place in a duty's list; active from `starts_on` to the end of `ends_on`.

    `hours`, in `zone`, are their own working hours as they were when the version was made; they
    count where the version follows them. None: not entered.
    """

    person: str
    starts_on: date | None = None
    ends_on: date | None = None
    hours: WeeklyHours | None = None
    zone: ZoneInfo | None = None

    def is_active(self, on: date) -> bool:
        return (self.starts_on is None or self.starts_on <= on) and (
            self.ends_on is None or on <= self.ends_on
        )


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """A duty ("primary") and the people who take it in turns, in order."""

    duty: str
    turns: tuple[Turn, ...]

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(turn.person for turn in self.turns)


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFacts:
    """What a layer of a rota says from `effective_from` (a day of its zone) or `made_at` on, the
    later.

    `windows` None means always. Duties stand in the order in which they choose. `layer` is empty in
    a rota of one layer; `zone` None is the rota's. `follows`: within a slot the duty goes with the
    working hours of its people.
    """

    effective_from: date
    made_at: datetime = LONG_AGO
    unit: Unit = Unit.WEEK
    hand_off: HandOff
    starts_on: date
    windows: WeeklyHours | None = None
    duties: tuple[DutyFacts, ...]
    layer: str = ""
    zone: ZoneInfo | None = None
    follows: bool = False


@dataclass(frozen=True, slots=True)
class LeaveFacts:
    """`person` takes no turn in a slot that starts in [starts_at, ends_at)."""

    person: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideFacts:
    """`person` has `duty` in [starts_at, ends_at).

    One that names its `slot` follows it: while the duty still has that slot, it takes the slot's
    time, whatever the rota has made of it since.
    """

    duty: str
    person: str
    starts_at: datetime
    ends_at: datetime
    slot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaFacts:
    """A rota: versions by the day they count from, leave, overrides as they were made.

    Where layers say different things the one that stands later wins.
    """

    zone: ZoneInfo
    versions: tuple[VersionFacts, ...]
    leaves: tuple[LeaveFacts, ...] = ()
    overrides: tuple[OverrideFacts, ...] = ()

    def by_layer(self) -> "list[tuple[VersionFacts, ...]]":
        """The versions of each layer, the layers in order of their first version."""
        layers: dict[str, list[VersionFacts]] = {}
        for version in self.versions:
            layers.setdefault(version.layer, []).append(version)
        return [tuple(versions) for versions in layers.values()]

    def duties(self) -> list[str]:
        """Every duty of any version, in the order in which they choose."""
        return list(
            dict.fromkeys(duty.duty for version in self.versions for duty in version.duties)
        )


class Shift(NamedTuple):
    """`person_key` has `duty` from `start` up to, not including, `end` (UTC).

    `slot` is the local start of the slot ("2022-05-02T08:00"): with rota and duty its identity.
    An override keeps the slot it was made for, if any.
    """

    start: datetime
    end: datetime
    duty: str
    person_key: str
    source: Source
    slot: str
