"""What people do with a ticket: effects, refusals, stale versions, twice, the ledger."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Person
from apps.incidents import services
from apps.incidents.choices import State
from apps.incidents.models import Incident, Queue, assignable
from apps.incidents.rules import STEPS, may_become
from apps.incidents.services import Asked, Draft, UnableToChange
from apps.ledger.models import Change
from apps.rollouts.models import Programme
from tests import build

pytestmark = pytest.mark.django_db
NOW = build.MONDAY
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def programme() -> Programme:
    return build.programme()


@pytest.fixture
def ana(programme: Programme) -> Person:
    return build.person("ana", programme)


def asked(version: int | None = None, actor: str = "ana") -> Asked:
    return Asked(actor=actor, origin="page", now=LATER, version=version)


def opened(programme: Programme, title: str = "Kiosk shows an error", **more: Any) -> Incident:
    facts: dict[str, Any] = {"severity": 2, "description": "", "source": "slack"} | more
    draft = Draft(programme=programme, title=title, **facts)
    return services.open_incident(draft=draft, assignee=None, assigned_because="nobody",
                                  actor="ana", origin="page", now=NOW)  # fmt: skip


def verbs(incident: Incident) -> list[str]:
    rows = Change.objects.filter(subject="incident", subject_key=incident.number)
    return list(rows.order_by("id").values_list("verb", flat=True))


def test_acknowledging_stops_the_clock_once(programme: Programme) -> None:
    incident = opened(programme)
    done = services.acknowledge(incident=incident, asked=asked())
    assert (done.acknowledged_at, done.state, done.version) == (LATER, State.ACKNOWLEDGED, 2)
    assert services.acknowledge(incident=incident, asked=asked()).version == 2
    assert verbs(incident) == ["opened", "acknowledged"]
    assert incident.entries.filter(kind="acknowledged").count() == 1


def test_who_takes_it_acknowledges_it(programme: Programme, ana: Person) -> None:
    done = services.assign(incident=opened(programme), assignee=ana, asked=asked())
    assert (done.assignee, done.acknowledged_at, done.state) == (ana, LATER, State.ACKNOWLEDGED)
    other = services.assign(incident=opened(programme), assignee=ana, asked=asked(actor="dee"))
    assert (other.acknowledged_at, other.state) == (None, State.NEW)


def test_only_those_who_take_tickets_are_offered(programme: Programme, ana: Person) -> None:
    build.person("vic", programme)
    build.person("ben", build.programme())
    assert list(assignable(programme)) == [ana]


def test_many_are_assigned_at_once(programme: Programme, ana: Person) -> None:
    counts = []
    for size in (3, 30):
        rows = [opened(programme) for _ in range(size)]
        with CaptureQueriesContext(connection) as queries:
            changed = services.bulk_assign(
                incidents=[row.pk for row in rows], assignee=ana, asked=asked()
            )
        counts.append(len(queries))
        assert changed == [(row.pk, None) for row in rows]
        again = services.bulk_assign(
            incidents=[row.pk for row in rows], assignee=ana, asked=asked()
        )
        assert again == []
    assert counts[0] == counts[1]
    assert Incident.objects.filter(assignee=ana).count() == 33


def test_a_stale_version_gets_the_fresh_ticket(programme: Programme) -> None:
    incident = opened(programme)
    services.comment(incident=incident, text="seen", asked=asked(1))
    with pytest.raises(UnableToChange) as caught:
        services.resolve(incident=incident, resolution="done", told="nobody", asked=asked(1))
    assert (caught.value.field, caught.value.fresh.version) == ("version", 2)
    assert verbs(incident) == ["opened", "commented"]


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("other", State.values)
def test_nothing_becomes_new_again_and_steps_are_those_of_the_table(state: str, other: str) -> None:
    assert may_become(state, other) is (other in STEPS[state])
    assert "new" not in STEPS[state]


def test_it_waits_and_goes_on(programme: Programme) -> None:
    incident = opened(programme)
    for state in ("in_progress", "waiting_for_site", "in_progress"):
        assert services.change_state(incident=incident, state=state, asked=asked()).state == state
    with pytest.raises(UnableToChange, match="cannot become"):
        services.change_state(incident=incident, state="resolved", asked=asked())


def test_routing_needs_a_reason_and_back_to_us_the_clock_starts_again(
    programme: Programme,
) -> None:
    ours = Queue.objects.create(programme=programme, name="ours", ours=True)
    theirs = Queue.objects.create(programme=programme, name="theirs")
    incident = opened(programme, queue=theirs)
    services.note_first_response(incident=incident, actor="ana", origin="page", now=NOW)
    with pytest.raises(UnableToChange, match="why"):
        services.route(incident=incident, queue=ours, reason=" ", asked=asked())
    done = services.route(incident=incident, queue=ours, reason="front end", asked=asked())
    assert done.first_response_at is None
    assert done.response_due_at > incident.response_due_at


def test_resolving_needs_a_resolution_and_how_the_reporter_was_told(programme: Programme) -> None:
    incident = opened(programme)
    with pytest.raises(UnableToChange, match="resolution"):
        services.resolve(incident=incident, resolution=" ", told="nobody", asked=asked())
    with pytest.raises(UnableToChange, match="told"):
        services.resolve(incident=incident, resolution="done", told="", asked=asked())
    with pytest.raises(UnableToChange, match="no thread"):
        services.resolve(incident=incident, resolution="done", told="thread", asked=asked())
    incident.refresh_from_db()
    assert (incident.state, verbs(incident)) == (State.NEW, ["opened"])
    done = services.resolve(incident=incident, resolution="done", told="otherwise", asked=asked())
    assert (done.state, done.reporter_told_at, done.first_response_at) == (
        State.RESOLVED, LATER, LATER,
    )  # fmt: skip
    assert services.close(incident=incident, asked=asked()).state == State.CLOSED


def test_closing_needs_resolving(programme: Programme) -> None:
    with pytest.raises(UnableToChange, match="resolve it first"):
        services.close(incident=opened(programme), asked=asked())


def test_it_is_opened_again_with_a_reason(programme: Programme) -> None:
    incident = opened(programme)
    services.resolve(incident=incident, resolution="done", told="nobody", asked=asked())
    with pytest.raises(UnableToChange, match="why"):
        services.reopen(incident=incident, reason="", asked=asked())
    done = services.reopen(incident=incident, reason="it is back", asked=asked())
    assert (done.state, done.resolved_at, done.told) == (State.IN_PROGRESS, None, "")
    assert services.reopen(incident=incident, reason="again", asked=asked()).version == done.version


def test_a_duplicate_has_one_parent(programme: Programme) -> None:
    first, second, third = (opened(programme) for _ in range(3))
    services.mark_duplicate(incident=second, parent=first, asked=asked())
    done = services.mark_duplicate(incident=third, parent=second, asked=asked())
    assert (done.duplicate_of, done.state) == (first, State.RESOLVED)
    with pytest.raises(UnableToChange, match="another ticket"):
        services.mark_duplicate(incident=first, parent=second, asked=asked())
    other = opened(build.programme())
    with pytest.raises(UnableToChange, match="another ticket"):
        services.mark_duplicate(incident=other, parent=first, asked=asked())


def test_levels_follow_the_severity_and_words_are_found(programme: Programme) -> None:
    incident = opened(programme)
    done = services.edit(
        incident=incident, changes={"severity": 1, "title": "All kiosks are down"}, asked=asked()
    )
    assert (done.impact, done.urgency, done.priority) == (1, 1, 1)
    found = Incident.objects.matching("KIOSKS are")
    assert list(found) == [incident]
    assert not Incident.objects.matching("shows an error").exists()
    assert services.edit(incident=incident, changes={"severity": 1}, asked=asked()).version == 2


@pytest.mark.parametrize(
    ("text", "is_found"),
    [("kio", True), ("IOSK SH", True), ("io", True), ("kiosk error", False), ('"', False),
     ("%", False), ("_", False), ("kiosk' OR 1=1", False)],
)  # fmt: skip
def test_the_search_means_the_same_on_both_databases(
    programme: Programme, text: str, is_found: bool
) -> None:
    opened(programme)
    assert Incident.objects.matching(text).exists() is is_found


@pytest.mark.postgresql_only
def test_the_search_uses_its_index(programme: Programme) -> None:
    rows = [opened(programme)]
    base = rows[0]
    Incident.objects.bulk_create(
        Incident(
            programme=programme, title=f"t{n}", severity=3, impact=3, urgency=3, priority=5,
            source="x", opened_at=NOW, acknowledge_due_at=NOW, response_due_at=NOW,
            updated_at=NOW, search_text=f"number {n} of many words",
        )
        for n in range(4000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('incident_search')")
        cursor.execute("ANALYZE incidents_incident")
    assert "incident_search" in Incident.objects.matching("shows an err").explain()
    assert list(Incident.objects.matching("shows an err")) == [base]
