"""How people are told: by mail, by Slack, in a channel; what a failure means for the escalation."""

import smtplib
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import ClassVar

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.test import override_settings

from apps.accounts.models import Person
from apps.outbox.models import Delivery
from apps.outbox.work import deliver_due
from apps.paging import services
from apps.paging.choices import GONE, Through
from apps.paging.models import ContactMethod, Page, QuietHours
from apps.paging.rules import PolicyFacts, StepFacts, Target
from apps.paging.work import take_due
from apps.rollouts.models import Programme
from apps.simulator.fakes.slack import FakeSlack
from tests import build
from tests.at_once import run_at_once
from tests.paging.rows import (
    MINUTE,
    NOW,
    delivers,
    goes_on,
    promised,
    someone,
    staffed,
    ticket,
    told,
)

pytestmark = pytest.mark.django_db
BACKEND = "tests.paging.test_deliveries.Refusing"


class Refusing(BaseEmailBackend):
    """A mail server that answers as the test says."""

    answers: ClassVar[list[Exception]] = []

    def send_messages(self, messages: object) -> int:
        raise self.answers[0]


@pytest.fixture
def workspace() -> Iterator[FakeSlack]:
    with FakeSlack(channels=["C0OPS"]) as slack:
        yield slack


def with_slack(programme: Programme, workspace: FakeSlack) -> Programme:
    build.slack(programme, workspace.api_url, key="dsva",
                secrets={"bot_token": workspace.token, "signing_secret": "x"})  # fmt: skip
    return programme


def test_a_mail_says_what_and_how_to_acknowledge() -> None:
    row = ticket(staffed(), title="Check-in is down everywhere")
    goes_on(0)
    delivers()
    (message,) = mail.outbox
    assert message.to == ["ana@example.gov"]
    assert message.subject == f"[Severity 1] {row.number} Check-in is down everywhere"
    assert "Since Mon 27 Jun 10:40 EDT" in message.body
    assert "http://127.0.0.1:8000/paging/link/" in message.body
    assert f"http://127.0.0.1:8000/incidents/{row.number}/" in message.body
    assert promised() == [("page.email", "sent")]


def test_the_log_and_the_payload_hold_no_address() -> None:
    ticket(staffed())
    goes_on(0)
    delivers()
    kept = Delivery.objects.get()
    assert "ana" not in f"{kept.payload} {kept.result} {kept.subject_key}"


def test_slack_and_mail_are_told_at_once(workspace: FakeSlack) -> None:
    programme = with_slack(staffed(), workspace)
    build.handle(build.person("ana"), "slack", "U0ANA")
    row = ticket(programme)
    goes_on(0)
    delivers()
    assert promised() == [("page.slack", "sent"), ("page.email", "sent")]
    (post,) = workspace.workspace.messages("D0ANA")
    assert post["text"].startswith(f"[Severity 1] {row.number} Check-in is down")
    assert "/paging/#page-" in post["text"]
    assert "/paging/link/" not in post["text"]


def test_a_slack_post_whose_answer_is_lost_is_found_again(workspace: FakeSlack) -> None:
    programme = with_slack(staffed(), workspace)
    build.handle(build.person("ana"), "slack", "U0ANA")
    ticket(programme)
    goes_on(0)
    workspace.switch("commit_then_reset", path="/api/chat.postMessage", times=1)
    for minutes in (0, 1, 2):
        delivers(minutes)
    assert len(workspace.workspace.messages("D0ANA")) == 1


def test_a_channel_is_told(workspace: FakeSlack) -> None:
    programme = with_slack(staffed(), workspace)
    facts = PolicyFacts(
        (StepFacts(timedelta(), (Target("channel", "dsva:C0OPS"), Target("duty", "primary"))),),
        (Target("role", "dm"),), 10 * MINUTE,
    )  # fmt: skip
    draft = services.PolicyDraft(name="Loud", causes=["severity_one"], facts=facts)
    services.save_policy(programme=programme, key="default", draft=draft, actor="adi",
                         origin="command", now=NOW)  # fmt: skip
    ticket(programme)
    goes_on(0)
    delivers()
    assert told() == ["ana", "dsva:C0OPS"]
    assert len(workspace.workspace.messages("C0OPS")) == 1


def test_people_choose_ways_and_addresses() -> None:
    programme = staffed()
    ana = build.person("ana")
    ContactMethod.objects.create(person=ana, means="email", address="pager@example.gov")
    ticket(programme)
    goes_on(0)
    delivers()
    assert mail.outbox[0].to == ["pager@example.gov"]


def test_quiet_hours_keep_a_missed_acknowledgement_from_somebody() -> None:
    programme = staffed()
    QuietHours.objects.create(person=build.person("ana"), hours={"mon-sun": "00:00-24:00"})
    goes_on(0)
    ticket(programme, severity=3)
    goes_on(15)
    assert told() == ["ben"]
    ticket(programme)
    goes_on(16)
    assert told() == ["ben", "ana"]


def test_what_was_acknowledged_meanwhile_is_told_to_nobody() -> None:
    page = ticket(staffed()).pages.get()
    goes_on(0)
    services.acknowledge(page=page, person=build.person("ben"), through=Through.PAGE,
                         origin="page", now=NOW)  # fmt: skip
    delivers()
    assert mail.outbox == []
    assert Delivery.objects.get().result == {"left_out": "ben had acknowledged it"}


def test_a_lost_attempt_is_told_of_when_it_was_acknowledged_meanwhile() -> None:
    page = ticket(staffed()).pages.get()
    goes_on(0)
    Delivery.objects.update(attempts=1, unfinished=1)  # a worker died in the middle of it
    services.acknowledge(page=page, person=build.person("ben"), through=Through.API, origin="api",
                         now=NOW)  # fmt: skip
    delivers()
    words = "ben had acknowledged it; an earlier attempt may have arrived"
    assert Delivery.objects.get().result == {"left_out": words}


@override_settings(EMAIL_BACKEND=BACKEND)
def test_a_refused_address_makes_the_next_step_due_at_once() -> None:
    page = ticket(staffed()).pages.get()
    goes_on(0)
    Refusing.answers[:] = [smtplib.SMTPRecipientsRefused({"ana@example.gov": (550, b"no")})]
    delivers()
    assert promised() == [("page.email", "dead")]
    assert "ana" not in Delivery.objects.get().last_error
    assert goes_on(1) == 1
    assert told(page) == ["ana", "ben"]


@override_settings(EMAIL_BACKEND=BACKEND)
def test_a_mailbox_that_takes_nothing_now_does_not_hold_up_other_mail() -> None:
    ticket(staffed())
    goes_on(0)
    Refusing.answers[:] = [smtplib.SMTPRecipientsRefused({"ana@example.gov": (450, b"later")})]
    for minute in range(4):
        delivers(minute)
    assert promised() == [("page.email", "waiting")]
    line = Delivery.objects.get().connection
    assert (line.failures, line.quiet_until) == (0, None)
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        goes_on(6)
        delivers(6)
    assert {one.to[0] for one in mail.outbox} == {"ana@example.gov", "ben@example.gov"}


def refused_to_all(*, passes: int) -> None:
    """A mail server that takes nothing for anybody, while the escalation goes on."""
    Refusing.answers[:] = [smtplib.SMTPRecipientsRefused({"ana@example.gov": (550, b"no")})]
    with override_settings(EMAIL_BACKEND=BACKEND):
        for count in range(passes):
            goes_on(count / 10)
            delivers(count / 10)


def test_a_round_in_which_everybody_is_refused_does_not_end_the_escalation() -> None:
    page = ticket(staffed()).pages.get()
    Page.objects.update(plan=page.plan | {"rounds": 1})
    refused_to_all(passes=6)
    assert told(page) == ["ana", "ben", "dee", "adi", "dee"]
    page.refresh_from_db()
    assert (page.state, page.round, page.position) == ("open", 0, 0)
    assert page.due_at > NOW + 10 * MINUTE
    goes_on(11)
    delivers(11)
    assert [one.to for one in mail.outbox] == [["ana@example.gov"]]


def test_after_a_last_resort_that_is_refused_comes_the_next_it_names() -> None:
    page = ticket(staffed()).pages.get()
    Page.objects.update(plan=page.plan | {"steps": page.plan["steps"][:1], "rounds": 1})
    refused_to_all(passes=2)
    goes_on(1)
    assert told(page) == ["ana", "dee", "adi"]
    delivers(1)
    assert [one.to for one in mail.outbox] == [["adi@example.gov"]]


def test_a_policy_of_a_last_resort_alone_waits_before_it_tells_again() -> None:
    page = ticket(staffed()).pages.get()
    Page.objects.update(plan=page.plan | {"steps": [], "rounds": 1})
    refused_to_all(passes=3)
    page.refresh_from_db()
    assert (told(page), page.state) == (["dee"], "open")
    assert page.due_at > NOW + 10 * MINUTE


def test_a_test_that_is_refused_ends() -> None:
    programme = staffed()
    services.page_me(programme=programme, person=build.person("ana"), token="t", origin="page",
                     now=NOW)  # fmt: skip
    refused_to_all(passes=3)
    assert Page.objects.get().state == "unanswered"


@override_settings(EMAIL_BACKEND=BACKEND)
@pytest.mark.parametrize(
    "problem",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPDataError(451, b"later"),
        smtplib.SMTPAuthenticationError(535, b"who"),
    ],
    ids=lambda problem: type(problem).__name__,
)
def test_a_mail_server_in_trouble_is_asked_again(problem: Exception) -> None:
    ticket(staffed())
    goes_on(0)
    Refusing.answers[:] = [problem]
    delivers()
    assert promised() == [("page.email", "waiting")]
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        delivers(2)
    assert (promised(), len(mail.outbox)) == ([("page.email", "sent")], 1)


@override_settings(EMAIL_BACKEND=BACKEND)
def test_another_way_that_still_works_keeps_the_next_step_waiting(workspace: FakeSlack) -> None:
    programme = with_slack(staffed(), workspace)
    build.handle(build.person("ana"), "slack", "U0ANA")
    ticket(programme)
    goes_on(0)
    Refusing.answers[:] = [smtplib.SMTPRecipientsRefused({"ana@example.gov": (550, b"no")})]
    delivers()
    assert goes_on(1) == 0


def test_an_address_that_is_gone_leaves_the_delivery_out_and_nobody_waits_for_it() -> None:
    ana = build.person("ana", email="ana@example.gov")
    ticket(staffed())
    goes_on(0)
    type(ana).objects.filter(pk=ana.pk).update(email="")
    delivers()
    assert promised() == [("page.email", "left_out")]
    assert Delivery.objects.get().result == {"left_out": GONE}
    assert goes_on(1) == 1
    assert told() == ["ana", "ben"]


def gone_with_two_ways(workspace: FakeSlack) -> None:
    """Ana is to be told by mail and in Slack, and has neither any more."""
    programme = with_slack(staffed(), workspace)
    build.handle(build.person("ana"), "slack", "U0ANA")
    ticket(programme)
    goes_on(0)
    ana = build.person("ana")
    ana.handles.all().delete()
    type(ana).objects.filter(pk=ana.pk).update(email="")


def test_of_two_addresses_that_are_gone_the_last_makes_the_next_step_due(
    workspace: FakeSlack,
) -> None:
    gone_with_two_ways(workspace)
    delivers()
    assert [state for _, state in promised()] == ["left_out", "left_out"]
    assert goes_on(1) == 1
    assert told() == ["ana", "ana", "ben"]


@override_settings(EMAIL_BACKEND=BACKEND)
def test_one_address_gone_and_one_refused_make_the_next_step_due(workspace: FakeSlack) -> None:
    gone_with_two_ways(workspace)
    Person.objects.filter(username="ana").update(email="ana@example.gov")
    Refusing.answers[:] = [smtplib.SMTPRecipientsRefused({"ana@example.gov": (550, b"no")})]
    delivers()
    assert sorted(promised()) == [("page.email", "dead"), ("page.slack", "left_out")]
    assert goes_on(1) == 1


@pytest.mark.postgresql_only
@pytest.mark.django_db(transaction=True)
def test_two_addresses_that_go_at_once_do_not_wait_for_each_other(workspace: FakeSlack) -> None:
    gone_with_two_ways(workspace)
    later = NOW + timedelta(seconds=1)
    run_at_once([partial(deliver_due, now=later)] * 2)
    assert [state for _, state in promised()] == ["left_out", "left_out"]
    assert goes_on(1) == 1


def test_somebody_without_any_address_is_nobody() -> None:
    programme = build.programme()
    someone("dee", programme, email="")
    someone("adi")
    ticket(programme)
    goes_on(0)
    assert told() == ["adi"]
    assert Page.objects.get().steps.last() is not None


def test_another_service_is_told_after_hours_only_and_keeps_its_address_sealed() -> None:
    programme = staffed()
    ana = build.person("ana")
    type(ana).objects.filter(pk=ana.pk).update(working_hours={"mon-fri": "08:00-17:00"})
    method = ContactMethod.objects.create(
        person=ana, means="other", address="json://127.0.0.1:9/secret", in_work_hours=False
    )
    ticket(programme)
    goes_on(0)
    assert promised() == [("page.email", "waiting")]
    evening = NOW + timedelta(hours=10)
    ticket(programme, at=evening)
    take_due(now=evening)
    late = Delivery.objects.filter(action="page.other").get()
    assert (late.connection.key, late.connection.kind) == ("notify-json", "generic")
    deliver_due(now=evening + timedelta(seconds=1))
    late.refresh_from_db()
    assert (late.state, late.last_error) == ("waiting", "json did not take it")
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM paging_contactmethod WHERE id = %s", [method.pk])
        assert "secret" not in cursor.fetchone()[0]


@pytest.mark.parametrize("address", ["", "json://10.0.0.1/", "nonsense"])
def test_an_address_nothing_can_be_sent_to_is_refused(address: str) -> None:
    method = ContactMethod(person=build.person("ana"), means="other", address=address)
    with pytest.raises(ValidationError, match="Write an address of a service"):
        method.full_clean()
