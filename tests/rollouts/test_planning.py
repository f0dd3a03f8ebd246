"""Proposed waves: pace, weekdays, holidays, blackouts, groups kept together."""

from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as some

from apps.rollouts.rules.calendars import federal_holidays
from apps.rollouts.rules.planning import (
    GroupBy,
    NoSuchWeek,
    PlanSite,
    ProposedWave,
    clashes,
    propose_waves,
    wave_starts,
)

FIRST = date(2022, 5, 2)
MEMORIAL, JUNETEENTH, INDEPENDENCE = date(2022, 5, 30), date(2022, 6, 20), date(2022, 7, 4)
HOLIDAYS = {MEMORIAL, JUNETEENTH, INDEPENDENCE}


def sites(*sizes: int) -> list[PlanSite]:
    """Regions A, B, … of these sizes."""
    return [
        PlanSite(f"{chr(65 + at)}{number}", region=chr(65 + at), state=chr(90 - at % 3))
        for at, size in enumerate(sizes)
        for number in range(size)
    ]


def test_it_starts_on_mondays() -> None:
    assert list(islice(wave_starts(FIRST), 3)) == [FIRST, date(2022, 5, 9), date(2022, 5, 16)]


def test_it_takes_the_week_a_day_lies_in() -> None:
    assert next(wave_starts(date(2022, 5, 5))) == FIRST


def test_it_starts_on_tuesday_after_a_monday_holiday() -> None:
    found = list(islice(wave_starts(date(2022, 5, 30), holidays=HOLIDAYS), 6))
    assert (found[0], found[3], found[5]) == (
        date(2022, 5, 31), date(2022, 6, 21), date(2022, 7, 5),
    )  # fmt: skip


def test_it_leaves_out_a_week_that_starts_in_a_blackout() -> None:
    freeze = [(date(2022, 5, 7), date(2022, 5, 20))]
    assert list(islice(wave_starts(FIRST, blackouts=freeze), 2)) == [FIRST, date(2022, 5, 23)]


def test_it_leaves_out_a_week_of_holidays() -> None:
    week = {FIRST + timedelta(days=day) for day in range(5)}
    assert next(wave_starts(FIRST, holidays=week)) == date(2022, 5, 9)


def test_it_says_when_blackouts_leave_no_week() -> None:
    with pytest.raises(NoSuchWeek):
        next(wave_starts(FIRST, blackouts=[(date(2000, 1, 1), date(2999, 1, 1))]))


def test_it_refuses_a_pace_below_one() -> None:
    with pytest.raises(ValueError, match="at least one"):
        propose_waves(sites(3), pace=0, first_week=FIRST)


def test_it_fills_weeks_evenly() -> None:
    waves = propose_waves(sites(15), pace=7, first_week=FIRST)
    assert [len(wave.sites) for wave in waves] == [5, 5, 5]


def test_it_keeps_a_region_together() -> None:
    waves = propose_waves(sites(7, 9, 5), pace=7, first_week=FIRST, group_by="region")
    assert [(wave.group, len(wave.sites)) for wave in waves] == [
        ("A", 7), ("B", 5), ("B", 4), ("C", 5),
    ]  # fmt: skip


def test_it_lets_small_regions_share_a_week_when_they_fit_whole() -> None:
    waves = propose_waves(sites(3, 4, 1), pace=7, first_week=FIRST, group_by="region")
    assert [(wave.group, len(wave.sites)) for wave in waves] == [("A and B", 7), ("C", 1)]


def test_it_proposes_nothing_without_sites() -> None:
    assert propose_waves([], pace=7, first_week=FIRST) == []


def test_it_knows_the_federal_holidays_of_the_programme() -> None:
    assert federal_holidays([2022]).keys() >= HOLIDAYS


def test_it_warns_of_the_real_eighth_wave_without_refusing_it() -> None:
    real = [date(2022, 6, 13), JUNETEENTH, date(2022, 6, 27)]
    assert clashes(real, HOLIDAYS, []) == [JUNETEENTH]
    assert clashes(real, HOLIDAYS, [(date(2022, 6, 25), date(2022, 6, 28))]) == [
        JUNETEENTH, date(2022, 6, 27),
    ]  # fmt: skip


PLANS = some.lists(some.integers(0, 12), min_size=1, max_size=8).map(lambda sizes: sites(*sizes))
DAYS = some.dates(date(2022, 1, 1), date(2023, 12, 31))
SPANS = some.tuples(DAYS, some.integers(0, 20)).map(
    lambda pair: (pair[0], pair[0] + timedelta(days=pair[1]))
)


@given(
    plan=PLANS.flatmap(some.permutations),
    pace=some.integers(1, 12),
    first=DAYS,
    holidays=some.one_of(
        some.frozensets(DAYS, max_size=30), some.just(frozenset(federal_holidays([2022, 2023])))
    ),
    blackouts=some.lists(SPANS, max_size=4),
    group_by=some.sampled_from(["", "region", "state"]),
    earliest=some.one_of(some.none(), DAYS),
)
def test_a_proposal_keeps_every_promise(
    plan: list[PlanSite],
    pace: int,
    first: date,
    holidays: frozenset[date],
    blackouts: list[tuple[date, date]],
    group_by: GroupBy,
    earliest: date | None,
) -> None:
    waves = propose_waves(
        plan, pace=pace, first_week=first, holidays=holidays, blackouts=blackouts,
        group_by=group_by, earliest=earliest,
    )  # fmt: skip
    planned = [number for wave in waves for number in wave.sites]
    assert sorted(planned) == sorted(site.number for site in plan)  # each once
    assert all(1 <= len(wave.sites) <= pace for wave in waves)
    starts = [wave.starts_on for wave in waves]
    assert clashes(starts, holidays, blackouts) == []  # never proposed on a holiday
    assert all(day.weekday() < 5 for day in starts)  # nor on a weekend
    assert all(first_working_day_of_its_week(day, holidays) for day in starts)
    assert all(earliest is None or day >= earliest for day in starts)
    assert all(monday_of(day) >= monday_of(first) for day in starts)
    assert [wave.number for wave in waves] == list(range(1, len(waves) + 1))
    weeks = [monday_of(day) for day in starts]
    assert weeks == sorted(set(weeks))  # one wave a week, in order
    assert_groups_stay_together(plan, waves, pace, group_by)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def first_working_day_of_its_week(day: date, holidays: frozenset[date]) -> bool:
    """Monday, or all days of the week before it are holidays."""
    before = (monday_of(day) + timedelta(days=number) for number in range(day.weekday()))
    return all(one in holidays for one in before)


def assert_groups_stay_together(
    plan: list[PlanSite], waves: list[ProposedWave], pace: int, group_by: GroupBy
) -> None:
    """A group has neighbouring weeks: as few as the pace allows, shared with others only whole."""
    if not group_by:
        return
    group_of = {site.number: getattr(site, group_by) for site in plan}
    weeks: dict[str, list[int]] = {}
    for wave in waves:
        for name in dict.fromkeys(group_of[number] for number in wave.sites):
            weeks.setdefault(name, []).append(wave.number)
        assert wave.group == " and ".join(dict.fromkeys(group_of[one] for one in wave.sites))
    for name, own in weeks.items():
        size = sum(group == name for group in group_of.values())
        assert own == list(range(own[0], own[0] + len(own)))
        assert len(own) == -(-size // pace)
    assert list(weeks) == list(dict.fromkeys(group_of[site.number] for site in plan))


@given(some.sampled_from(sorted(federal_holidays(range(2022, 2032)))))
def test_a_monday_holiday_makes_it_tuesday(holiday: date) -> None:
    """Of ten years of federal holidays: the wave of its week starts on the next working day."""
    holidays = federal_holidays([holiday.year - 1, holiday.year, holiday.year + 1])
    start = next(wave_starts(holiday, holidays=holidays.keys()))
    wanted = monday_of(holiday)
    while wanted in holidays:
        wanted += timedelta(days=1)
    assert start == wanted
    assert start.weekday() == (1 if holiday.weekday() == 0 else start.weekday())


def test_no_wave_starts_before_the_earliest_day() -> None:
    wednesday = date(2022, 6, 15)
    found = list(islice(wave_starts(FIRST, holidays=HOLIDAYS, earliest=wednesday), 2))
    assert found == [date(2022, 6, 21), date(2022, 6, 27)]
    assert next(wave_starts(FIRST, earliest=date(2022, 6, 13))) == date(2022, 6, 13)
