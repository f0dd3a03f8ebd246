"""What a change of the schedule touches, in words: pace, end of the programme, phases at once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from apps.rollouts.choices import ChangeKind
from apps.rollouts.effects import effects_of, pace, phases, readiness
from apps.rollouts.models import GoLive, Programme
from apps.rollouts.services import Decision, Plan, Step, Wish, plan_go_lives, preview_change
from tests import build

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 27, 15, tzinfo=UTC)
MONDAY = date(2022, 7, 11)


@pytest.fixture
def programme() -> Programme:
    made = build.programme(pace=1, phases=[{"key": "go_live_week", "label": "Hypercare"}])
    product = build.product(made)
    plans = [Plan(site=build.site(number), product=product, wave=None, planned_on=MONDAY + days)
             for number, days in (("636", timedelta(0)), ("442", timedelta(7)))]  # fmt: skip
    decision = Decision(reason="Plan", decided_by="Pam", made_by="pam", origin="page")
    plan_go_lives(programme=made, plans=plans, decision=decision, now=NOW - timedelta(days=60))
    return made


def steps(programme: Programme, kind: ChangeKind, to: date | None = None) -> list[Step]:
    row = GoLive.objects.get(site__number="442")
    wish = Wish(kind=kind, go_lives={row.pk: to})
    return preview_change(programme=programme, wish=wish, now=NOW).steps


def test_a_week_above_the_pace_is_told(programme: Programme) -> None:
    told = pace(programme, steps(programme, ChangeKind.MOVE, MONDAY), NOW)
    assert told == ["In the week of 11 Jul 2022 2 begin; the pace is 1 a week."]


def test_what_would_be_cancelled_makes_room(programme: Programme) -> None:
    gone = steps(programme, ChangeKind.CANCEL)
    new = Step(
        GoLive(programme=programme, site=build.site("358"), product=programme.products.get()),
        MONDAY, MONDAY + timedelta(8), "", "", is_new=True,
    )  # fmt: skip
    assert pace(programme, [new], NOW)
    assert pace(programme, [*gone, new], NOW) == []


@pytest.mark.parametrize(
    ("to", "told"),
    [
        (date(2022, 6, 27), ["1 go-live would be in “Hypercare” at once, not in “Planned”."]),
        (date(2022, 6, 13), ["1 go-live would be in “Servicenow” at once, not in “Planned”."]),
        (date(2022, 6, 28), []), (date(2022, 8, 1), []),
    ],
)  # fmt: skip
def test_who_would_be_in_another_phase_at_once_is_told(
    programme: Programme, to: date, told: list[str]
) -> None:
    assert phases(programme, steps(programme, ChangeKind.MOVE, to), NOW) == told


def test_items_that_would_be_overdue_at_once_are_told(programme: Programme) -> None:
    build.checklist(programme, ("whitelist", "Whitelisted", "engineer", -10, True),
                    ("poster", "Posters", "pm", 0, False))  # fmt: skip
    earlier = steps(programme, ChangeKind.MOVE, date(2022, 7, 5))
    assert readiness(programme, earlier, NOW) == [
        "Of the checklist 1 item would be overdue at once, 1 of which block: Whitelisted (1)."
    ]
    assert readiness(programme, steps(programme, ChangeKind.MOVE, date(2022, 8, 1)), NOW) == []


def test_all_effects_are_asked(programme: Programme) -> None:
    told = effects_of(programme, steps(programme, ChangeKind.MOVE, date(2022, 4, 4)), NOW)
    assert "Outside the programme's weeks: 4 Apr 2022." in told
    assert any("at once" in words for words in told)
