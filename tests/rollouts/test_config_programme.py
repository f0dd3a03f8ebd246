"""programme.yaml: programme, phases, labels, holidays, blackouts, and the shift to today."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from apps.rollouts.models import GoLive, Programme, ScheduleChange
from tests.rollouts.files import HEAD, WHOLE, apply, refused

pytestmark = pytest.mark.django_db
MORE = """\
labels: {site: Branch}
phases:
  - {key: planned, label: Planned}
  - {key: go_live_week, label: First week, days: 7, where_to_ask: the channel}
holidays: [{on: 2022-07-04, name: Independence Day}]
blackouts: [{start: 2022-12-20, end: 2023-01-02, reason: freeze}]
"""


def test_it_makes_the_programme(tmp_path: Path) -> None:
    assert apply(tmp_path, HEAD + MORE) == [
        "+ programme p", "+ labels", "+ phases", "+ holidays", "+ blackouts",
    ]  # fmt: skip
    programme = Programme.objects.get()
    assert (programme.first_week, programme.pace, programme.go_live_days) == (
        date(2022, 5, 2), 7, 7,
    )  # fmt: skip
    assert (programme.closes_on, programme.shift_weeks) == (None, None)
    assert programme.labels == {"site": "Branch"}
    assert programme.where_to_ask("go_live_week") == "the channel"
    assert programme.blackouts == [{"start": "2022-12-20", "end": "2023-01-02", "reason": "freeze"}]


def test_it_changes_nothing_the_second_time(tmp_path: Path) -> None:
    apply(tmp_path, HEAD + MORE)
    assert apply(tmp_path, HEAD + MORE) == []


def test_it_shows_what_changes(tmp_path: Path) -> None:
    apply(tmp_path, HEAD)
    assert apply(tmp_path, HEAD.replace("name: P", "name: Q")) == ["~ programme p: name 'P' → 'Q'"]


def test_it_moves_every_date_once(tmp_path: Path) -> None:
    text = WHOLE + MORE
    apply(tmp_path, text, now=datetime(2023, 6, 28, 12, tzinfo=UTC), shift_to_today=True)
    programme = Programme.objects.get()
    assert programme.shift_weeks == 52
    assert programme.first_week == date(2023, 5, 1)
    assert programme.holiday_dates() == {date(2023, 7, 3)}
    assert programme.blackouts[0]["start"] == "2023-12-19"
    assert programme.waves.get().starts_on == date(2023, 6, 12)
    assert GoLive.objects.get().planned_on == date(2023, 6, 12)


@pytest.mark.parametrize("is_asked_again", [True, False])
def test_it_keeps_the_shift_it_stored(tmp_path: Path, is_asked_again: bool) -> None:
    apply(tmp_path, WHOLE, now=datetime(2023, 6, 28, 12, tzinfo=UTC), shift_to_today=True)
    later = datetime(2024, 2, 1, tzinfo=UTC)
    assert apply(tmp_path, WHOLE, now=later, shift_to_today=is_asked_again) == []


def test_it_may_be_asked_to_move_later(tmp_path: Path) -> None:
    apply(tmp_path, WHOLE)
    apply(tmp_path, WHOLE, now=datetime(2022, 7, 6, 12, tzinfo=UTC), shift_to_today=True)
    assert Programme.objects.get().shift_weeks == 1
    assert GoLive.objects.get().planned_on == date(2022, 6, 20)
    assert ScheduleChange.objects.filter(kind="move").count() == 1


def test_it_asks_what_day_it_is_in_the_programme_s_zone(tmp_path: Path) -> None:
    text = HEAD.replace("time_zone: UTC", "time_zone: America/New_York")
    sunday_evening = datetime(2022, 7, 4, 1, tzinfo=UTC)
    apply(tmp_path, text, now=sunday_evening, shift_to_today=True)
    assert Programme.objects.get().shift_weeks == 0


def test_it_says_what_a_site_number_looks_like(tmp_path: Path) -> None:
    apply(tmp_path, with_programme(site_number_pattern=r"'^\d{3}$'"))
    pattern = Programme.objects.get().site_numbers()
    assert pattern.fullmatch("442")
    assert not pattern.fullmatch("442GC")
    (told,) = apply(tmp_path, with_programme())
    assert told.endswith("→ nothing")
    assert Programme.objects.get().site_numbers().fullmatch("442GC")


def with_programme(**values: str) -> str:
    known = {"key": "p", "name": "P", "first_week": "2022-05-02", "last_week": "2022-08-22",
             "time_zone": "UTC"}  # fmt: skip
    pairs = ", ".join(f"{name}: {value}" for name, value in (known | values).items() if value)
    return f"programme: {{{pairs}}}\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (with_programme(first_week="2022-02-30"), "first_week: 2022-02-30 is not a day"),
        (with_programme(first_week="2nd May"), "first_week: '2nd May' is not a date"),
        (with_programme(first_week="0022-05-02"), "first_week: 0022-05-02 is not a day"),
        (with_programme(last_week="2022-05-01"), "programme: last_week is before first_week"),
        (with_programme(time_zone=""), "time_zone: is missing"),
        (with_programme(time_zone="America/Denvr"), "not a time zone; did you mean"),
        (with_programme(time_zone="../../etc/passwd"), "is not a time zone"),
        (with_programme(time_zone="America"), "'America' is not a time zone"),
        (with_programme(go_live_days="0"), "go_live_days:"),
        (with_programme(pace="-1"), "pace:"),
        (with_programme(key="a b"), "key:"),
        (with_programme(site_number_pattern="'['"), "'[' is no regular expression"),
        (with_programme(pase="7"), "unknown key 'pase'; did you mean 'pace'?"),
        (HEAD + "phases: [{key: go_live, label: x}]", "phases.key: 'go_live' is not one of"),
        (HEAD + "phases: [{key: go_live_week, label: x, days: 9}]", "go_live_days: 7"),
        (HEAD + "phases: [{key: closed, label: x, days: 9}]", "days: is for go_live_week"),
        (HEAD + "phases: [{key: closed, label: x}, {key: closed, label: y}]", "a second time"),
        (HEAD + "labels: [a]", "labels are words by word"),
        (HEAD + "labels: {site: [a]}", "labels are words by word"),
        (HEAD + "holidays: [{on: 2022-13-01}]", "holidays.on: 2022-13-01 is not a day"),
        (
            HEAD + "blackouts: [{start: 2022-05-02, end: 2022-05-01}]",
            "blackouts: end is before start",
        ),
    ],
)
def test_it_says_what_is_wrong_and_writes_nothing(tmp_path: Path, text: str, words: str) -> None:
    (said,) = refused(tmp_path, text)
    assert said.startswith(f"p.yaml:{text.strip().count(chr(10)) + 1}: ")
    assert words in said
    assert Programme.objects.count() == 0
