"""The page of coming hand-overs: when, what they do, holding and releasing them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from apps.intake.models import Channel
from apps.ledger.models import Change
from apps.rollouts.choices import ChangeKind
from apps.rollouts.handovers import coming
from apps.rollouts.models import GoLive, HandOverHold, Programme
from apps.rollouts.services import (
    Decision,
    Plan,
    Wish,
    change_schedule,
    hold_hand_over,
    plan_go_lives,
)
from tests import build
from tests.incidents.test_handling import opened
from tests.pages import at_work, text_of

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 29, 15, 0, tzinfo=UTC)
MONDAY = date(2022, 6, 27)
DECISION = Decision(reason="Plan", decided_by="Pam", made_by="pam", origin="page")


@pytest.fixture(autouse=True)
def _in_june_2022(settings: Settings) -> None:
    settings.CLOCK_OFFSET = (NOW - timezone.now()).total_seconds()


@pytest.fixture
def programme() -> Programme:
    made = build.programme(holidays=[{"on": "2022-07-04", "name": "Independence Day"}])
    wave = build.wave(made, 9, MONDAY)
    omaha = build.site(opening_hours={"mon-fri": "08:00-16:30"})
    manila = build.site("358", "Manila VA Clinic", time_zone="Asia/Manila")
    later = build.site("999", "Later")
    product, second = build.product(made), build.product(made, key="vse", name="VSE-CS")
    plans = [Plan(site=site, product=one, wave=wave, planned_on=day)
             for site, day in ((omaha, MONDAY), (manila, MONDAY), (later, date(2022, 7, 25)))
             for one in (product, second)]  # fmt: skip
    plan_go_lives(programme=made, plans=plans, decision=DECISION, now=NOW - timedelta(days=60))
    return made


@pytest.fixture
def ana(programme: Programme) -> Client:
    return at_work(build.person("ana", programme))


def ids(number: str) -> str:
    rows = GoLive.objects.filter(site__number=number).order_by("pk")
    return ",".join(str(row.pk) for row in rows)


def test_sites_are_handed_over_at_their_own_midnight_the_next_first(programme: Programme) -> None:
    manila, omaha = coming(programme, NOW)
    assert (manila.site.number, manila.when.due_at) == (
        "358", datetime(2022, 7, 3, 16, tzinfo=UTC),
    )  # fmt: skip
    assert omaha.when.due_at == datetime(2022, 7, 4, 5, tzinfo=UTC)
    assert omaha.when.preview_at == datetime(2022, 7, 1, 19, tzinfo=UTC)  # Friday, 14:00 there
    # Independence Day: the site opens on Tuesday.
    assert omaha.when.closing_at == datetime(2022, 7, 5, 13, tzinfo=UTC)
    assert [row.product.key for row in omaha.go_lives] == ["echeckin", "vse"]


def test_it_says_what_it_will_do(programme: Programme) -> None:
    build.servicenow(programme)
    for title in ("Kiosk", "Poster"):
        opened(programme, title, site=build.site())
    channel = Channel.objects.create(
        connection=build.slack(programme), programme=programme, external_id="C9",
        name="go-live wave 9", purpose="go-live", wave=programme.waves.get(),
    )  # fmt: skip
    omaha = coming(programme, NOW)[1]
    assert omaha.effects == ["Will create 2 incidents.", f"Closes the channel {channel}."]


def test_without_servicenow_it_promises_no_incident(programme: Programme) -> None:
    opened(programme, "Kiosk", site=build.site())
    assert coming(programme, NOW)[1].effects == ["1 open ticket stays with the team."]


def test_what_was_handed_over_stays_for_two_days(programme: Programme) -> None:
    late = datetime(2022, 7, 5, 0, tzinfo=UTC)
    assert [one.is_over for one in coming(programme, late)] == [True, True]
    assert coming(programme, datetime(2022, 7, 7, 0, tzinfo=UTC)) == []


def test_what_is_held_stays_until_it_is_released(programme: Programme) -> None:
    rows = list(GoLive.objects.filter(site__number="636").select_related("site", "product"))
    hold_hand_over(go_lives=rows, reason="Wait", actor="ana", origin="page", now=NOW)
    (held,) = coming(programme, datetime(2023, 1, 9, tzinfo=UTC))
    assert (held.site.number, held.is_over, held.hold is not None) == ("636", True, True)


def test_a_site_that_began_early_is_handed_over_early(programme: Programme) -> None:
    rows = GoLive.objects.filter(site__number="999")
    wish = Wish(kind=ChangeKind.MOVE, go_lives=dict.fromkeys(rows.values_list("pk", flat=True),
                                                             date(2022, 6, 29)))  # fmt: skip
    change_schedule(programme=programme, wish=wish, decision=DECISION, now=NOW)
    due = {one.site.number: one.when.due_at for one in coming(programme, NOW)}
    assert due["999"] == datetime(2022, 7, 6, 5, tzinfo=UTC)


def test_a_paused_site_has_no_hand_over_until_it_is_resumed(programme: Programme) -> None:
    ids = GoLive.objects.filter(site__number="636").values_list("pk", flat=True)
    for kind, now in ((ChangeKind.PAUSE, NOW), (ChangeKind.RESUME, NOW + timedelta(days=1))):
        wish = Wish(kind=kind, go_lives=dict.fromkeys(ids))
        change_schedule(programme=programme, wish=wish, decision=DECISION, now=now)
        due = {one.site.number: one.when.due_at for one in coming(programme, now)}
        assert ("636" in due) is (kind == ChangeKind.RESUME)
    assert due["636"] == datetime(2022, 7, 6, 5, tzinfo=UTC)  # two days were touched


def test_products_that_end_apart_are_handed_over_apart(programme: Programme) -> None:
    second = GoLive.objects.get(site__number="636", product__key="vse")
    wish = Wish(kind=ChangeKind.MOVE, go_lives={second.pk: date(2022, 6, 28)})
    change_schedule(programme=programme, wish=wish, decision=DECISION, now=NOW)
    found = [(one.when.due_at.day, [row.product.key for row in one.go_lives])
             for one in coming(programme, NOW) if one.site.number == "636"]  # fmt: skip
    assert found == [(4, ["echeckin"]), (5, ["vse"])]


def test_it_is_held_with_a_reason_and_released(ana: Client, programme: Programme) -> None:
    url = "/schedule/hand-overs/hold/"
    ana.post(url, {"go_live": ids("636"), "reason": ""})
    assert not HandOverHold.objects.exists()
    assert "say why" in text_of(ana.get("/schedule/hand-overs/"))
    ana.post(url, {"go_live": ids("636"), "reason": "Two issues are open"})
    held = coming(programme, NOW)[1].hold
    assert held is not None
    assert (held.reason, held.held_by) == ("Two issues are open", "ana")
    assert "Held by ana" in text_of(ana.get("/schedule/hand-overs/"))
    ana.post(url, {"go_live": ids("636"), "release": "1"})
    assert coming(programme, NOW)[1].hold is None
    verbs = Change.objects.filter(subject_key="636 echeckin").values_list("verb", flat=True)
    assert {"hand_over_held", "hand_over_released"} <= set(verbs)


def test_it_is_held_once(programme: Programme) -> None:
    rows = list(GoLive.objects.filter(site__number="636").select_related("site", "product"))
    facts = {"reason": "Wait", "actor": "ana", "origin": "page", "now": NOW}
    assert hold_hand_over(go_lives=rows, **facts) == 2  # type: ignore[arg-type]
    assert hold_hand_over(go_lives=rows, **facts) == 0  # type: ignore[arg-type]
    with pytest.raises(IntegrityError), transaction.atomic():
        HandOverHold.objects.create(go_live=rows[0], reason="x", held_by="ben", held_at=NOW)


def test_a_viewer_cannot_hold(programme: Programme) -> None:
    vic = at_work(build.person("vic", programme))
    assert "Hold<" not in text_of(vic.get("/schedule/hand-overs/"))
    facts = {"go_live": ids("636"), "reason": "x"}
    assert vic.post("/schedule/hand-overs/hold/", facts).status_code == 403


def test_another_programmes_hand_over_is_out_of_reach(ana: Client) -> None:
    other = build.programme()
    theirs = build.go_live(build.site("800"), build.product(other), MONDAY)
    ana.post("/schedule/hand-overs/hold/", {"go_live": theirs.pk, "reason": "x"})
    assert not HandOverHold.objects.exists()


def test_it_asks_as_often_for_many_as_for_few(ana: Client, programme: Programme) -> None:
    counts = []
    for size in (0, 30):
        plans = [
            Plan(site=build.site(f"7{n:02}"), product=programme.products.all()[0], wave=None,
                 planned_on=MONDAY)
            for n in range(size)
        ]  # fmt: skip
        plan_go_lives(programme=programme, plans=plans, decision=DECISION, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            assert ana.get("/schedule/hand-overs/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 18


def test_a_pause_of_a_whole_winter_hides_no_hand_over() -> None:
    """However long it was paused: resumed on a day, it is handed over a week after it."""
    programme = build.programme()
    plan = Plan(site=build.site(), product=build.product(programme), wave=None, planned_on=MONDAY)
    monday = datetime(2022, 6, 27, 15, tzinfo=UTC)
    plan_go_lives(programme=programme, plans=[plan], decision=DECISION, now=monday)
    row = GoLive.objects.get()
    spring = monday + timedelta(days=280)
    for kind, at in ((ChangeKind.PAUSE, monday), (ChangeKind.RESUME, spring)):
        wish = Wish(kind=kind, go_lives={row.pk: None})
        change_schedule(programme=programme, wish=wish, decision=DECISION, now=at)
    [one] = coming(programme, spring + timedelta(days=1))
    assert one.when.due_at == datetime(2023, 4, 11, 5, tzinfo=UTC)
    assert [one.is_over for one in coming(programme, one.when.due_at)] == [True]
    assert coming(programme, one.when.due_at + timedelta(days=3)) == []
