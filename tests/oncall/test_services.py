"""Saving rotas: new ones, edits as new versions, refusals, the ledger."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from apps.ledger.models import Change
from apps.oncall.choices import Unit
from apps.oncall.models import Participant, Rota, RotaVersion
from apps.oncall.rules import final_schedule
from apps.oncall.services import Place, RotaDraft, UnableToSaveRota, save_rota
from apps.rollouts.models import Programme
from tests import build
from tests.oncall import rows
from tests.oncall.facts import local

pytestmark = pytest.mark.django_db
LATER = datetime(2022, 5, 11, 19, 30, tzinfo=UTC)  # Wednesday afternoon in New York


@pytest.fixture
def programme() -> Programme:
    return build.programme()


def save(programme: Programme, draft: RotaDraft, now: datetime = LATER) -> Any:
    return save_rota(
        programme=programme, key="support", draft=draft, actor="pam", origin="page", now=now
    )


def test_a_new_rota_has_one_version_from_its_first_day(programme: Programme) -> None:
    rota, before, after = save(programme, rows.draft(), rows.NOW)
    version = rota.versions.get()
    assert before is None
    assert after["duties"] == {"primary": "ana, ben", "backup": "ben, ana"}
    assert (version.effective_from, version.made_by) == (date(2022, 5, 2), "pam")
    listed = Participant.objects.values_list("duty", "position", "person__username")
    assert list(listed) == [
        ("primary", 0, "ana"),
        ("primary", 1, "ben"),
        ("backup", 0, "ben"),
        ("backup", 1, "ana"),
    ]


def test_the_primary_chooses_first_however_it_was_written(programme: Programme) -> None:
    duties = {"commander": ["dee"], "backup": ["ben"], "primary": ["ana"]}
    rota, _, _ = save(programme, rows.draft(duties))
    assert Rota.objects.with_facts().get(pk=rota.pk).facts().duties() == [
        "primary",
        "backup",
        "commander",
    ]


def test_saving_the_same_again_changes_nothing(programme: Programme) -> None:
    save(programme, rows.draft(), rows.NOW)
    _, before, after = save(programme, rows.draft())
    assert before == after
    assert RotaVersion.objects.count() == 1
    assert Change.objects.filter(subject="rota").count() == 1


def test_an_edit_is_a_new_version_and_the_past_stays(programme: Programme) -> None:
    rota, _, _ = save(programme, rows.draft(), rows.NOW)
    window = (local("2022-05-01T00:00"), LATER)
    before = final_schedule(Rota.objects.with_facts().get().facts(), *window)
    save(programme, rows.draft({"primary": ["dev"], "backup": ["dee"]}))
    facts = Rota.objects.with_facts().get().facts()
    assert final_schedule(facts, *window) == before
    assert [version.effective_from for version in rota.versions.all()] == [
        date(2022, 5, 2),
        date(2022, 5, 11),
    ]
    now = final_schedule(facts, LATER, local("2022-05-11T20:00"))
    assert {shift.person_key for shift in now} == {"dev", "dee"}


def test_an_edit_may_count_from_a_later_day(programme: Programme) -> None:
    rota, _, _ = save(programme, rows.draft(), rows.NOW)
    save(programme, rows.draft({"primary": ["dev"]}, effective_from=date(2022, 6, 1)))
    assert rota.versions.last().effective_from == date(2022, 6, 1)


def test_today_is_a_day_of_the_rotas_zone(programme: Programme) -> None:
    rota, _, _ = save(programme, rows.draft(), rows.NOW)
    late = datetime(2022, 5, 12, 2, tzinfo=UTC)  # still the 11th in New York
    save(programme, rows.draft({"primary": ["dev"]}), late)
    assert rota.versions.last().effective_from == date(2022, 5, 11)


def test_a_new_name_needs_no_new_version(programme: Programme) -> None:
    save(programme, rows.draft(), rows.NOW)
    rota, _, _ = save(programme, rows.draft(name="Support"))
    assert (rota.name, rota.versions.count()) == ("Support", 1)


def test_the_ledger_says_what_changed(programme: Programme) -> None:
    save(programme, rows.draft(), rows.NOW)
    save(programme, rows.draft(hand_off="tue 09:00"))
    added, changed = Change.objects.filter(subject="rota").order_by("id")
    assert (added.verb, added.actor, added.subject_key) == ("added", "pam", "support")
    assert added.programme_id == programme.pk
    assert changed.verb == "changed"
    assert changed.fields == {"hand_off": ["mon 08:00", "tue 09:00"]}


def test_a_rota_by_shifts_needs_no_hand_off(programme: Programme) -> None:
    draft = rows.draft(unit=Unit.SHIFT, hand_off="", windows={"mon-fri": "08:00-14:00,14:00-20:00"})
    save(programme, draft, rows.NOW)
    facts = Rota.objects.with_facts().get().facts()
    shifts = final_schedule(facts, local("2022-05-02T00:00"), local("2022-05-03T00:00"))
    assert [one.person_key for one in shifts if one.duty == "primary"] == ["ana", "ben"]


def test_people_may_come_and_go(programme: Programme) -> None:
    ben = Place(person=build.person("ben"), ends_on=date(2022, 5, 20))
    draft = rows.draft()
    duties = {"primary": [*rows.places("ana"), ben]}
    _, _, after = save(programme, RotaDraft(**{**vars(draft), "duties": duties}))
    assert after["duties"] == {"primary": "ana, ben until 2022-05-20"}
    assert Participant.objects.get(person__username="ben").ends_on == date(2022, 5, 20)


@pytest.mark.parametrize(
    ("columns", "field", "words"),
    [
        ({"hand_off": ""}, "hand_off", "say when"),
        ({"hand_off": "08:00"}, "hand_off", "needs its weekday"),
        ({"hand_off": "moon 08:00"}, "hand_off", "not a weekday"),
        ({"unit": Unit.SHIFT, "windows": None}, "windows", "each window is a shift"),
        ({"windows": {}}, "windows", "leave no time"),
        ({"windows": {"mon": "closed"}}, "windows", "leave no time"),
        ({"windows": {"mon": "8-20"}}, "windows", "“8” is not a time of day"),
        ({"duties": {"primary": ["ana", "ana"]}}, "duties", "names somebody twice"),
        ({"duties": {"primary": []}}, "duties", "has nobody"),
    ],
)
def test_what_makes_no_rota_is_refused(
    programme: Programme, columns: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(UnableToSaveRota, match=words) as refused:
        save(programme, rows.draft(**columns))
    assert refused.value.field == field
    assert Rota.objects.count() == 0
    assert Change.objects.count() == 0


def test_a_rota_without_duties_is_refused(programme: Programme) -> None:
    draft = RotaDraft(**{**vars(rows.draft()), "duties": {}})
    with pytest.raises(UnableToSaveRota, match="needs a duty"):
        save(programme, draft)


def test_a_place_that_ends_before_it_starts_is_refused(programme: Programme) -> None:
    ana = Place(person=build.person("ana"), starts_on=date(2022, 6, 2), ends_on=date(2022, 6, 1))
    draft = RotaDraft(**{**vars(rows.draft()), "duties": {"primary": [ana]}})
    with pytest.raises(UnableToSaveRota, match="ends before it starts"):
        save(programme, draft)


def test_an_edit_of_the_past_is_refused(programme: Programme) -> None:
    save(programme, rows.draft(), rows.NOW)
    edit = rows.draft({"primary": ["dev"]}, effective_from=date(2022, 5, 10))
    with pytest.raises(UnableToSaveRota, match="2022-05-10 is past"):
        save(programme, edit)
    assert RotaVersion.objects.count() == 1


def test_a_rota_that_has_begun_keeps_its_zone(programme: Programme) -> None:
    save(programme, rows.draft(), rows.NOW)
    elsewhere = rows.draft(time_zone="America/Denver")
    with pytest.raises(UnableToSaveRota, match="has begun in America/New_York"):
        save(programme, elsewhere)
    rota, _, _ = save(programme, elsewhere, rows.NOW)  # before it begins
    assert rota.time_zone == "America/Denver"
