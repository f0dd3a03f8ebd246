"""A hand-over that nobody acknowledges is told to the Delivery Manager, once, and ends with its
acknowledgement."""

from datetime import datetime, timedelta

import pytest
from django.core import mail

from apps.oncall.models import HandOver, Rota
from apps.oncall.services import acknowledge_hand_over
from apps.oncall.work import pass_due
from apps.outbox.work import deliver_due
from apps.paging import work
from apps.paging.choices import Through
from apps.paging.config import export_escalations
from apps.paging.models import EscalationPolicy, Page
from apps.paging.rules import DEFAULT_POLICY
from apps.paging.services import PolicyDraft, save_policy
from apps.paging.work import take_due
from tests import build
from tests.oncall.handing import HOUR, MINUTE, PASSES, handed, primary, rota_of
from tests.pages import at_work, text_of
from tests.paging.rows import told

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
LATE = PASSES + 30 * MINUTE


@pytest.fixture
def rota() -> Rota:
    """Primary passes to Ana, backup to Ben; policies have counted for an hour."""
    made = rota_of(build.programme())
    take_due(now=PASSES - HOUR)
    return made


def only_primary(rota: Rota) -> HandOver:
    row = primary(rota)
    HandOver.objects.exclude(pk=row.pk).delete()
    return row


def test_nobody_is_told_before_half_an_hour_of_the_shift(rota: Rota) -> None:
    only_primary(rota)
    take_due(now=LATE - SECOND)
    assert not Page.objects.exists()


@pytest.mark.parametrize("has_note", [True, False])
def test_the_delivery_manager_is_told_once(rota: Rota, has_note: bool) -> None:
    row = only_primary(rota)
    if has_note:
        handed(row)
    for minutes in (0, 1, 2):
        take_due(now=LATE + minutes * MINUTE)
    page = Page.objects.get()
    assert (page.cause, page.is_urgent, page.state) == ("hand_over", False, "open")
    assert told() == ["dee"]
    deliver_due(now=LATE + 3 * MINUTE)
    [message] = mail.outbox
    assert message.subject == (
        "[Hand-over not acknowledged] Ana Ortiz has not acknowledged the hand-over of primary "
        "from Ben Boyd"
    )
    assert f"/oncall/hand-overs/{row.pk}/" in message.body


def test_what_cannot_be_started_holds_up_no_page(
    rota: Rota, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    only_primary(rota)
    take_due(now=LATE)

    def broken(*, now: datetime) -> int:
        raise ValueError(f"no policy at {now}")

    monkeypatch.setattr(work, "start_unacknowledged", broken)
    Page.objects.update(due_at=LATE + HOUR)
    assert take_due(now=LATE + HOUR) == 1
    assert "could not be started" in caplog.text


def test_the_acknowledgement_ends_it(rota: Rota) -> None:
    row = only_primary(rota)
    take_due(now=LATE)
    acknowledge_hand_over(hand_over=row, person=build.person("ana"), origin="page",
                          now=LATE + MINUTE)  # fmt: skip
    page = Page.objects.get()
    assert (page.acknowledged_by, page.acknowledged_through) == ("ana", Through.SHIFT)
    take_due(now=LATE + 2 * HOUR)
    assert told() == ["dee"]


def test_one_that_was_acknowledged_tells_nobody(rota: Rota) -> None:
    row = handed(only_primary(rota))
    acknowledge_hand_over(hand_over=row, person=build.person("ana"), origin="page", now=PASSES)
    take_due(now=LATE)
    assert not Page.objects.exists()


def test_shifts_from_before_the_policy_tell_nobody() -> None:
    made = rota_of(build.programme())
    pass_due(now=PASSES - HOUR)
    assert HandOver.objects.count() == 2
    take_due(now=PASSES + MINUTE)  # the first pass of this portal
    take_due(now=LATE + HOUR)
    assert not Page.objects.exists()
    assert made.programme.escalations.get(on_hand_over=True).counts_from == PASSES + MINUTE


def test_a_programme_with_policies_of_its_own_gets_one_for_hand_overs() -> None:
    programme = build.programme()
    draft = PolicyDraft(name="Own", causes=["severity_one"], facts=DEFAULT_POLICY)
    save_policy(programme=programme, key="own", draft=draft, actor="adi", origin="command",
                now=PASSES)  # fmt: skip
    take_due(now=PASSES)
    take_due(now=PASSES + MINUTE)
    [first, _] = export_escalations(programme)
    assert first["key"] == "hand-overs"
    assert first["causes"] == ["hand_over"]
    assert first["steps"] == [{"wait": 0, "tell": ["role dm"]}]


def test_who_wants_none_keeps_the_policy_without_its_cause(rota: Rota) -> None:
    only_primary(rota)
    row = EscalationPolicy.objects.get(key="hand-overs")
    draft = PolicyDraft(name=row.name, causes=[], facts=row.facts())
    save_policy(programme=rota.programme, key=row.key, draft=draft, actor="adi", origin="command",
                now=PASSES)  # fmt: skip
    take_due(now=LATE)
    assert not Page.objects.exists()
    assert not EscalationPolicy.objects.filter(on_hand_over=True).exists()


def test_the_page_leads_to_the_hand_over(rota: Rota) -> None:
    row = only_primary(rota)
    take_due(now=LATE)
    page = text_of(at_work(build.person("dee")).get("/paging/"))
    assert f'href="/oncall/hand-overs/{row.pk}/"' in page
