"""Rows of rotas: constraints, who sees them, queries, who is on duty in a programme."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.oncall.models import Leave, Override, Participant, Rota, RotaVersion, duties_at
from apps.oncall.models.reading import Together
from apps.oncall.rules import on_duty
from apps.oncall.services import save_rota
from apps.rollouts.models import Programme
from tests import build
from tests.oncall import rows
from tests.oncall.facts import local

pytestmark = pytest.mark.django_db
MONDAY_NOON = local("2022-05-02T12:00")
Queries = Any  # pytest-django's fixture: a context that counts


@pytest.fixture
def programme() -> Programme:
    return build.programme()


# --- constraints ------------------------------------------------------------------------------


def test_a_key_names_one_rota_of_a_programme(programme: Programme) -> None:
    rows.rota(programme)
    rows.rota(build.programme())
    with pytest.raises(IntegrityError):
        Rota.objects.create(programme=programme, key="support", name="x", time_zone="UTC")


def test_an_override_holds_time(programme: Programme) -> None:
    rota = rows.rota(programme)
    with pytest.raises(IntegrityError, match="override_has_time"), transaction.atomic():
        rows.override(rota, "dev", "2022-05-03T08:00", "2022-05-03T08:00")
    assert Override.objects.count() == 0


def test_leave_does_not_end_before_it_starts() -> None:
    with pytest.raises(IntegrityError, match="leave_has_time"), transaction.atomic():
        rows.leave("ana", "2022-05-03T08:00", "2022-05-02T08:00")
    assert Leave.objects.count() == 0


@pytest.mark.parametrize(
    "columns",
    [
        {"position": 0, "person": "dev"},  # the position is taken
        {"position": 5, "person": "ana"},  # the person is there already
        {
            "position": 5,
            "person": "dev",
            "starts_on": date(2022, 6, 2),
            "ends_on": date(2022, 6, 1),
        },
    ],
)
def test_a_participant_has_one_place_and_some_days(
    programme: Programme, columns: dict[str, Any]
) -> None:
    version = rows.rota(programme).versions.get()
    person = build.person(columns.pop("person"))
    with pytest.raises(IntegrityError):
        Participant.objects.create(version=version, duty="primary", person=person, **columns)


def test_a_version_has_a_known_unit(programme: Programme) -> None:
    version = rows.rota(programme).versions.get()
    with pytest.raises(IntegrityError):
        RotaVersion.objects.filter(pk=version.pk).update(unit="month")


# --- reads ------------------------------------------------------------------------------------


def test_people_see_the_rotas_of_their_programmes(programme: Programme) -> None:
    rota, other = rows.rota(programme), rows.rota(build.programme())
    vic, adi = build.person("vic", programme), build.person("adi")
    assert list(Rota.objects.visible_to(vic)) == [rota]
    assert set(Rota.objects.visible_to(adi)) == {rota, other}
    assert list(Rota.objects.for_programme(programme)) == [rota]


def test_a_rota_becomes_values(programme: Programme) -> None:
    rota = rows.rota(programme)
    rows.override(rota, "dev", "2022-05-03T08:00", "2022-05-03T10:00")
    rows.leave("ana", "2022-05-16T00:00", "2022-05-17T00:00")
    rows.leave("vic", "2022-05-16T00:00", "2022-05-17T00:00")  # takes no turns here
    facts = Rota.objects.with_facts().get().facts()
    assert facts.duties() == ["primary", "backup"]
    assert [one.person for one in facts.overrides] == ["dev"]
    assert [one.person for one in facts.leaves] == ["ana"]
    assert on_duty(facts, local("2022-05-16T12:00"))["primary"].person_key == "ben"


def test_a_rota_knows_everybody_its_shifts_may_name(programme: Programme) -> None:
    rota = rows.rota(programme)
    rows.override(rota, "dev", "2022-05-03T08:00", "2022-05-03T10:00")
    assert set(Rota.objects.with_facts().get().people()) == {"ana", "ben", "dev"}


def test_facts_take_as_many_queries_for_many_rotas_as_for_one(
    programme: Programme, django_assert_num_queries: Queries
) -> None:
    def load() -> None:
        for rota in Rota.objects.with_facts():
            rota.facts()
            rota.people()

    rows.override(rows.rota(programme), "dev", "2022-05-03T08:00", "2022-05-03T10:00")
    rows.leave("ana", "2022-05-16T00:00", "2022-05-17T00:00")
    with django_assert_num_queries(6):
        load()
    for number in range(4):
        rota = rows.rota(programme, f"more-{number}")
        rows.override(rota, "dee", "2022-05-03T08:00", "2022-05-03T10:00")
        rows.leave("ben", "2022-05-20T00:00", "2022-05-21T00:00")
    with django_assert_num_queries(6):
        load()


# --- who is on duty ---------------------------------------------------------------------------


def test_a_new_ticket_goes_to_the_primary_on_duty(programme: Programme) -> None:
    rows.rota(programme)
    duties = duties_at(programme, MONDAY_NOON)
    assert duties.primary is not None
    assert duties.backup is not None
    assert (duties.primary.person.username, duties.backup.person.username) == ("ana", "ben")
    assert duties.primary.until == local("2022-05-02T20:00")
    assert duties.next_primary is None
    person, why = duties.for_new_ticket()
    assert person == build.person("ana")
    assert why == "primary on duty until Mon 2 May 20:00 EDT"


def test_with_nobody_on_duty_the_next_primary_is_named(programme: Programme) -> None:
    rows.rota(programme)
    duties = duties_at(programme, local("2022-05-06T21:00"))  # Friday evening
    assert duties.primary is None
    assert duties.next_primary is not None
    assert duties.next_primary.since == local("2022-05-09T08:00")
    person, why = duties.for_new_ticket()
    assert person == build.person("ben")
    assert why == "nobody is on duty; next primary from Mon 9 May 08:00 EDT"


def test_with_no_primary_the_backup_gets_the_ticket(programme: Programme) -> None:
    rows.rota(programme, duties={"primary": ["ana"], "backup": ["ben"]})
    rows.leave("ana", "2022-05-02T00:00", "2022-05-03T00:00")
    person, why = duties_at(programme, MONDAY_NOON).for_new_ticket()
    assert person == build.person("ben")
    assert why == "backup on duty until Mon 2 May 20:00 EDT"


def test_a_programme_without_rota_has_nobody(programme: Programme) -> None:
    rows.rota(build.programme())
    assert duties_at(programme, MONDAY_NOON).for_new_ticket() == (
        None,
        "nobody is on duty in the next 60 days",
    )


def test_of_several_rotas_the_first_by_key_that_has_somebody_counts(programme: Programme) -> None:
    rows.rota(
        programme, "a-weekend", windows={"sat,sun": "08:00-20:00"}, duties={"primary": ["dev"]}
    )
    rows.rota(programme, "b-office")
    weekday, weekend = (
        duties_at(programme, MONDAY_NOON + timedelta(days=days)).primary for days in (0, 5)
    )
    assert weekday is not None
    assert weekend is not None
    assert (weekday.person.username, weekend.person.username) == ("ana", "dev")


def test_the_next_primary_is_the_earliest_of_all_rotas(programme: Programme) -> None:
    rows.rota(programme, "a-office")
    rows.rota(programme, "b-weekend", windows={"sat": "08:00-20:00"}, duties={"primary": ["dev"]})
    coming = duties_at(programme, local("2022-05-06T21:00")).next_primary
    assert coming is not None
    assert (coming.person.username, coming.rota.key) == ("dev", "b-weekend")


def test_asking_who_is_on_duty_takes_the_same_queries_each_time(
    programme: Programme, django_assert_num_queries: Queries
) -> None:
    rows.rota(programme)
    for at in (MONDAY_NOON, local("2022-05-06T21:00")):
        with django_assert_num_queries(6):
            assert duties_at(programme, at).for_new_ticket()[0] is not None


def test_an_edit_in_the_midst_of_reading_never_shows_a_rota_without_people(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows.rota(programme)
    read = Together._duties

    def edited(self: Together) -> Any:
        monkeypatch.undo()
        duties = read(self)
        save_rota(programme=programme, key="support", draft=rows.draft({"primary": ["ben"]}),
                  actor="adi", origin="command", now=MONDAY_NOON)  # fmt: skip
        return duties

    monkeypatch.setattr(Together, "_duties", edited)
    facts = Rota.objects.with_facts().get().facts()
    assert all(version.duties for version in facts.versions)
    assert on_duty(facts, MONDAY_NOON)["primary"].person_key == "ana"
