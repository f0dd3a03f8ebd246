"""The schedule's pages: weeks, months, a change with its preview, undo, the planner."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from apps.accounts.models import Person
from apps.rollouts.choices import ChangeKind
from apps.rollouts.models import GoLive, Programme, ScheduleChange, Wave
from apps.rollouts.services import Decision, Plan, Wish, change_schedule, plan_go_lives
from apps.rollouts.timeline import Shown, month_of, slots_of, weeks_of
from tests import build
from tests.pages import at_work, text_of

pytestmark = pytest.mark.django_db
WHY = {"reason": "The site asked", "decided_by": "Dee Dunn"}
DECISION = Decision(reason="Plan", decided_by="Pam", made_by="pam", origin="page")
NOW = datetime(2022, 6, 15, 15, 0, tzinfo=UTC)
MONDAYS = {9: date(2022, 6, 27), 10: date(2022, 7, 5), 11: date(2022, 7, 11)}


@pytest.fixture(autouse=True)
def _in_june_2022(settings: Settings) -> None:
    settings.CLOCK_OFFSET = (NOW - timezone.now()).total_seconds()


@pytest.fixture
def programme() -> Programme:
    made = build.programme(
        pace=2, labels={"site": "Branch", "region": "Area"},
        holidays=[{"on": "2022-07-04", "name": "Independence Day"}],
        phases=[{"key": "planned", "label": "Coming", "where_to_ask": ""}],
    )  # fmt: skip
    product = build.product(made)
    for number, day in MONDAYS.items():
        build.wave(made, number, day)
    plans = [
        Plan(site=build.site(name, f"Branch {name}"), product=product,
             wave=Wave.objects.get(number=number), planned_on=MONDAYS[number])
        for name, number in (("636", 9), ("437", 9), ("438", 10))
    ]  # fmt: skip
    plan_go_lives(programme=made, plans=plans, decision=DECISION, now=NOW - timedelta(days=90))
    return made


@pytest.fixture
def pam(programme: Programme) -> Client:
    return at_work(build.person("pam", programme))


def ids(*numbers: str) -> str:
    rows = GoLive.objects.filter(site__number__in=numbers).order_by("pk")
    return ",".join(str(row.pk) for row in rows)


def test_weeks_run_from_first_to_last_and_hold_what_begins(programme: Programme) -> None:
    weeks = weeks_of(programme, slots_of(programme, Shown(), NOW), NOW.date())
    assert (len(weeks), weeks[0].monday, weeks[-1].monday) == (
        17, date(2022, 5, 2), date(2022, 8, 22),
    )  # fmt: skip
    ninth, tenth = weeks[8], weeks[9]
    assert [slot.number for slot in ninth.slots] == ["437", "636"]
    assert (ninth.sites, ninth.is_over) == (2, False)
    assert (tenth.starts_on, tenth.clash) == (date(2022, 7, 5), "Independence Day")
    assert [week.is_now for week in weeks].index(True) == 6


def test_a_week_above_the_pace_says_so(programme: Programme) -> None:
    programme.pace = 1
    weeks = weeks_of(programme, slots_of(programme, Shown(), NOW), NOW.date())
    assert [week.is_over for week in weeks if week.slots] == [True, False]


def test_a_week_outside_the_programme_is_shown_when_something_is_in_it(
    programme: Programme,
) -> None:
    wish = Wish(kind=ChangeKind.MOVE, go_lives={int(ids("438")): date(2022, 9, 13)})
    change_schedule(programme=programme, wish=wish, decision=DECISION, now=NOW)
    weeks = weeks_of(programme, slots_of(programme, Shown(), NOW), NOW.date())
    assert weeks[-1].monday == date(2022, 9, 12)


def test_an_interrupted_go_live_shows_its_real_phase(programme: Programme) -> None:
    wish = Wish(kind=ChangeKind.PAUSE, go_lives={int(ids("636")): None})
    change_schedule(programme=programme, wish=wish, decision=DECISION, now=NOW)
    later = datetime(2022, 6, 29, 15, 0, tzinfo=UTC)
    shown = {slot.number: slot.phase for slot in slots_of(programme, Shown(), later)}
    assert shown == {"437": "go_live_week", "636": "paused", "438": "planned"}


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        (Shown(text="branch 43"), {"437", "438"}), (Shown(wave="10"), {"438"}),
        (Shown(product="nothing"), set()), (Shown(region="VISN 23"), {"636", "437", "438"}),
        (Shown(wave="x"), {"636", "437", "438"}),
    ],
)  # fmt: skip
def test_it_filters(programme: Programme, shown: Shown, found: set[str]) -> None:
    assert {slot.number for slot in slots_of(programme, shown, NOW)} == found


def test_a_month_has_whole_weeks(programme: Programme) -> None:
    weeks = month_of(programme, slots_of(programme, Shown(), NOW), date(2022, 7, 1), NOW.date())
    assert (weeks[0][0].on, weeks[-1][-1].on) == (date(2022, 6, 27), date(2022, 7, 31))
    assert all(len(week) == 7 for week in weeks)
    days = {day.on: day for week in weeks for day in week}
    assert (days[date(2022, 7, 5)].sites, days[date(2022, 7, 4)].clash) == (1, "Independence Day")
    assert not days[date(2022, 6, 27)].is_inside


def test_the_page_speaks_the_programmes_words(pam: Client, programme: Programme) -> None:
    page = text_of(pam.get("/schedule/"))
    assert all(words in page for words in ("3 Branches", "Area", "Coming", "Wave 9"))
    month = text_of(pam.get("/schedule/?view=calendar&month=2022-07"))
    assert all(words in month for words in ("July 2022", "Independence Day", "1</b> Branch"))
    assert pam.get("/schedule/?view=calendar&month=2022-99").status_code == 200
    assert pam.get("/schedule/?programme=other").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "month=9999-12",
        "month=0001-01",
        "month=x",
        "wave=99999999999999999999",
        f"wave={'9' * 4400}",
    ],
)
def test_an_address_nobody_can_mean_shows_the_usual(pam: Client, query: str) -> None:
    assert pam.get(f"/schedule/?view=calendar&{query}").status_code == 200


@pytest.mark.parametrize("token", ["9" * 20, "9" * 4400, "-1", "٣", "x"])
def test_a_number_nobody_has_chooses_nothing(pam: Client, token: str) -> None:
    answer: Any = pam.post("/schedule/change/", {"go_live": token}, follow=True)
    assert "Choose at least one go-live" in text_of(answer)


def test_a_mistyped_year_is_told_and_nothing_is_moved(pam: Client) -> None:
    facts = {"go_live": ids("438"), "kind": "move", "to": "9022-06-13", **WHY, "confirm": "1"}
    answer: Any = pam.post("/schedule/change/", facts)
    assert answer.status_code == 422
    assert "No roll-out knows the year 9022" in text_of(answer)
    planned = pam.get("/schedule/plan/?pace=1&first_week=9999-12-31&group_by=")
    assert "No roll-out knows the year 9999" in text_of(planned)


def test_what_somebody_changed_meanwhile_is_looked_at_again(pam: Client) -> None:
    row = GoLive.objects.get(site__number="438")
    facts = {"go_live": ids("438"), "kind": "move", "weeks": "1", **WHY, "confirm": "1"}
    wish = Wish(kind=ChangeKind.MOVE, go_lives={row.pk: date(2022, 7, 12)})
    change_schedule(programme=row.programme, wish=wish, decision=DECISION, now=NOW)
    answer: Any = pam.post("/schedule/change/", facts | {"seen": f"{row.pk}:{row.version}"})
    assert answer.status_code == 409
    assert "Somebody has changed 438 meanwhile" in text_of(answer)
    assert answer.context["preview"].steps[0].to_on == date(2022, 7, 19)
    row.refresh_from_db()
    assert row.planned_on == date(2022, 7, 12)
    pam.post("/schedule/change/", facts | {"seen": answer.context["seen"]})
    row.refresh_from_db()
    assert row.planned_on == date(2022, 7, 19)


def test_older_changes_are_those_of_the_same_programme(pam: Client, programme: Programme) -> None:
    other = build.programme(key="aaa-first")
    build.member(Person.objects.get(username="pam"), other, "pm")
    said = {"kind": "move", "reason": "Late", "decided_by": "Pam", "made_by": "pam", "made_at": NOW}
    ScheduleChange.objects.bulk_create(
        ScheduleChange(programme=programme, **said) for _ in range(31)
    )
    first: Any = pam.get(f"/schedule/changes/?programme={programme.key}")
    older: Any = pam.get(f"/schedule/changes/{first.context['older']}")
    assert (len(first.context["rows"]), len(older.context["rows"])) == (30, 1)
    assert older.context["programme"] == programme


def test_a_viewer_sees_it_and_may_not_change_it(programme: Programme) -> None:
    vic = at_work(build.person("vic", programme))
    assert 'name="go_live"' not in text_of(vic.get("/schedule/"))
    refused = vic.post("/schedule/change/", {"go_live": ids("636"), "kind": "move"})
    assert refused.status_code == 403


def test_somebody_without_programme_gets_an_empty_page() -> None:
    page = text_of(at_work(build.person("adi")).get("/schedule/"))
    assert "No programme yet" in page


def test_it_asks_as_often_for_many_as_for_few(programme: Programme, pam: Client) -> None:
    product = programme.products.get()
    counts = []
    for size in (0, 30):
        plans = [
            Plan(site=build.site(f"7{n:02}"), product=product, wave=None, planned_on=MONDAYS[11])
            for n in range(size)
        ]
        plan_go_lives(programme=programme, plans=plans, decision=DECISION, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            assert pam.get("/schedule/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14


def test_dropping_on_a_week_asks_why_and_shows_what_it_does(pam: Client) -> None:
    page = text_of(pam.post("/schedule/change/", {"go_live": ids("636"), "to": "2022-07-04"}))
    assert all(words in page for words in ("Mon 4 Jul 2022", "Independence Day", "Pam Price"))
    assert not ScheduleChange.objects.exclude(kind="plan").exists()


def test_a_change_needs_reason_and_decider(pam: Client) -> None:
    answer = pam.post(
        "/schedule/change/",
        {"go_live": ids("636"), "kind": "move", "to": "2022-07-11", "confirm": "1"},
    )
    assert (answer.status_code, "Say why" in text_of(answer)) == (422, True)
    assert GoLive.objects.get(site__number="636").planned_on == MONDAYS[9]


@pytest.mark.parametrize("both", [{}, {"to": "2022-07-11", "weeks": "1"}, {"to": "2022-02-30"}])
def test_a_move_needs_one_day_or_a_number_of_weeks(pam: Client, both: dict[str, str]) -> None:
    facts = {"go_live": ids("636"), "kind": "move", **WHY, **both, "look": "1"}
    assert pam.post("/schedule/change/", facts).status_code == 422


def test_several_move_by_weeks_join_the_wave_there_and_come_back(
    pam: Client, programme: Programme
) -> None:
    facts = {"go_live": [ids("636"), ids("437")], "kind": "move", "weeks": "2", **WHY}
    answer = pam.post("/schedule/change/", {**facts, "confirm": "1"})
    assert (answer.status_code, answer["Location"]) == (
        303, f"/schedule/?programme={programme.key}",
    )  # fmt: skip
    moved = GoLive.objects.filter(site__number__in=("636", "437"))
    assert {(row.planned_on, row.wave.number) for row in moved if row.wave} == {
        (date(2022, 7, 11), 11)
    }
    change = ScheduleChange.objects.get(kind="move")
    assert (change.reason, change.decided_by, change.made_by) == (
        "The site asked", "Dee Dunn", "pam",
    )  # fmt: skip
    assert pam.post(f"/schedule/changes/{change.pk}/undo/").status_code == 303
    assert {(row.planned_on, row.wave.number) for row in moved.all() if row.wave} == {
        (MONDAYS[9], 9)
    }


def test_an_announced_change_stays(pam: Client, programme: Programme) -> None:
    facts = {"go_live": ids("636"), "kind": "move", "to": "2022-07-11", **WHY, "confirm": "1"}
    pam.post("/schedule/change/", facts)
    change = ScheduleChange.objects.get(kind="move")
    assert "Not announced" in text_of(pam.get("/schedule/changes/"))
    pam.post(f"/schedule/changes/{change.pk}/announce/")
    pam.post(f"/schedule/changes/{change.pk}/undo/")
    assert GoLive.objects.get(site__number="636").planned_on == date(2022, 7, 11)
    page = text_of(pam.get("/schedule/changes/"))
    assert ("Announced" in page, "The site asked" in page) == (True, True)


def test_a_refused_change_says_which_and_changes_none(pam: Client, programme: Programme) -> None:
    facts = {"go_live": ids("636", "437"), "kind": "resume", **WHY, "confirm": "1"}
    answer = pam.post("/schedule/change/", facts)
    assert (answer.status_code, "go-live" in text_of(answer)) == (409, True)
    assert not ScheduleChange.objects.filter(kind="resume").exists()


@pytest.mark.parametrize("chosen", [{}, {"go_live": "0"}, {"go_live": "x,,-1"}])
def test_nothing_chosen_is_said(pam: Client, chosen: dict[str, str]) -> None:
    answer = pam.post("/schedule/change/", chosen, follow=True)
    assert "Choose at least one go-live" in text_of(answer)


def test_a_week_above_the_pace_is_told_before_the_change(pam: Client) -> None:
    facts = {"go_live": ids("438"), "kind": "move", "to": "2022-06-28", "look": "1"}
    page = text_of(pam.post("/schedule/change/", facts))
    assert "In the week of 27 Jun 2022 3 begin; the pace is 2 a week." in page


def test_go_lives_of_another_programme_are_out_of_reach(pam: Client) -> None:
    other = build.programme()
    theirs = build.go_live(build.site("999"), build.product(other), MONDAYS[9])
    answer: Any = pam.post("/schedule/change/", {"go_live": str(theirs.pk)}, follow=True)
    assert "Choose at least one go-live" in text_of(answer)


class TestPlanner:
    ASKED = "pace=1&first_week=2022-07-04&group_by="

    def test_it_proposes_weeks_around_the_holiday(self, pam: Client) -> None:
        page = text_of(pam.get(f"/schedule/plan/?{self.ASKED}"))
        assert all(day in page for day in ("Tue 5 Jul 2022", "Mon 11 Jul 2022", "Mon 18 Jul 2022"))
        assert not ScheduleChange.objects.exclude(kind="plan").exists()

    def test_it_is_taken_over_as_one_change_with_new_waves(
        self, pam: Client, programme: Programme
    ) -> None:
        shown: Any = pam.get(f"/schedule/plan/?{self.ASKED}")
        digest = shown.context["proposal"].digest
        answer = pam.post(f"/schedule/plan/accept/?{self.ASKED}", {"digest": digest, **WHY})
        assert answer.status_code == 303
        days = dict(GoLive.objects.values_list("site__number", "planned_on"))
        assert sorted(days.values()) == [date(2022, 7, 5), date(2022, 7, 11), date(2022, 7, 18)]
        assert ScheduleChange.objects.filter(kind="move").count() == 1
        assert programme.waves.get(number=12).starts_on == date(2022, 7, 18)

    def test_it_is_not_taken_over_when_the_schedule_changed_meanwhile(self, pam: Client) -> None:
        shown: Any = pam.get(f"/schedule/plan/?{self.ASKED}")
        digest = shown.context["proposal"].digest
        facts = {"go_live": ids("438"), "kind": "move", "to": "2022-08-01", **WHY, "confirm": "1"}
        pam.post("/schedule/change/", facts)
        answer = pam.post(
            f"/schedule/plan/accept/?{self.ASKED}", {"digest": digest, **WHY}, follow=True
        )
        assert "has changed meanwhile" in text_of(answer)
        assert GoLive.objects.get(site__number="636").planned_on == MONDAYS[9]

    def test_only_the_named_sites_are_planned_and_unknown_ones_named(self, pam: Client) -> None:
        page: Any = pam.get(f"/schedule/plan/?{self.ASKED}&only=636%2C+999")
        assert [wave.sites for wave in page.context["proposal"].waves] == [("636",)]
        assert "left out: 999" in text_of(page)

    @pytest.mark.parametrize("asked", ["pace=0&first_week=2022-07-04", "pace=1&first_week=30.2."])
    def test_it_says_what_is_wrong(self, pam: Client, asked: str) -> None:
        assert pam.get(f"/schedule/plan/?{asked}").status_code == 422

    def test_reason_and_decider_are_needed(self, pam: Client) -> None:
        answer = pam.post(f"/schedule/plan/accept/?{self.ASKED}", {"digest": "x"})
        assert answer.status_code == 422
