"""Hand-overs follow the schedule until they begin; briefs go once to whoever comes; notes."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.ledger.models import Change
from apps.oncall.models import HandOver, Rota, ShiftBrief
from apps.oncall.services import (
    Note,
    Stand,
    UnableToHandOver,
    acknowledge_hand_over,
    hand_over_note,
    put_on_duty,
    withdraw_override,
    write_note,
)
from apps.oncall.work import pass_due
from apps.outbox.models import Delivery
from apps.outbox.work import deliver_due
from apps.rollouts.models import Programme
from tests import build
from tests.oncall.handing import HOUR, MINUTE, PASSES, expected, handed, primary, rota_of

pytestmark = pytest.mark.django_db
BOTH = [("primary", "ben", "ana"), ("backup", "ana", "ben")]
SECOND = timedelta(seconds=1)


@pytest.fixture
def programme() -> Programme:
    return build.programme()


@pytest.fixture
def rota(programme: Programme) -> Rota:
    return rota_of(programme)


def stands_in(rota: Rota, username: str, start: Any, end: Any, now: Any) -> Any:
    stand = Stand(duty="primary", person=build.person(username), start=start, end=end)
    return put_on_duty(rota=rota, stand=stand, actor="dee", origin="page", now=now)


def briefed() -> list[str]:
    """Who got mail, in order."""
    return [one.to[0].partition("@")[0] for one in mail.outbox]


def works(at: Any) -> None:
    pass_due(now=at)
    deliver_due(now=at + SECOND)


def test_a_hand_over_is_there_from_the_day_before(rota: Rota) -> None:
    assert expected(rota, PASSES - 25 * HOUR) == []
    assert expected(rota, PASSES - 23 * HOUR) == BOTH
    row = HandOver.objects.get(duty="primary")
    assert (row.ends_at, row.starts_at) == (PASSES, PASSES)
    assert row.acknowledge_due_at == PASSES + 30 * MINUTE
    assert row.state == "open"


def test_looking_again_changes_nothing(rota: Rota) -> None:
    expected(rota, PASSES - 2 * HOUR)
    before = list(HandOver.objects.order_by("pk").values())
    told = Change.objects.count()
    assert expected(rota, PASSES - HOUR) == BOTH
    assert list(HandOver.objects.order_by("pk").values()) == before
    assert Change.objects.count() == told


def test_a_row_is_there_before_a_weekend(programme: Programme) -> None:
    rota = rota_of(programme, windows={"mon-fri": "08:00-20:00"})
    friday = PASSES - timedelta(days=3)
    assert expected(rota, friday) == BOTH
    row = HandOver.objects.get(duty="primary")
    assert (row.ends_at, row.starts_at) == (friday + 12 * HOUR, PASSES)


def test_who_comes_follows_an_override(rota: Rota) -> None:
    row = handed(primary(rota))
    acknowledge_hand_over(hand_over=row, person=build.person("ana"), origin="page", now=PASSES)
    before = PASSES - HOUR
    stands_in(rota, "dee", PASSES, PASSES + 8 * HOUR, before)
    assert ("primary", "ben", "dee") in expected(rota, before)
    row.refresh_from_db()
    assert (row.state, row.open_items) == ("handed", "- The kiosk in Omaha")  # Dee has not read it


def test_an_override_in_the_middle_makes_two_hand_overs(rota: Rota) -> None:
    now = PASSES + 3 * HOUR
    stands_in(rota, "dee", now, now + 2 * HOUR, now)
    assert expected(rota, now + MINUTE) == [("primary", "ana", "dee"), ("primary", "dee", "ana")]


def test_a_hand_over_that_is_none_any_more_goes(rota: Rota) -> None:
    before = PASSES - HOUR
    made = stands_in(rota, "dee", PASSES + HOUR, PASSES + 2 * HOUR, before)
    assert len(expected(rota, before)) == 4
    withdraw_override(override=made, actor="dee", origin="page", now=before)
    assert expected(rota, before) == BOTH
    assert Change.objects.filter(subject="hand_over", verb="withdrawn").count() == 2


def test_what_was_written_is_kept_when_there_is_no_hand_over_any_more(rota: Rota) -> None:
    row = handed(primary(rota))
    stands_in(rota, "ben", PASSES, PASSES + 8 * 24 * HOUR, PASSES - HOUR)  # Ben stays
    assert ("primary", "ben", "ana") not in expected(rota, PASSES - HOUR)
    row.refresh_from_db()
    assert (row.state, row.watch) == ("withdrawn", "- Texts")


def test_a_note_goes_along_when_the_shift_ends_at_another_time(rota: Rota) -> None:
    row = handed(primary(rota))
    stands_in(rota, "ben", PASSES, PASSES + 2 * HOUR, PASSES - HOUR)  # Ben stays two hours more
    expected(rota, PASSES - HOUR)
    row.refresh_from_db()
    assert (row.starts_at, row.state) == (PASSES + 2 * HOUR, "handed")


def test_what_has_begun_stays(rota: Rota) -> None:
    primary(rota)
    stands_in(rota, "dee", PASSES + 5 * MINUTE, PASSES + HOUR, PASSES + 5 * MINUTE)
    assert expected(rota, PASSES + 6 * MINUTE) == [
        *BOTH, ("primary", "ana", "dee"), ("primary", "dee", "ana")
    ]  # fmt: skip


def test_a_brief_goes_once_a_quarter_of_an_hour_before(rota: Rota) -> None:
    works(PASSES - HOUR)
    works(PASSES - 16 * MINUTE)
    assert briefed() == []
    for minutes in (15, 14, 5, 0, -5):
        works(PASSES - minutes * MINUTE)
    assert sorted(briefed()) == ["ana", "ben"]
    message = next(one for one in mail.outbox if one.to == ["ana@example.gov"])
    assert message.subject == "Your shift: primary, from 08:00"
    assert "Ben Boyd has not handed over yet" in message.body
    row = ShiftBrief.objects.get(person__username="ana")
    assert f"/oncall/briefs/{row.pk}/" in message.body


def test_a_brief_goes_to_whoever_really_comes(rota: Rota) -> None:
    works(PASSES - 15 * MINUTE - 10 * SECOND)  # the last look at the schedule
    stands_in(rota, "dee", PASSES, PASSES + 8 * HOUR, PASSES - 15 * MINUTE - SECOND)
    works(PASSES - 15 * MINUTE)
    assert sorted(briefed()) == ["ben", "dee"]


def test_a_swap_between_the_promise_and_the_mail_keeps_it_back(rota: Rota) -> None:
    pass_due(now=PASSES - 15 * MINUTE)
    stands_in(rota, "dee", PASSES, PASSES + 8 * HOUR, PASSES - 14 * MINUTE)
    deliver_due(now=PASSES - 14 * MINUTE)
    assert briefed() == ["ben"]
    works(PASSES - 13 * MINUTE)
    assert sorted(briefed()) == ["ben", "dee"]


def test_somebody_without_an_address_is_left_out(rota: Rota) -> None:
    person = build.person("ana")
    person.email = ""
    person.save()
    works(PASSES - 15 * MINUTE)
    assert briefed() == ["ben"]
    assert ShiftBrief.objects.get(person=person).left_out == "no address"


def test_a_brief_that_is_hours_late_is_not_sent(rota: Rota) -> None:
    works(PASSES - HOUR)
    works(PASSES + 2 * HOUR)
    assert briefed() == []
    assert set(ShiftBrief.objects.values_list("left_out", flat=True)) == {"too late"}


def test_a_pass_with_nothing_due_asks_two_questions(rota: Rota) -> None:
    pass_due(now=PASSES - HOUR)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        pass_due(now=PASSES - HOUR + 2 * SECOND)
    assert len(asked) == 2


def test_the_same_schedule_is_looked_at_once_a_minute(rota: Rota) -> None:
    pass_due(now=PASSES - HOUR)
    HandOver.objects.all().delete()
    pass_due(now=PASSES - HOUR + 59 * SECOND)
    assert not HandOver.objects.exists()
    pass_due(now=PASSES - HOUR + 60 * SECOND)
    assert HandOver.objects.count() == 2


def test_a_draft_is_kept_and_handed_over(rota: Rota) -> None:
    row = primary(rota)
    note = Note(open_items=" Kiosk ", watch="SSN 123-45-6789")
    asked: dict[str, Any] = {"actor": "ben", "origin": "page", "now": PASSES - MINUTE}
    draft = write_note(hand_over=row, note=note, version=row.version, **asked)
    assert (draft.state, draft.open_items) == ("open", "Kiosk")
    assert "123-45-6789" not in draft.watch
    made = hand_over_note(hand_over=row, note=note, version=draft.version, **asked)
    assert made.state == "handed"
    verbs = list(Change.objects.filter(subject="hand_over", subject_key=str(row.pk))
                 .order_by("id").values_list("verb", flat=True))  # fmt: skip
    assert verbs == ["expected", "written", "handed_over"]


def test_a_note_over_somebody_elses_is_refused(rota: Rota) -> None:
    row = primary(rota)
    handed(row)
    with pytest.raises(UnableToHandOver, match="since you read it"):
        handed(row)


def test_it_cannot_be_acknowledged_before_there_is_anything(rota: Rota) -> None:
    row, ana = primary(rota), build.person("ana")
    with pytest.raises(UnableToHandOver, match="has not handed over yet"):
        acknowledge_hand_over(hand_over=row, person=ana, origin="page", now=PASSES - MINUTE)
    assert acknowledge_hand_over(hand_over=row, person=ana, origin="page", now=PASSES)


def test_one_acknowledges_and_nobody_writes_after_that(rota: Rota) -> None:
    row = handed(primary(rota))
    ana, dee = build.person("ana"), build.person("dee")
    assert acknowledge_hand_over(hand_over=row, person=ana, origin="page", now=PASSES)
    assert not acknowledge_hand_over(hand_over=row, person=dee, origin="page", now=PASSES)
    row.refresh_from_db()
    assert row.acknowledged_by == "ana"
    told = Change.objects.filter(subject="hand_over", verb="acknowledged")
    assert [one.actor for one in told] == ["ana"]
    with pytest.raises(UnableToHandOver, match="ana has acknowledged it"):
        handed(row)


def test_a_delivery_is_promised_once(rota: Rota) -> None:
    for _ in range(3):
        pass_due(now=PASSES - 15 * MINUTE)
    assert Delivery.objects.filter(action="brief.email").count() == 2
