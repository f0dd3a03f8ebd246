"""The schedule of a rota from values, and the coverage proof of the example's 17 weeks.

Twenty layers share the week, eight hours each, with a hand-off each week and two duties; then they
lie over one another. Overrides and leave are spread over the window. The limit of the same run: as
many shifts made as plain rows.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from apps.accounts.models import Person
from apps.core.config.run import Request, apply_file
from apps.core.periods import WEEKDAYS, Period, WeeklyHours
from apps.oncall.choices import Source, Unit
from apps.oncall.coverage import prove
from apps.oncall.models import Override, Participant, Rota, RotaVersion
from apps.oncall.rules import (
    DutyFacts,
    HandOff,
    LeaveFacts,
    OverrideFacts,
    RotaFacts,
    Shift,
    Turn,
    VersionFacts,
    final_schedule,
    on_duty,
)
from apps.rollouts.models import Programme
from benchmarks.asking import Table, measured

ROOT = Path(__file__).resolve().parents[1]
START, MONDAY = datetime(2022, 5, 2, tzinfo=UTC), date(2022, 5, 2)
YEAR, WEEK = timedelta(days=365), timedelta(days=7)
LAYERS, PEOPLE = 20, 5
DAYTIME = WeeklyHours.parse({"mon-sun": "08:00-20:00"})
SECRETS = ("DEMO_PASSWORD", "SNOW_PASSWORD", "SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN")
LOCAL = dict.fromkeys(("SNOW_URL", "SLACK_URL"), "http://127.0.0.1:9/")


def run() -> None:
    """Measure, print."""
    for overrides, leaves, years in ((40, 0, 1), (40, 0, 2), (40, 0, 4), (40, 0, 8), (200, 100, 1)):
        facts, end = rota(overrides, leaves, years * YEAR), START + years * YEAR
        shifts = final_schedule(facts, START, end)
        table = Table({"rows": measured(partial(_rows, len(shifts)))})
        words = f"{years} y, {overrides} overrides, {leaves} leaves: {len(shifts)} shifts"
        table.line(words, measured(_quiet(final_schedule, facts, START, end)), "rows")
    at, facts = START + 100 * YEAR / 365, rota(40, 0, YEAR)
    print(f"    {'who is on duty at an instant':44} {measured(_quiet(on_duty, facts, at))}")
    for words, hours in (("each open 08:00-20:00", DAYTIME), ("each always open", None)):
        over = _over_one_another(facts, hours)
        shifts = final_schedule(over, START, START + YEAR)
        found = measured(_quiet(final_schedule, over, START, START + YEAR))
        print(f"    {f'1 y, layers {words}: {len(shifts)} shifts':44} {found}")
        print(f"    {'who is on duty, the same':44} {measured(_quiet(on_duty, over, at))}")
    print(f"    {'coverage of the example, 17 weeks':44} {_coverage()}")
    row = _stored(facts)
    assert _read(row).facts() == facts
    year = measured(lambda: _dropped(final_schedule(_read(row).facts(), START, START + YEAR)))
    print(f"    {'1 y, 40 overrides, from the database':44} {year}")
    now = measured(lambda: _dropped(on_duty(_read(row).facts(), at)))
    print(f"    {'who is on duty, from the database':44} {now}")
    print("  aims: 20 ms for a year, 35 ms with 200 and 100, linear; 0.5 ms at an instant; 1 s;")
    print("        from the database 40 ms and 3 ms")


def rota(overrides: int, leaves: int, window: timedelta) -> RotaFacts:
    """A rota of twenty layers in one zone."""
    return RotaFacts(
        zone=ZoneInfo("America/New_York"),
        versions=tuple(_layer(number) for number in range(LAYERS)),
        overrides=tuple(
            OverrideFacts(duty="primary", person=f"p{number % LAYERS}-0", starts_at=at,
                          ends_at=at + timedelta(hours=6))
            for number, at in enumerate(_spread(overrides, window))
        ),
        leaves=tuple(
            LeaveFacts(f"p{number % LAYERS}-1", at, at + WEEK)
            for number, at in enumerate(_spread(leaves, window))
        ),
    )  # fmt: skip


def _layer(number: int) -> VersionFacts:
    people = tuple(Turn(f"p{number}-{place}") for place in range(PEOPLE))
    return VersionFacts(
        layer=f"layer-{number}", unit=Unit.WEEK, hand_off=HandOff.parse("mon 08:00"),
        starts_on=MONDAY, effective_from=MONDAY, windows=WeeklyHours.parse(_hours(number)),
        duties=(DutyFacts("primary", people), DutyFacts("backup", people[1:] + people[:1])),
    )  # fmt: skip


def _hours(number: int) -> dict[str, str]:
    block, weekday = divmod(number, 7)
    return {WEEKDAYS[weekday]: f"{8 * block:02}:00-{8 * block + 8:02}:00"}


def _over_one_another(facts: RotaFacts, hours: WeeklyHours | None) -> RotaFacts:
    """The same layers, each of which hides those below."""
    return replace(facts, versions=tuple(replace(one, windows=hours) for one in facts.versions))


def _spread(count: int, window: timedelta) -> list[datetime]:
    return [START + number * window / count for number in range(count)]


def _rows(count: int) -> None:
    for _ in range(count):
        Shift(START, START, "primary", "ana", Source.ROTA, "2022-05-02T08:00")


def _stored(facts: RotaFacts) -> Rota:
    """The same rota as rows, in the programme of the example."""
    names = {turn.person for one in facts.versions for duty in one.duties for turn in duty.turns}
    Person.objects.bulk_create(Person(username=name, name=name) for name in names)
    people = Person.objects.in_bulk(names, field_name="username")
    row = Rota.objects.create(programme=Programme.objects.get(), key="twenty", name="Twenty",
                              time_zone=str(facts.zone))  # fmt: skip
    for position, one in enumerate(facts.versions):
        version = RotaVersion.objects.create(
            rota=row, layer=one.layer, position=position, effective_from=one.effective_from,
            unit=one.unit.value, hand_off=str(one.hand_off), starts_on=one.starts_on,
            windows=_hours(position), made_by="bench", made_at=one.made_at,
        )  # fmt: skip
        Participant.objects.bulk_create(
            Participant(version=version, duty=duty.duty, position=place, person=people[who])
            for duty in one.duties
            for place, who in enumerate(duty.people)
        )
    Override.objects.bulk_create(
        Override(rota=row, duty=one.duty, person=people[one.person], starts_at=one.starts_at,
                 ends_at=one.ends_at, made_by="bench", made_at=START)
        for one in facts.overrides
    )  # fmt: skip
    return row


def _read(row: Rota) -> Rota:
    return Rota.objects.with_facts().get(pk=row.pk)


def _dropped(answer: object) -> None:
    """Nobody looks at it."""


def _coverage() -> object:
    environment = dict.fromkeys(SECRETS, "correct-horse-battery") | LOCAL
    apply_file(Request(path=ROOT / "examples/va-check-in-2022.yaml", now=START, actor="system",
                       shift_to_today=False, environment=environment))  # fmt: skip
    programme, window = Programme.objects.get(), Period(START, START + 17 * WEEK)
    return measured(_quiet(prove, programme, window))


def _quiet(ask: Callable[..., object], *facts: object) -> Callable[[], None]:
    """A call whose answer nobody looks at."""

    def call() -> None:
        ask(*facts)

    return call
