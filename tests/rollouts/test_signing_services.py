"""Go or no-go of a wave: checks, waivers, two signatures, deputies, verdicts of lists."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.incidents.models import Incident
from apps.incidents.services import Draft as Ticket
from apps.incidents.services import open_incident
from apps.ledger.models import Change
from apps.rollouts.choices import Call, ChangeKind, Part, Readiness
from apps.rollouts.go_no_go import GoNoGo, verdicts_of, where_it_stands
from apps.rollouts.models import (
    Deputy,
    GoLive,
    Programme,
    ReadinessItem,
    SignOff,
    Waiver,
    Wave,
)
from apps.rollouts.services import (
    Decision,
    DeputyDraft,
    Draft,
    NotEntitled,
    Plan,
    Tick,
    UnableToSign,
    Wish,
    change_schedule,
    deputies_of,
    end_deputy,
    name_deputy,
    plan_go_lives,
    sign,
    tick,
    waive,
    withdraw_sign_off,
    withdraw_waiver,
)
from tests import build
from tests.at_once import run_at_once

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 7, 7, 15, tzinfo=UTC)  # the Thursday before
MONDAY = date(2022, 7, 11)
DECISION = Decision(reason="Plan", decided_by="Pam", made_by="pam", origin="page")
PM, DM, GO, NO_GO = Part.PM, Part.DM, Call.GO, Call.NO_GO


@pytest.fixture
def wave() -> Wave:
    programme = build.programme(name="Check-in")
    made, product = build.wave(programme, 11, MONDAY), build.product(programme)
    plans = [Plan(site=build.site(number, f"Site {number}"), product=product, wave=made,
                  planned_on=MONDAY) for number in ("636", "437")]  # fmt: skip
    plan_go_lives(programme=programme, plans=plans, decision=DECISION, now=NOW)
    for name in ("ana", "ben", "pam", "dee", "vic"):
        build.person(name, programme)
    return made


@pytest.fixture
def checked(wave: Wave) -> Wave:
    """With a checklist of which nothing is done."""
    build.checklist(wave.programme)
    return wave


def stands(wave: Wave, now: datetime = NOW) -> GoNoGo:
    return where_it_stands(wave, now)


def keys(wave: Wave) -> list[tuple[str, str]]:
    return [(one.finding.key, one.finding.level) for one in stands(wave).findings]


def signs(wave: Wave, who: str, part: Part, call: Call = GO, now: datetime = NOW, **facts: Any
          ) -> SignOff:  # fmt: skip
    return sign(wave=wave, draft=Draft(part=part, call=call, **facts), by=build.person(who),
                origin="page", now=now)  # fmt: skip


def waives(wave: Wave, finding: str, who: str = "pam", reason: str = "It can wait") -> Waiver:
    return waive(wave=wave, finding=finding, reason=reason, by=build.person(who), origin="page",
                 now=NOW)  # fmt: skip


def do(wave: Wave, *wanted: str, who: str = "pam", number: str = "") -> None:
    rows = ReadinessItem.objects.filter(template__key__in=wanted, go_live__wave=wave)
    rows = rows.filter(go_live__site__number=number) if number else rows
    ticks = {row.pk: Tick(Readiness.DONE) for row in rows}
    tick(programme=wave.programme, wanted=ticks, by=build.person(who), origin="page", now=NOW)


def ticket(programme: Programme, severity: int = 1) -> Incident:
    draft = Ticket(programme=programme, title="All down", severity=severity, description="",
                   source="slack")  # fmt: skip
    return open_incident(draft=draft, assignee=None, assigned_because="nobody", actor="ana",
                         origin="page", now=NOW)  # fmt: skip


# --- checks ---------------------------------------------------------------------------------


def test_a_wave_without_checklist_and_trouble_has_only_good_news(wave: Wave) -> None:
    assert keys(wave) == [("severity-1", "green")]
    assert stands(wave).verdict.word == "open"


def test_what_blocks_and_is_not_done_is_red_what_is_late_amber(checked: Wave) -> None:
    late = MONDAY - timedelta(days=1)
    build.checklist(checked.programme, *build.CHECKLIST, ("text", "Texts", "pm", -9, False))
    assert keys(checked) == [
        ("readiness:training", "red"), ("readiness:whitelist", "red"),
        ("readiness:text", "amber"), ("severity-1", "green"),
    ]  # fmt: skip
    told = {one.finding.key: one.finding for one in stands(checked).findings}
    assert told["readiness:training"].words == ("Training held: 2 of 2 open, 2 overdue (437, 636).")
    assert told["readiness:whitelist"].words == ("Whitelisted: 2 of 2 open, due 7 Jul (437, 636).")
    assert told["readiness:training"].link.endswith("/11/#col-training")
    assert late > NOW.date()


def test_a_checklist_that_is_done_is_green(checked: Wave) -> None:
    do(checked, "training", "whitelist")
    assert keys(checked) == [("readiness", "green"), ("severity-1", "green")]


def test_a_site_that_does_not_go_does_not_block(checked: Wave) -> None:
    do(checked, "training", "whitelist", number="437")
    row = GoLive.objects.get(site__number="636")
    wish = Wish(kind=ChangeKind.PAUSE, go_lives={row.pk: None})
    change_schedule(programme=checked.programme, wish=wish, decision=DECISION, now=NOW)
    assert keys(checked)[0] == ("readiness", "green")


def test_open_severity_one_is_red_and_told_by_number(wave: Wave) -> None:
    ticket(wave.programme, severity=2)
    first = ticket(wave.programme)
    (told,) = stands(wave).findings
    assert (told.finding.level, told.finding.facts) == ("red", frozenset({first.number}))
    assert told.finding.words == f"1 ticket of severity 1 is open ({first.number})."
    ticket(wave.programme)
    assert stands(wave).findings[0].finding.words.startswith("2 tickets of severity 1 are open")


# --- waivers --------------------------------------------------------------------------------


def test_a_red_finding_is_waived_with_a_reason(checked: Wave) -> None:
    with pytest.raises(UnableToSign, match="say why"):
        waives(checked, "readiness:training", reason=" ")
    made = waives(checked, "readiness:training")
    assert (made.given_by, made.facts) == ("pam", ["437 echeckin", "636 echeckin"])
    assert [one.key for one in stands(checked).blocking] == ["readiness:whitelist"]
    assert waives(checked, "readiness:training").pk == made.pk
    change = Change.objects.get(subject="waiver")
    assert (change.verb, change.subject_key) == ("given", "wave 11")


@pytest.mark.parametrize("finding", ["readiness", "severity-1", "nonsense", ""])
def test_only_a_red_finding_is_waived(checked: Wave, finding: str) -> None:
    with pytest.raises(UnableToSign, match="no such red finding"):
        waives(checked, finding)


def test_a_waiver_still_covers_less_and_not_more(checked: Wave) -> None:
    do(checked, "training", number="437")
    first = waives(checked, "readiness:training")
    (reopened,) = ReadinessItem.objects.filter(
        template__key="training", go_live__site__number="437"
    )
    by = build.person("pam")
    tick(programme=checked.programme, wanted={reopened.pk: Tick(Readiness.OPEN)}, by=by,
         origin="page", now=NOW)  # fmt: skip
    told = stands(checked).findings[0]
    assert (told.waiver, told.is_waived) == (first, False)
    second = waives(checked, "readiness:training", who="dee")
    first.refresh_from_db()
    assert (first.withdrawn_by, second.facts) == ("dee", ["437 echeckin", "636 echeckin"])
    do(checked, "training", number="636")
    assert stands(checked).findings[0].is_waived


def test_a_waiver_is_withdrawn(checked: Wave) -> None:
    made = waives(checked, "readiness:training")
    facts: dict[str, Any] = {"by": build.person("dee"), "origin": "page", "now": NOW}
    for _ in range(2):
        assert withdraw_waiver(waiver=made, **facts).withdrawn_by == "dee"
    assert len(stands(checked).blocking) == 2
    assert Change.objects.filter(subject="waiver", verb="withdrawn").count() == 1


def test_only_who_may_sign_waives(checked: Wave) -> None:
    for who in ("ana", "vic", "adi"):
        with pytest.raises(NotEntitled):
            waives(checked, "readiness:training", who=who)
    build.deputy(build.person("ana"), build.person("dee"), "dm", checked.programme)
    assert waives(checked, "readiness:training", who="ana").given_by == "ana"


# --- signatures -----------------------------------------------------------------------------


def test_two_people_make_it_a_go(wave: Wave) -> None:
    signs(wave, "pam", PM, comment="Ready")
    assert stands(wave).verdict.missing == ("dm",)
    signs(wave, "dee", DM)
    assert stands(wave).verdict.word == "go"
    told = Change.objects.filter(subject="sign_off").order_by("id").values_list("actor", flat=True)
    assert list(told) == ["pam", "dee"]


def test_one_objection_makes_it_a_no_go(wave: Wave) -> None:
    with pytest.raises(UnableToSign, match="say why"):
        signs(wave, "dee", DM, NO_GO)
    signs(wave, "dee", DM, NO_GO, comment="Two sites are not trained")
    signs(wave, "pam", PM)
    assert stands(wave).verdict.word == "no-go"


def test_nobody_signs_go_while_a_red_finding_has_no_waiver(checked: Wave) -> None:
    with pytest.raises(UnableToSign, match="a waiver is missing: Training held"):
        signs(checked, "pam", PM)
    signs(checked, "dee", DM, NO_GO, comment="Nothing is done")
    waives(checked, "readiness:training")
    waives(checked, "readiness:whitelist")
    made = signs(checked, "pam", PM)
    assert [(one["key"], one["is_waived"]) for one in made.findings] == [
        ("readiness:training", True), ("readiness:whitelist", True), ("severity-1", False),
    ]  # fmt: skip


def test_a_go_is_none_any_more_when_something_red_comes_up(wave: Wave) -> None:
    signs(wave, "pam", PM)
    signs(wave, "dee", DM)
    made = ticket(wave.programme)
    found = stands(wave)
    assert (found.verdict.word, found.is_stale("pm"), found.is_stale("dm")) == ("open", True, True)
    waives(wave, "severity-1")
    assert (stands(wave).verdict.word, stands(wave).is_stale("pm")) == ("go", True)
    Incident.objects.filter(pk=made.pk).update(severity=2)
    assert not stands(wave).is_stale("pm")
    began = datetime(2022, 7, 11, 12, tzinfo=UTC)
    ticket(wave.programme)
    assert stands(wave, began).verdict.word == "go"
    assert not stands(wave, began).is_stale("pm")


@pytest.mark.parametrize(("who", "part"), [("ana", PM), ("vic", DM), ("adi", PM), ("dee", PM)])
def test_others_do_not_sign(wave: Wave, who: str, part: Part) -> None:
    with pytest.raises(NotEntitled):
        signs(wave, who, part)
    assert not SignOff.objects.exists()


def test_a_deputy_signs_for_who_named_them(wave: Wave) -> None:
    build.deputy(build.person("ben"), build.person("dee"), "dm", wave.programme)
    made = signs(wave, "ben", DM)
    assert made.deputy_of == build.person("dee")
    told = Change.objects.get(subject="sign_off").fields or {}
    assert told["deputy_of"] == "dee"


def test_nobody_signs_both_parts_not_even_through_a_deputy(wave: Wave) -> None:
    programme = wave.programme
    build.deputy(build.person("ben"), build.person("dee"), "dm", programme)
    build.deputy(build.person("ben"), build.person("pam"), "pm", programme)
    build.member(build.person("pam"), programme, "dm")
    signs(wave, "ben", PM)
    with pytest.raises(UnableToSign, match="two people decide"):
        signs(wave, "ben", DM)
    with pytest.raises(UnableToSign, match="somebody who would stand behind this one"):
        signs(wave, "pam", DM)
    assert signs(wave, "dee", DM).deputy_of is None


def test_the_same_signature_twice_is_one(wave: Wave) -> None:
    assert signs(wave, "pam", PM).pk == signs(wave, "pam", PM).pk
    with pytest.raises(UnableToSign, match="Pam Price has signed go: that has to be withdrawn"):
        signs(wave, "pam", PM, NO_GO, comment="I think again")
    build.member(build.person("ana"), wave.programme, "pm")
    with pytest.raises(UnableToSign, match="Pam Price has signed go"):
        signs(wave, "ana", PM)
    assert Change.objects.filter(subject="sign_off").count() == 1


def test_it_is_not_signed_on_findings_somebody_has_not_seen(wave: Wave) -> None:
    seen = stands(wave).digest
    ticket(wave.programme)
    with pytest.raises(UnableToSign, match="has changed meanwhile"):
        signs(wave, "pam", PM, NO_GO, comment="no", seen=seen)
    signs(wave, "pam", PM, NO_GO, comment="no", seen=stands(wave).digest)


def withdraws(row: SignOff, who: str, now: datetime = NOW) -> SignOff:
    return withdraw_sign_off(sign_off=row, by=build.person(who), origin="page", now=now)


def test_a_signature_is_withdrawn_and_given_anew(wave: Wave) -> None:
    build.deputy(build.person("ben"), build.person("dee"), "dm", wave.programme)
    made = signs(wave, "ben", DM)
    for who in ("pam", "ana", "adi"):
        with pytest.raises(NotEntitled):
            withdraws(made, who)
    for _ in range(2):
        assert withdraws(made, "dee").withdrawn_by == "dee"
    assert Change.objects.filter(subject="sign_off", verb="withdrawn").count() == 1
    signs(wave, "dee", DM, NO_GO, comment="Not yet")
    assert SignOff.objects.count() == 2


def test_once_the_first_site_has_begun_all_is_history(checked: Wave) -> None:
    do(checked, "training", "whitelist", number="437")
    do(checked, "training", number="636")
    given = waives(checked, "readiness:whitelist")
    made = signs(checked, "pam", PM)
    began = datetime(2022, 7, 11, 5, tzinfo=UTC)  # midnight in Chicago
    before = began - timedelta(seconds=1)
    assert (stands(checked, before).has_begun, stands(checked, began).has_begun) == (False, True)
    for act in (
        lambda: withdraws(made, "pam", began),
        lambda: signs(checked, "dee", DM, now=began),
        lambda: withdraw_waiver(waiver=given, by=build.person("pam"), origin="page", now=began),
    ):
        with pytest.raises(UnableToSign, match="has begun"):
            act()
    assert withdraws(made, "pam", before).withdrawn_at == before


def test_a_wave_without_go_lives_is_not_signed(wave: Wave) -> None:
    empty = build.wave(wave.programme, 12, MONDAY + timedelta(weeks=1))
    with pytest.raises(UnableToSign, match="nothing goes live"):
        signs(empty, "pam", PM)


@pytest.mark.django_db(transaction=True)
def test_one_row_is_made_when_many_sign_at_once(wave: Wave) -> None:
    build.member(build.person("ana"), wave.programme, "pm")
    acts = [lambda: signs(wave, "pam", PM), lambda: signs(wave, "ana", PM)] * 3
    results = run_at_once(acts)
    assert SignOff.objects.standing().count() == 1
    (row,) = SignOff.objects.all()
    assert sum(isinstance(one, SignOff) for one in results) == 3
    assert {type(one) for one in results} == {SignOff, UnableToSign}
    assert Change.objects.filter(subject="sign_off").count() == 1
    assert row.part == "pm"


@pytest.mark.django_db(transaction=True)
def test_one_part_is_signed_when_somebody_signs_both_at_once(wave: Wave) -> None:
    build.member(build.person("pam"), wave.programme, "dm")
    results = run_at_once([lambda: signs(wave, "pam", PM), lambda: signs(wave, "pam", DM)] * 2)
    assert SignOff.objects.standing().count() == 1
    assert sum(isinstance(one, SignOff) for one in results) == 2


def test_the_database_keeps_people_and_parts_apart(wave: Wave) -> None:
    signs(wave, "pam", PM)
    facts: dict[str, Any] = {"wave": wave, "call": "go", "signed_at": NOW, "digest": "x"}
    for columns in (
        {"part": "pm", "person": build.person("dee")},
        {"part": "dm", "person": build.person("pam")},
        {"part": "xx", "person": build.person("dee")},
        {"part": "dm", "person": build.person("dee"), "call": "no-go"},
        {"part": "dm", "person": build.person("dee"), "call": "maybe"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            SignOff.objects.create(**facts | columns)


# --- lists ----------------------------------------------------------------------------------


def test_lists_say_the_verdict_of_each_wave(wave: Wave) -> None:
    programme, product = wave.programme, wave.programme.products.get()
    others = []
    for number in (12, 13, 14):
        day = MONDAY + timedelta(weeks=number - 11)
        others.append(build.wave(programme, number, day))
        plans = [Plan(site=build.site(f"7{number}"), product=product, wave=others[-1],
                      planned_on=day)]  # fmt: skip
        plan_go_lives(programme=programme, plans=plans, decision=DECISION, now=NOW)
    signs(wave, "pam", PM)
    signs(wave, "dee", DM)
    signs(others[0], "dee", DM, NO_GO, comment="No")
    signs(others[1], "pam", PM)
    waves = list(Wave.objects.select_related("programme").order_by("number"))
    words = [one.word for one in verdicts_of(waves, NOW).values()]
    assert words == ["go", "no-go", "open", "open"]
    ticket(programme)
    assert verdicts_of(waves, NOW)[wave.pk].word == "open"
    began = datetime(2022, 7, 11, 12, tzinfo=UTC)
    assert verdicts_of(waves, began)[wave.pk].word == "go"


def test_it_asks_as_often_for_many_as_for_few(checked: Wave) -> None:
    counts = []
    for size in (0, 30):
        plans = [Plan(site=build.site(f"7{n:02}"), product=checked.programme.products.get(),
                      wave=checked, planned_on=MONDAY) for n in range(size)]  # fmt: skip
        plan_go_lives(programme=checked.programme, plans=plans, decision=DECISION, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            where_it_stands(checked, NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


# --- deputies -------------------------------------------------------------------------------


def names(wave: Wave, person: str = "ben", who: str = "dee", role: Part = DM,
          until: date = MONDAY, by: str = "") -> Deputy:  # fmt: skip
    draft = DeputyDraft(role=role, person=build.person(person), named_by=build.person(who),
                        until=until)  # fmt: skip
    return name_deputy(programme=wave.programme, draft=draft, by=build.person(by or who),
                       origin="page", now=NOW)  # fmt: skip


def test_a_deputy_counts_up_to_and_including_a_day(wave: Wave) -> None:
    made = names(wave, until=date(2022, 7, 8))
    last = datetime(2022, 7, 9, 3, 59, tzinfo=UTC)  # still the 8th in New York
    assert deputies_of(wave.programme, last) == [made]
    assert deputies_of(wave.programme, last + timedelta(minutes=1)) == []


def test_naming_again_sets_the_last_day(wave: Wave) -> None:
    first, again = names(wave), names(wave, until=date(2022, 8, 1))
    names(wave, until=date(2022, 8, 1))
    assert (first.pk, again.until) == (again.pk, date(2022, 8, 1))
    told = Change.objects.filter(subject="deputy").values_list("fields__until", flat=True)
    assert list(told.order_by("id")) == [[None, "2022-07-11"], ["2022-07-11", "2022-08-01"]]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"person": "dee"}, "somebody else"),
        ({"role": PM}, "is not Product Manager"),
        ({"person": "dev"}, "is nobody in this programme"),
        ({"until": date(2022, 7, 6)}, "the last day is over"),
    ],
)
def test_it_says_why_somebody_cannot_be_named(
    wave: Wave, facts: dict[str, Any], words: str
) -> None:
    with pytest.raises(UnableToSign, match=words):
        names(wave, **facts)


def test_an_administrator_may_write_it_down_for_somebody_who_is_ill(wave: Wave) -> None:
    with pytest.raises(NotEntitled):
        names(wave, by="pam")
    assert names(wave, by="adi").named_by == build.person("dee")


def test_a_deputy_ends_with_a_word_or_with_the_role_of_who_named_them(wave: Wave) -> None:
    made = names(wave)
    with pytest.raises(NotEntitled):
        end_deputy(deputy=made, by=build.person("pam"), origin="page", now=NOW)
    for _ in range(2):
        end_deputy(deputy=made, by=build.person("ben"), origin="page", now=NOW)
    assert deputies_of(wave.programme, NOW) == []
    assert Change.objects.filter(subject="deputy", verb="ended").count() == 1
    again = names(wave)
    assert deputies_of(wave.programme, NOW) == [again]
    wave.programme.memberships.filter(person=build.person("dee")).delete()
    assert deputies_of(wave.programme, NOW) == []


def test_rows_name_themselves(checked: Wave) -> None:
    made, given = names(checked), waives(checked, "readiness:training")
    waives(checked, "readiness:whitelist")
    row = signs(checked, "dee", DM)
    assert [str(one) for one in (made, given, row)] == [
        "Ben Boyd for Dee Dunn as dm", "waiver of readiness:training", f"go of {checked.pk} by dm",
    ]  # fmt: skip
