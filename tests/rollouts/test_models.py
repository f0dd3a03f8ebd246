"""What the database itself forbids, who sees what, and how many queries the phases cost."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Model
from pytest_django import DjangoAssertNumQueries

from apps.rollouts.choices import ChangeKind, Status
from apps.rollouts.models import (
    GoLive,
    Membership,
    Product,
    Programme,
    ScheduleChange,
    ScheduleChangeItem,
    Site,
    Wave,
)
from apps.rollouts.rules import support_phase
from tests import build

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 27, 14, 40, tzinfo=UTC)
MONDAY = date(2022, 6, 27)


def change_of(row: GoLive, kind: ChangeKind, at: datetime, **more: Any) -> ScheduleChange:
    change = ScheduleChange.objects.create(
        programme=row.programme, kind=kind, reason="why", decided_by="Dee", made_by="dee",
        made_at=at, **more,
    )  # fmt: skip
    ScheduleChangeItem.objects.create(change=change, go_live=row, effective_at=at)
    return change


def go_live(**columns: Any) -> GoLive:
    return build.go_live(build.site(), build.product(build.programme()), MONDAY, **columns)


def test_it_has_one_standing_go_live_for_a_site_and_product() -> None:
    row = go_live()
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        build.go_live(row.site, row.product, MONDAY)


def test_it_may_have_another_go_live_once_one_is_cancelled() -> None:
    row = go_live(status=Status.CANCELLED)
    assert build.go_live(row.site, row.product, MONDAY).pk != row.pk


def test_it_refuses_a_status_it_does_not_know() -> None:
    with pytest.raises(IntegrityError, match="go_live_status_known"):
        go_live(status="lost")


def test_it_refuses_a_programme_that_ends_before_it_starts() -> None:
    with pytest.raises(IntegrityError, match="programme_ends_after_it_starts"):
        build.programme(last_week=date(2022, 5, 1))


def test_it_refuses_a_week_without_days() -> None:
    with pytest.raises(IntegrityError, match="programme_has_a_week"):
        build.programme(go_live_days=0)


def test_it_refuses_a_change_without_a_reason() -> None:
    programme = build.programme()
    with pytest.raises(IntegrityError, match="schedule_change_has_a_reason"):
        ScheduleChange.objects.create(
            programme=programme, kind=ChangeKind.MOVE, reason="", decided_by="Dee", made_by="dee",
            made_at=NOW,
        )  # fmt: skip


def test_it_refuses_a_role_it_does_not_know() -> None:
    with pytest.raises(IntegrityError, match="membership_role_known"):
        Membership.objects.create(
            person=build.person("ana"), programme=build.programme(), role="king"
        )


def test_it_refuses_the_same_number_for_two_sites() -> None:
    build.site("442")
    with pytest.raises(IntegrityError, match=r"(?i)unique"):
        Site.objects.create(number="442", name="Another", time_zone="UTC")


@pytest.mark.parametrize("model", [Product, Wave, GoLive, Programme])
def test_it_is_seen_by_members_and_administrators_only(model: type[Model]) -> None:
    mine, other = build.programme(), build.programme()
    for programme in (mine, other):
        product = build.product(programme)
        build.go_live(build.site(), product, MONDAY, wave=build.wave(programme))
    rows: Any = model._default_manager
    assert rows.visible_to(build.person("ana", mine)).count() == 1
    assert rows.visible_to(build.person("vic")).count() == 0
    assert rows.visible_to(build.person("adi")).count() == 2


def test_it_tells_what_its_changes_come_to() -> None:
    row = go_live()
    change_of(row, ChangeKind.PAUSE, NOW)
    assert row.folded().status == Status.PAUSED
    assert support_phase(row.facts(), NOW).key == "paused"
    assert support_phase(row.facts(), NOW - timedelta(hours=1)).key == "go_live_week"


def test_it_does_not_count_a_change_that_was_undone() -> None:
    row = go_live()
    change_of(row, ChangeKind.CANCEL, NOW, undone_at=NOW)
    assert support_phase(row.facts(), NOW).key == "go_live_week"


def test_it_starts_on_the_actual_date_where_there_is_one() -> None:
    row = go_live(actual_on=MONDAY + timedelta(days=2))
    assert support_phase(row.facts(), NOW).key == "planned"


def test_it_asks_the_database_as_often_for_any_number_of_phases(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    programme = build.programme()
    products = [build.product(programme, key) for key in ("echeckin", "vse-cs")]
    for number in range(20):
        site = build.site(str(500 + number), f"Place {number}")
        for product in products:
            change_of(build.go_live(site, product, MONDAY), ChangeKind.PAUSE, NOW)
    with django_assert_num_queries(4):
        rows: list[GoLive] = list(GoLive.objects.with_facts())
        assert {support_phase(row.facts(), NOW).key for row in rows} == {"paused"}
        assert {row.site.number for row in rows} >= {"500", "519"}


def test_it_says_where_to_ask_in_a_phase() -> None:
    programme = build.programme(phases=[{"key": "closed", "where_to_ask": "the help desk"}])
    assert programme.where_to_ask("closed") == "the help desk"
    assert programme.where_to_ask("planned") == ""


def test_it_knows_its_holidays() -> None:
    programme = build.programme(holidays=[{"on": "2022-07-04", "name": "Independence Day"}])
    assert programme.holiday_dates() == {date(2022, 7, 4)}


def test_its_calendar_adds_public_holidays_and_its_own_words_win() -> None:
    own = [{"on": "2022-07-04", "name": "The Fourth"}, {"on": "2022-07-08", "name": ""}]
    names = build.programme(holiday_calendar="US", holidays=own).holiday_names()
    told = [names.get(date(2022, *day)) for day in ((6, 20), (7, 4), (7, 5), (7, 8))]
    assert told == ["Juneteenth National Independence Day (observed)", "The Fourth", None,
                    "a holiday"]  # fmt: skip


@pytest.mark.parametrize(
    ("calendar", "words"),
    [("Atlantis", "write a country such as US"), ("us", "write a country"), ("US-XX", "US has AK")],
)
def test_a_calendar_nobody_knows_is_refused(calendar: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        build.programme(holiday_calendar=calendar).full_clean()


def test_rows_name_themselves() -> None:
    row = go_live(wave=None)
    change = change_of(row, ChangeKind.MOVE, NOW)
    person = build.person("ana", row.programme)
    member = Membership.objects.get(person=person)
    wave = build.wave(row.programme)
    assert [str(one) for one in (row.programme, row.product, row.site, wave, member)] == [
        "Check-in", "eCheck-in", "636 Omaha VA Medical Center", "wave 9", "Ana Ortiz as engineer",
    ]  # fmt: skip
    assert str(change.items.get()) == f"move {change.pk} of go-live {row.pk}"
