"""Starting, stepping, acknowledging, pausing, opening again: effect, refusal, called twice."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from apps.incidents import services as tickets
from apps.incidents.choices import State
from apps.ledger.models import Change
from apps.paging import services
from apps.paging.choices import Cause, Through
from apps.paging.models import EscalationPolicy, Notice, Page
from tests import build
from tests.paging.rows import MINUTE, NOW, asked, goes_on, promised, someone, staffed, ticket, told

pytestmark = pytest.mark.django_db


def acknowledge(page: Page, username: str = "ana", minutes: int = 1) -> bool:
    return services.acknowledge(
        page=page, person=build.person(username), through=Through.PAGE, origin="page",
        now=NOW + minutes * MINUTE,
    )  # fmt: skip


# --- starting ----------------------------------------------------------------------------------


def test_a_ticket_of_severity_one_pages_in_its_own_transaction() -> None:
    programme = staffed()
    with transaction.atomic():
        ticket(programme)
        transaction.set_rollback(True)
    assert not Page.objects.exists()
    page = ticket(programme).pages.get()
    assert (page.cause, page.state, page.is_urgent, page.due_at) == (
        "severity_one", "open", True, NOW,
    )  # fmt: skip


def test_a_lesser_ticket_pages_nobody() -> None:
    ticket(staffed(), severity=2)
    assert not Page.objects.exists()
    assert goes_on(0) == 0


def test_a_ticket_raised_to_severity_one_pages() -> None:
    row = ticket(staffed(), severity=3)
    tickets.edit(incident=row, changes={"severity": 1}, asked=asked())
    assert row.pages.get().cause == "severity_one"


def test_a_ticket_lowered_again_pages_nobody_any_more() -> None:
    row = ticket(staffed())
    tickets.edit(incident=row, changes={"severity": 2}, asked=asked("ben"))
    page = row.pages.get()
    assert (page.state, page.acknowledged_by, page.acknowledged_through) == (
        "acknowledged", "ben", "ticket",
    )  # fmt: skip


def test_one_raised_once_more_begins_again() -> None:
    row = ticket(staffed())
    for severity in (2, 1):
        tickets.edit(incident=row, changes={"severity": severity}, asked=asked())
    page = row.pages.get()
    assert (page.state, page.round, page.position) == ("open", 0, 0)


def test_opening_a_ticket_again_pages_again() -> None:
    row = ticket(staffed())
    tickets.resolve(incident=row, resolution="Restarted", told="nobody", asked=asked())
    assert row.pages.get().state == "acknowledged"
    tickets.reopen(incident=row, reason="Down again", asked=asked())
    assert row.pages.get().state == "open"


def test_it_starts_once_for_a_subject_and_cause() -> None:
    programme = staffed()
    row = ticket(programme)
    about = services.about_ticket(row, Cause.SEVERITY_ONE)
    for _ in range(2):
        services.start_page(programme=programme, about=about, actor="ana", origin="page", now=NOW)
    assert Page.objects.count() == 1
    assert Change.objects.filter(subject="page", verb="started").count() == 1


def test_a_missed_acknowledgement_pages_once() -> None:
    programme = staffed()
    goes_on(0)  # the default policy counts from here
    row = ticket(programme, severity=3)
    assert goes_on(14) == 0
    assert goes_on(15) == 1
    page = row.pages.get()
    assert (page.cause, page.is_urgent) == ("missed_acknowledgement", False)
    assert goes_on(16) == 0
    acknowledge(page, minutes=17)
    row.refresh_from_db()
    assert row.state == State.ACKNOWLEDGED
    assert goes_on(60) == 0


def test_tickets_from_before_the_policy_page_nobody() -> None:
    programme = staffed()
    ticket(programme, severity=3, at=NOW - timedelta(days=30))
    goes_on(0)
    assert not Page.objects.exists()


def test_a_ticket_already_paged_for_is_not_paged_for_twice() -> None:
    programme = staffed()
    goes_on(0)
    row = ticket(programme)
    goes_on(20)
    assert row.pages.count() == 1


def test_a_programme_may_page_nobody_for_a_cause() -> None:
    programme = staffed()
    services.ensure_policy(programme, now=NOW)
    EscalationPolicy.objects.update(on_severity_one=False)
    ticket(programme)
    assert not Page.objects.exists()


# --- stepping ----------------------------------------------------------------------------------


def test_it_goes_from_primary_to_backup_to_dm_to_administrators() -> None:
    ticket(staffed())
    course = []
    for minute in (0, 4, 5, 9, 10, 19, 20, 29):
        goes_on(minute)
        course.append((minute, told()[-1]))
    assert course == [(0, "ana"), (4, "ana"), (5, "ben"), (9, "ben"), (10, "dee"), (19, "dee"),
                      (20, "adi"), (29, "adi")]  # fmt: skip
    assert promised() == [("page.email", "waiting")] * 4


def test_a_late_worker_leaves_people_their_time() -> None:
    """Nobody worked for an hour: one step now, the next five minutes later."""
    ticket(staffed())
    assert goes_on(60) == 1
    assert goes_on(60) == 0
    assert goes_on(65) == 1
    assert told() == ["ana", "ben"]


def test_nobody_on_duty_tells_the_dm_at_once_and_says_why() -> None:
    programme = build.programme()
    someone("dee", programme)
    page = ticket(programme).pages.get()
    assert goes_on(0) == 1
    assert told() == ["dee"]
    passed = [words for step in page.steps.all() for words in step.passed]
    assert passed == ["Nobody is primary on duty", "Nobody is backup on duty"]


def test_a_page_nobody_can_be_told_of_waits_for_somebody() -> None:
    page = ticket(build.programme()).pages.get()
    for minute in range(0, 200, 10):
        goes_on(minute)
    page.refresh_from_db()
    assert (page.state, told()) == ("open", [])
    someone("adi")
    goes_on(200)
    assert told() == ["adi"]


def test_an_unanswered_page_says_so_and_can_still_be_acknowledged() -> None:
    page = ticket(staffed()).pages.get()
    for minute in range(121):
        goes_on(minute)
    page.refresh_from_db()
    assert (page.state, len(told())) == ("unanswered", 12)
    assert goes_on(10_000) == 0
    assert acknowledge(page)
    page.refresh_from_db()
    assert page.state == "acknowledged"


def test_a_page_keeps_the_policy_it_started_with() -> None:
    programme = staffed()
    ticket(programme)
    EscalationPolicy.objects.get().steps.all().delete()
    goes_on(0)
    assert told() == ["ana"]


def test_a_step_that_fails_holds_up_no_other_page() -> None:
    programme = staffed()
    broken, fine = ticket(programme).pages.get(), ticket(programme).pages.get()
    Page.objects.filter(pk=broken.pk).update(plan={"steps": "no plan"})
    assert goes_on(0) == 1
    assert told(fine) == ["ana"]
    broken.refresh_from_db()
    assert (broken.state, broken.last_error) == ("open", "unexpected: TypeError")
    assert broken.due_at > NOW


# --- acknowledging -----------------------------------------------------------------------------


def test_an_acknowledgement_stops_it_and_acknowledges_the_ticket() -> None:
    row = ticket(staffed())
    goes_on(0)
    assert acknowledge(row.pages.get(), "ben")
    assert goes_on(60) == 0
    row.refresh_from_db()
    assert (row.state, row.acknowledged_at) == (State.ACKNOWLEDGED, NOW + MINUTE)
    verbs = Change.objects.filter(subject="page").values_list("verb", "actor")
    assert list(verbs) == [("started", "ana"), ("stepped", "system"), ("acknowledged", "ben")]


def test_of_two_the_first_wins() -> None:
    page = ticket(staffed()).pages.get()
    assert [acknowledge(page, "ben"), acknowledge(page, "dee")] == [True, False]
    page.refresh_from_db()
    assert page.acknowledged_by == "ben"


def test_acknowledging_the_ticket_acknowledges_its_page() -> None:
    row = ticket(staffed())
    tickets.acknowledge(incident=row, asked=asked("ben"))
    page = row.pages.get()
    assert (page.acknowledged_by, page.acknowledged_through) == ("ben", "ticket")


def test_the_database_refuses_an_acknowledgement_by_nobody() -> None:
    page = ticket(staffed()).pages.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Page.objects.filter(pk=page.pk).update(acknowledged_at=NOW, done_at=NOW)


# --- going on and pausing ----------------------------------------------------------------------


def test_one_opened_again_begins_with_the_first_step() -> None:
    page = ticket(staffed()).pages.get()
    goes_on(0)
    acknowledge(page)
    late = NOW + timedelta(hours=1)
    for is_over in (True, False):
        reopened = services.reopen_page(page=page, actor="ben", origin="page", now=late)
        assert reopened is is_over
    goes_on(60)
    goes_on(65)
    assert told() == ["ana", "ana", "ben"]


def test_a_pause_that_ends_goes_on_by_itself() -> None:
    page = ticket(staffed()).pages.get()
    goes_on(0)
    assert services.pause_page(page=page, until=NOW + 30 * MINUTE, actor="ana", origin="page",
                               now=NOW + MINUTE)  # fmt: skip
    assert goes_on(29) == 0
    assert goes_on(30) == 1
    assert told() == ["ana", "ben"]


@pytest.mark.parametrize("minutes", [-1, 0, 241])
def test_a_pause_without_an_end_in_sight_is_refused(minutes: int) -> None:
    page = ticket(staffed()).pages.get()
    with pytest.raises(services.UnableToPage):
        services.pause_page(page=page, until=NOW + minutes * MINUTE, actor="ana", origin="page",
                            now=NOW)  # fmt: skip


def test_what_is_over_cannot_be_paused() -> None:
    page = ticket(staffed()).pages.get()
    acknowledge(page)
    assert not services.pause_page(page=page, until=NOW + 30 * MINUTE, actor="ana", origin="page",
                                   now=NOW)  # fmt: skip


def test_a_test_pages_only_who_asked_once_for_each_form() -> None:
    programme = staffed()
    for token in ("one", "one", "two"):
        services.page_me(programme=programme, person=build.person("vic", email="v@example.gov"),
                         token=token, origin="page", now=NOW)  # fmt: skip
    assert goes_on(0) == 2
    assert told() == ["vic", "vic"]


def test_a_step_takes_a_constant_number_of_queries(
    django_assert_max_num_queries: pytest.FixtureRequest,
) -> None:
    programme = staffed()
    ticket(programme)
    with django_assert_max_num_queries(70):  # type: ignore[operator]  # pytest-django's
        goes_on(0)
    assert Notice.objects.count() == 1
