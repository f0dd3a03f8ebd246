"""Who hears of a request for cover: told once, in their own zone; what is over is not sent."""

import smtplib
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import override_settings

from apps.accounts.models import Person
from apps.core.models import Heartbeat
from apps.ledger.models import Change
from apps.oncall.mine import coming
from apps.oncall.models import CoverRequest, Rota
from apps.oncall.rules import Stint
from apps.oncall.services import (
    Part,
    Stand,
    UnableToOverride,
    accept_cover,
    ask_for_cover,
    decline_cover,
    put_on_duty,
    take_leave,
    withdraw_cover,
)
from apps.oncall.work import pass_due
from apps.outbox.models import Delivery
from apps.outbox.work import deliver_due
from tests import build
from tests.at_once import run_at_once
from tests.oncall.handing import HOUR, PASSES, rota_of

pytestmark = pytest.mark.django_db
NOW = PASSES - 24 * HOUR
SECOND = timedelta(seconds=1)
BY_DEE: dict[str, Any] = {"actor": "dee", "origin": "page", "now": NOW}
BACKEND = "tests.oncall.test_cover_mail.Refusing"


class Refusing(BaseEmailBackend):
    """A mail server that answers as the test says."""

    answers: ClassVar[list[Exception]] = []

    def send_messages(self, messages: object) -> int:
        raise self.answers[0]


@pytest.fixture
def rota() -> Rota:
    return rota_of(build.programme(name="Check-in"))


def shift(rota: Rota, username: str, *, now: Any = NOW) -> Stint:
    """The next primary shift of somebody that has not begun."""
    found = coming(Rota.objects.with_facts().get(pk=rota.pk), now)
    return next(
        one for one in found
        if (one.person_key, one.duty) == (username, "primary") and one.start > now
    )  # fmt: skip


def part(stint: Stint) -> Part:
    return Part(duty=stint.duty, slot=stint.slot, around=stint.start)


def ask(rota: Rota, asked: Person | None = None, **more: Any) -> CoverRequest:
    """Ana asks for cover of her next shift as primary."""
    facts: dict[str, Any] = {"message": "My sister marries", "origin": "page", "now": NOW} | more
    fresh = Rota.objects.with_facts().get(pk=rota.pk)
    return ask_for_cover(rota=fresh, part=part(shift(rota, "ana")), asked=asked,
                         asked_by=build.person("ana"), **facts)  # fmt: skip


def fresh(row: CoverRequest) -> CoverRequest:
    return CoverRequest.objects.with_people().get(pk=row.pk)


def sent(at: Any = NOW) -> list[str]:
    """Who got mail since the last time, by name."""
    mail.outbox.clear()
    deliver_due(now=at + SECOND)
    return sorted(one.to[0].partition("@")[0] for one in mail.outbox)


def subjects_to(name: str, at: Any) -> list[str]:
    """What somebody got mail about their request since the last time."""
    Heartbeat.objects.all().delete()  # days pass here: nothing was restored
    sent(at)
    mine = [one.subject for one in mail.outbox if one.to == [f"{name}@example.gov"]]
    return [one.partition(":")[0] for one in mine if "taken your shift:" in one]


def whole(rota: Rota) -> Stand:
    """Pam has the whole of Ana's next shift as primary."""
    theirs = shift(rota, "ana")
    return Stand(duty="primary", person=build.person("pam"), start=theirs.start, end=theirs.end,
                 slot=theirs.slot)  # fmt: skip


def results() -> list[str]:
    return [str(row.result.get("left_out", row.state)) for row in Delivery.objects.order_by("id")]


def test_who_is_asked_by_name_gets_a_mail_in_their_own_zone(rota: Rota) -> None:
    Person.objects.filter(username="ben").update(time_zone="America/Los_Angeles")
    ask(rota, build.person("ben"))
    assert sent() == ["ben"]
    [message] = mail.outbox
    assert message.subject == "Ana Ortiz asks you to take: primary, Mon 27 Jun 05:00 PDT"
    how = "Accept or decline it at My shifts: http://127.0.0.1:8000/oncall/mine/"
    for words in ("primary of", "(Check-in)", "from Mon 27 Jun 05:00 PDT to Mon 4 Jul 05:00 PDT.",
                  "“My sister marries”", how):  # fmt: skip
        assert words in message.body, words


def test_everybody_who_could_take_it_is_asked(rota: Rota) -> None:
    vacation: dict[str, Any] = {"actor": "pam", "origin": "page", "now": NOW}
    end = NOW + timedelta(days=30)
    take_leave(person=build.person("pam"), start=NOW, end=end, **vacation)
    ask(rota)
    assert sent() == ["ben", "dee"]  # not Pam, who is away, nor Vic, who only looks on
    assert "\nAccept it at My shifts: http" in mail.outbox[0].body


def test_asked_twice_it_is_one_mail(rota: Rota) -> None:
    ask(rota, build.person("ben"))
    ask(rota, build.person("ben"))
    assert Delivery.objects.count() == 1
    assert sent() == ["ben"]
    assert sent() == []


def test_what_was_not_asked_is_not_told(rota: Rota) -> None:
    with pytest.raises(UnableToOverride):
        ask(rota, build.person("ana"))
    assert not Delivery.objects.exists()


def test_a_swap_says_what_comes_in_return(rota: Rota) -> None:
    theirs = shift(rota, "ben")
    row = ask(rota, build.person("ben"), in_return=part(theirs))
    assert sent() == ["ben"]
    assert mail.outbox[0].subject.startswith("Ana Ortiz asks you to swap")
    assert "and takes your primary\nfrom Mon 4 Jul 08:00 EDT" in mail.outbox[0].body
    accept_cover(request=fresh(row), person=build.person("ben"), origin="page", now=NOW)
    assert sent() == ["ana"]
    assert "In return you have primary\nfrom Mon 4 Jul 08:00 EDT" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("answer", "words"),
    [(accept_cover, "Ben Boyd has taken your shift"), (decline_cover, "Ben Boyd has declined")],
)
def test_who_asked_hears_of_the_answer(rota: Rota, answer: Any, words: str) -> None:
    row = ask(rota, build.person("ben"))
    sent()
    answer(request=fresh(row), person=build.person("ben"), origin="page", now=NOW)
    assert sent() == ["ana"]
    assert mail.outbox[0].subject.startswith(words)


def test_a_withdrawn_request_that_was_not_sent_is_no_mail_at_all(rota: Rota) -> None:
    row = ask(rota, build.person("ben"))
    withdraw_cover(request=fresh(row), person=build.person("ana"), origin="page", now=NOW)
    assert sent() == []
    assert not Delivery.objects.exists()


def test_one_that_is_lost_on_its_way_when_it_is_withdrawn_is_not_told_of(rota: Rota) -> None:
    Refusing.answers = [OSError("gone")]
    row = ask(rota, build.person("ben"))
    with override_settings(EMAIL_BACKEND=BACKEND):
        assert sent() == []
    withdraw_cover(request=fresh(row), person=build.person("ana"), origin="page", now=NOW)
    assert sent(NOW + timedelta(minutes=2)) == []
    assert sent(NOW + timedelta(minutes=6)) == []
    assert results() == ["it was withdrawn before", "they never heard of it"]


def test_who_was_asked_by_name_hears_that_it_was_withdrawn(rota: Rota) -> None:
    row = ask(rota, build.person("ben"))
    assert sent() == ["ben"]
    withdraw_cover(request=fresh(row), person=build.person("ana"), origin="page", now=NOW)
    assert sent() == ["ben"]
    [message] = mail.outbox
    assert message.subject == (
        "Ana Ortiz does not ask you for cover any more: primary, Mon 27 Jun 08:00 EDT"
    )
    assert "It stays yours" not in message.body


def test_a_request_to_everybody_is_withdrawn_in_silence(rota: Rota) -> None:
    row = ask(rota)
    sent()
    withdraw_cover(request=fresh(row), person=build.person("ana"), origin="page", now=NOW)
    assert sent() == []


def test_who_was_too_slow_to_be_asked_is_left_in_peace(rota: Rota) -> None:
    row = ask(rota)
    accept_cover(request=fresh(row), person=build.person("dee"), origin="page", now=NOW)
    assert sent() == ["ana"]


def test_who_has_left_meanwhile_is_not_asked(rota: Rota) -> None:
    ask(rota)
    build.person("ben").memberships.all().delete()
    Person.objects.filter(username="dee").update(is_active=False)
    assert sent() == ["pam"]
    assert sorted(results()) == ["sent", "this person has left", "this person works there no more"]


def test_nobody_takes_it_and_who_asked_is_told_when_it_begins(rota: Rota) -> None:
    row = ask(rota, build.person("ben"))
    for minutes in (1, 3, 5):
        pass_due(now=PASSES + timedelta(minutes=minutes))
    rows = Delivery.objects.filter(action="cover.email").order_by("id")
    assert [one.payload["says"] for one in rows] == ["asked", "unanswered"]
    assert "ana" in sent(PASSES + timedelta(minutes=5))
    assert any(one.subject.startswith("Nobody has taken your shift") for one in mail.outbox)
    assert fresh(row).answer == "waiting"  # it can still be taken


def test_a_request_whose_shift_is_over_is_closed_once(rota: Rota) -> None:
    row = ask(rota, build.person("ben"))
    for minutes in (1, 3):
        pass_due(now=row.ends_at + timedelta(minutes=minutes))
    assert fresh(row).answer == "passed"
    assert [one.verb for one in Change.objects.filter(subject="cover")] == ["asked", "passed"]
    rows = Delivery.objects.filter(action="cover.email").order_by("id")
    assert [one.payload["says"] for one in rows] == ["asked", "unanswered"]


def test_taken_between_the_promise_and_the_mail_nobody_is_told_the_contrary(rota: Rota) -> None:
    row = ask(rota, build.person("ben"))
    begun = PASSES + timedelta(minutes=1)
    pass_due(now=begun)
    accept_cover(request=fresh(row), person=build.person("ben"), origin="page", now=begun)
    deliver_due(now=begun + SECOND)
    told = [one.subject for one in mail.outbox if one.to == ["ana@example.gov"]]
    assert any("has taken your shift" in one for one in told)
    assert not any("Nobody" in one for one in told)


def test_nobody_is_asked_for_a_shift_that_has_gone_to_somebody_else(rota: Rota) -> None:
    ask(rota, build.person("ben"))
    put_on_duty(rota=rota, stand=whole(rota), **BY_DEE)
    assert sent() == []
    assert results() == ["somebody else has this shift now"]


def test_who_asked_is_not_told_that_a_shift_stays_theirs_which_does_not(rota: Rota) -> None:
    row = ask(rota, build.person("ben"))
    sent()
    put_on_duty(rota=rota, stand=whole(rota), **BY_DEE)
    for minutes in (1, 3):
        pass_due(now=PASSES + timedelta(minutes=minutes))
    assert subjects_to("ana", PASSES + timedelta(minutes=3)) == []
    assert fresh(row).answer == "passed"
    [entry] = Change.objects.filter(subject="cover", verb="passed")
    fields: Any = entry.fields
    assert fields["holders"] == ["pam"]


def test_given_away_between_the_promise_and_the_mail_it_is_not_theirs(rota: Rota) -> None:
    ask(rota, build.person("ben"))
    sent()
    begun = PASSES + timedelta(minutes=1)
    pass_due(now=begun)
    put_on_duty(rota=rota, stand=whole(rota), **BY_DEE | {"now": begun})
    assert subjects_to("ana", begun + SECOND) == []


def test_of_a_shift_in_part_somebody_elses_they_are_told_when_the_rest_is_theirs(
    rota: Rota,
) -> None:
    row = ask(rota, build.person("ben"))
    sent()
    stand = replace(whole(rota), slot="", end=PASSES + HOUR)
    put_on_duty(rota=rota, stand=stand, **BY_DEE)
    pass_due(now=PASSES + SECOND)
    assert subjects_to("ana", PASSES + 2 * SECOND) == []
    pass_due(now=PASSES + HOUR + SECOND)
    assert subjects_to("ana", PASSES + HOUR + 2 * SECOND) == ["Nobody has taken your shift"]
    assert fresh(row).answer == "waiting"


def test_what_identifies_a_person_is_masked_and_the_promise_holds_ids_alone(rota: Rota) -> None:
    ask(rota, build.person("ben"), message="Veteran SSN 123-45-6789 waits for me")
    assert Delivery.objects.get().payload.keys() == {"cover", "person", "says"}
    sent()
    assert "123-45-6789" not in f"{mail.outbox[0].body} {CoverRequest.objects.get().message}"


def test_who_has_no_address_is_not_promised_anything(rota: Rota) -> None:
    Person.objects.filter(username="ben").update(email="")
    ask(rota, Person.objects.get(username="ben"))
    assert not Delivery.objects.exists()


def test_a_lost_answer_is_sent_again_under_the_same_name(rota: Rota) -> None:
    Refusing.answers = [OSError("gone")]
    ask(rota, build.person("ben"))
    with override_settings(EMAIL_BACKEND=BACKEND):
        assert sent() == []
    assert sent(NOW + timedelta(minutes=2)) == ["ben"]
    [row] = Delivery.objects.all()
    assert row.attempts == 2
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{row.key}@rollcall>"


def test_a_refused_address_is_a_dead_letter_and_the_request_stands(rota: Rota) -> None:
    Refusing.answers = [smtplib.SMTPRecipientsRefused({"ben@example.gov": (550, b"unknown")})]
    row = ask(rota, build.person("ben"))
    with override_settings(EMAIL_BACKEND=BACKEND):
        sent()
    assert [(one.state, one.attempts) for one in Delivery.objects.all()] == [("dead", 1)]
    assert "ben@" not in Delivery.objects.get().last_error
    accept_cover(request=fresh(row), person=build.person("ben"), origin="page", now=NOW)


@pytest.mark.postgresql_only
@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one_mail(rota: Rota) -> None:
    ask(rota)
    mail.outbox.clear()
    run_at_once([partial(deliver_due, now=NOW + SECOND)] * 2)
    assert sorted(one.to[0] for one in mail.outbox) == [
        "ben@example.gov", "dee@example.gov", "pam@example.gov",
    ]  # fmt: skip
