"""Rotas of layers, and layers that follow working hours: as rules, as rows, in programme.yaml."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apps.core.periods import WeeklyHours
from apps.oncall.choices import Unit
from apps.oncall.models import Rota
from apps.oncall.rules import OverrideFacts, RotaFacts, Turn, final_schedule, on_duty
from apps.oncall.services import LayerDraft, Place, RotaDraft, UnableToSaveRota, save_rota
from tests import build
from tests.oncall.facts import OFFICE, leave, local, rota, spans, turns, version

BERLIN = ZoneInfo("Europe/Berlin")


def working(person: str, hours: dict[str, str], zone: str) -> Turn:
    return Turn(person, hours=WeeklyHours.parse(hours), zone=ZoneInfo(zone))


# --- layers --------------------------------------------------------------------------------------


def test_a_later_layer_covers_the_earlier_where_it_has_somebody() -> None:
    base = version({"primary": ["ana"]})
    over = version({"primary": ["eli"]}, layer="noon", windows={"mon-fri": "12:00-13:00"})
    assert spans(rota(base, over), "2022-05-03T10:00", "2022-05-03T15:00") == [
        "ana 05-03 10:00 - 05-03 12:00",
        "eli 05-03 12:00 - 05-03 13:00",
        "ana 05-03 13:00 - 05-03 15:00",
    ]


def test_a_layer_has_a_clock_of_its_own() -> None:
    base = version({"primary": ["ana"]}, windows=OFFICE)
    over = version(
        {"primary": ["eli"]}, layer="eu", windows={"mon-fri": "08:00-14:00"}, zone=BERLIN
    )
    assert spans(rota(base, over), "2022-05-03T00:00", "2022-05-04T00:00") == [
        "eli 05-03 02:00 - 05-03 08:00",
        "ana 05-03 08:00 - 05-03 20:00",
    ]


def test_nobody_has_two_duties_over_layers_the_next_in_the_queue_stands_in() -> None:
    base = version({"primary": ["ana"], "backup": ["ben", "cam"]})
    over = version({"primary": ["ben"]}, layer="noon", windows={"tue": "12:00-13:00"})
    found = rota(base, over)
    at = local("2022-05-03T12:30")
    assert {duty: one.person_key for duty, one in on_duty(found, at).items()} == {
        "primary": "ben",
        "backup": "cam",
    }


def test_on_duty_tells_the_whole_shift_where_slots_of_layers_overlap_without_end() -> None:
    base = version({"primary": ["ana", "ben"]})
    over = version(
        {"primary": ["eli"]}, layer="wed", hand_off="wed 08:00", windows={"sun": "01:00-02:00"}
    )
    shift = on_duty(rota(base, over), local("2022-05-03T12:00"))["primary"]
    assert (shift.start, shift.end) == (local("2022-05-02T08:00"), local("2022-05-08T01:00"))


# --- overrides that follow their slot ------------------------------------------------------------


def follows(slot: str) -> OverrideFacts:
    start = datetime(2022, 5, 3, 12, tzinfo=UTC)
    return OverrideFacts(
        duty="primary", person="dee", starts_at=start, ends_at=start + timedelta(hours=8), slot=slot
    )


def test_an_override_that_names_its_slot_takes_its_time_as_it_is_now() -> None:
    day = version(
        {"primary": ["ana"]}, unit=Unit.DAY, hand_off="08:00", windows={"mon-fri": "08:00-22:00"}
    )
    found = rota(day, overrides=(follows("2022-05-03T08:00"),))
    assert spans(found, "2022-05-03T00:00", "2022-05-04T00:00") == ["dee 05-03 08:00 - 05-03 22:00"]


def test_an_override_whose_slot_is_gone_keeps_its_period() -> None:
    day = version(
        {"primary": ["ana"]}, unit=Unit.DAY, hand_off="09:00", windows={"mon-fri": "09:00-22:00"}
    )
    found = rota(day, overrides=(follows("2022-05-03T08:00"),))
    assert turns(found, "2022-05-03T00:00", "2022-05-04T00:00") == ["dee*", "ana"]
    assert (
        spans(found, "2022-05-03T00:00", "2022-05-04T00:00")[0] == "dee 05-03 08:00 - 05-03 16:00"
    )


@pytest.mark.parametrize("slot", ["eu/2022-05-03T08:00", "nonsense", "2022-13-45T99:00", "/"])
def test_a_slot_nobody_knows_is_a_period(slot: str) -> None:
    day = version({"primary": ["ana"]}, unit=Unit.DAY, hand_off="08:00", windows=OFFICE)
    found = rota(day, overrides=(follows(slot),))
    assert (
        spans(found, "2022-05-03T00:00", "2022-05-04T00:00")[0] == "dee 05-03 08:00 - 05-03 16:00"
    )


# --- following working hours ---------------------------------------------------------------------

EAST = working("ana", {"mon-fri": "08:00-16:00"}, "America/New_York")
WEST = working("ben", {"mon-fri": "08:00-16:00"}, "America/Los_Angeles")
MIDDLE = working("cam", {"mon-fri": "08:00-16:00"}, "America/New_York")


def following(*people: Turn) -> RotaFacts:
    lists = {"primary": list(people), "backup": [*people[1:], people[0]]}
    return rota(version(lists, unit=Unit.DAY, hand_off="00:00", follows=True))


def test_the_duty_goes_with_the_working_day() -> None:
    assert spans(following(EAST, WEST), "2022-05-03T00:00", "2022-05-04T00:00") == [
        "ana 05-03 08:00 - 05-03 11:00",
        "ben 05-03 11:00 - 05-03 19:00",  # the overlap until 16:00 is his turn of that group
    ]


def test_an_overlap_is_shared_in_turns() -> None:
    found = following(EAST, MIDDLE)
    days = [
        on_duty(found, local(f"2022-05-{day:02d}T12:00"))["primary"].person_key
        for day in (2, 3, 4, 5, 6, 9)
    ]
    assert days == ["ana", "cam", "ana", "cam", "ana", "cam"]


def test_nobody_is_starved_by_turns_that_fall_into_their_night() -> None:
    found = following(EAST, MIDDLE, WEST)
    shifts = final_schedule(found, local("2022-05-02T00:00"), local("2022-06-06T00:00"))
    hours = {
        person: sum(
            (one.end - one.start).total_seconds() / 3600
            for one in shifts
            if one.duty == "primary" and one.person_key == person
        )
        for person in ("ana", "cam", "ben")
    }
    assert min(hours.values()) > 60  # of 275 h in five weeks; west alone are 75


def test_a_leave_counts_to_the_instant() -> None:
    found = rota(
        version({"primary": [EAST, MIDDLE]}, unit=Unit.DAY, hand_off="00:00", follows=True),
        leaves=(leave("ana", "2022-05-02T10:00", "2022-05-02T12:00"),),
    )
    assert spans(found, "2022-05-02T00:00", "2022-05-03T00:00") == [
        "ana 05-02 08:00 - 05-02 10:00",
        "cam 05-02 10:00 - 05-02 12:00",
        "ana 05-02 12:00 - 05-02 16:00",
    ]


# --- rows ----------------------------------------------------------------------------------------

NOW = datetime(2022, 4, 1, tzinfo=UTC)


def draft(people: list[Any], **columns: Any) -> RotaDraft:
    facts: dict[str, Any] = {
        "name": "Support", "time_zone": "America/New_York", "unit": Unit.WEEK,
        "hand_off": "mon 08:00", "starts_on": date(2022, 5, 2), "windows": OFFICE,
        "duties": {"primary": [Place(person=one) for one in people]},
    }  # fmt: skip
    return RotaDraft(**facts | columns)


def eu(people: list[Any], **columns: Any) -> LayerDraft:
    facts: dict[str, Any] = {
        "key": "eu", "time_zone": "Europe/Berlin", "unit": Unit.WEEK, "hand_off": "mon 08:00",
        "starts_on": date(2022, 5, 2), "windows": {"mon-fri": "08:00-14:00"},
        "duties": {"primary": [Place(person=one) for one in people]},
    }  # fmt: skip
    return LayerDraft(**facts | columns)


@pytest.mark.django_db
def test_layers_are_kept_and_only_what_differs_gets_a_new_version() -> None:
    programme = build.programme()
    ana, ben = build.person("ana", programme), build.person("ben", programme)
    first = draft([ana], layers=[eu([ben])])
    made, _, _ = save_rota(
        programme=programme, key="s", draft=first, actor="adi", origin="command", now=NOW
    )
    assert made.versions.count() == 2
    later = NOW + timedelta(days=60)
    edited = draft([ana], layers=[eu([ana])])
    save_rota(programme=programme, key="s", draft=edited, actor="adi", origin="command", now=later)
    assert list(made.versions.values_list("layer", "position")) == [("", 0), ("eu", 1), ("eu", 1)]
    facts = Rota.objects.with_facts().get(pk=made.pk).facts()
    before = on_duty(facts, datetime(2022, 5, 3, 7, tzinfo=UTC))["primary"]
    assert (before.person_key, before.slot) == ("ben", "eu/2022-05-02T08:00")


@pytest.mark.django_db
def test_a_layer_left_out_ends_and_the_past_stays() -> None:
    programme = build.programme()
    ana, ben = build.person("ana", programme), build.person("ben", programme)
    made, _, _ = save_rota(
        programme=programme, key="s", draft=draft([ana], layers=[eu([ben])]),
        actor="adi", origin="command", now=NOW,
    )  # fmt: skip
    later = datetime(2022, 6, 1, tzinfo=UTC)
    for _ in range(2):  # twice changes nothing more
        save_rota(
            programme=programme, key="s", draft=draft([ana]), actor="adi", origin="command",
            now=later,
        )  # fmt: skip
    assert made.versions.count() == 3
    facts = Rota.objects.with_facts().get(pk=made.pk).facts()
    assert on_duty(facts, datetime(2022, 5, 3, 7, tzinfo=UTC))["primary"].person_key == "ben"
    assert on_duty(facts, datetime(2022, 6, 7, 7, tzinfo=UTC)) == {}


@pytest.mark.django_db
def test_layers_keep_their_order() -> None:
    programme = build.programme()
    ana = build.person("ana", programme)
    two = [eu([ana]), eu([ana], key="us")]
    save_rota(
        programme=programme, key="s", draft=draft([ana], layers=two), actor="adi",
        origin="command", now=NOW,
    )  # fmt: skip
    with pytest.raises(UnableToSaveRota, match="keep their order"):
        save_rota(
            programme=programme, key="s", draft=draft([ana], layers=two[::-1]), actor="adi",
            origin="command", now=NOW,
        )  # fmt: skip


@pytest.mark.django_db
def test_following_hours_needs_them_and_keeps_those_of_the_day() -> None:
    programme = build.programme()
    ana = build.person("ana", programme)
    wanted = draft([ana], follows_hours=True)
    with pytest.raises(UnableToSaveRota, match="those of ana are not entered"):
        save_rota(
            programme=programme, key="s", draft=wanted, actor="adi", origin="command", now=NOW
        )
    ana.working_hours = {"mon-fri": "09:00-17:00"}
    ana.save()
    made, _, _ = save_rota(
        programme=programme, key="s", draft=wanted, actor="adi", origin="command", now=NOW
    )
    ana.working_hours = {"mon-fri": "10:00-12:00"}
    ana.save()
    later = datetime(2022, 5, 10, tzinfo=UTC)
    save_rota(programme=programme, key="s", draft=wanted, actor="adi", origin="command", now=later)
    facts = Rota.objects.with_facts().get(pk=made.pk).facts()
    assert spans(facts, "2022-05-09T00:00", "2022-05-10T00:00") == ["ana 05-09 09:00 - 05-09 17:00"]
    assert spans(facts, "2022-05-11T00:00", "2022-05-12T00:00") == ["ana 05-11 10:00 - 05-11 12:00"]
