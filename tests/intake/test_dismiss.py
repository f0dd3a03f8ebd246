"""No action: a reason, and the way back."""

from collections.abc import Callable

import pytest

from apps.intake.choices import Exit
from apps.intake.models import Message
from apps.intake.services import Stale, UnableToDismiss
from apps.ledger.models import Change
from apps.outbox.models import Delivery
from tests.intake.handling import LATER, TEXT, TS, dismiss, log, message, restore

Says = Callable[..., int]


def test_it_leaves_the_inbox_with_a_reason(says: Says) -> None:
    says(TEXT)
    done = dismiss("  Announcement or thanks ")
    assert (done.exit, done.exit_reason) == (Exit.DISMISSED, "Announcement or thanks")
    assert (done.exit_by, done.incident) == ("ana", None)
    assert not Message.objects.inbox().exists()
    assert not Delivery.objects.exists()


def test_it_tells_the_ledger_once(says: Says) -> None:
    says(TEXT)
    dismiss("thanks")
    dismiss("other")
    change = Change.objects.get(subject="message", verb="dismissed")
    assert change.fields == {"reason": "thanks"}


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_it_wants_a_reason(says: Says, reason: str) -> None:
    says(TEXT)
    with pytest.raises(UnableToDismiss, match="say why") as refused:
        dismiss(reason)
    assert refused.value.field == "reason"
    assert message().exit == Exit.NONE


def test_it_masks_the_reason(says: Says) -> None:
    says(TEXT)
    assert dismiss("called 402-555-0136").exit_reason == "called [phone]"


def test_it_refuses_what_has_a_ticket(says: Says) -> None:
    says(TEXT)
    incident = log()
    with pytest.raises(UnableToDismiss, match=incident.number):
        dismiss()


def test_it_refuses_an_old_version(says: Says) -> None:
    says(TEXT)
    with pytest.raises(Stale):
        dismiss(version=9)
    assert message().exit == Exit.NONE


def test_it_takes_the_replies_along_and_lists_a_later_one(says: Says) -> None:
    says(TEXT)
    says("clinic 3D", ts=LATER, thread_ts=TS)
    dismiss()
    assert not Message.objects.inbox().exists()
    says("it happens again", ts="1656340999.000100", thread_ts=TS)
    assert [one.text for one in Message.objects.inbox()] == ["it happens again"]


def test_it_is_restored_with_its_replies(says: Says) -> None:
    says(TEXT)
    says("clinic 3D", ts=LATER, thread_ts=TS)
    dismiss()
    back = restore(minutes=300)
    assert (back.exit, back.exit_at, back.exit_reason) == (Exit.NONE, None, "")
    assert message(LATER).exit == Exit.NONE
    assert [one.source_ref for one in Message.objects.inbox()] == [TS]
    assert Change.objects.filter(verb="restored").count() == 1


def test_it_does_not_restore_what_another_person_dismissed_by_itself(says: Says) -> None:
    says(TEXT)
    dismiss()
    says("again", ts=LATER, thread_ts=TS)
    dismiss(ts=LATER)
    restore()
    assert message(LATER).exit == Exit.DISMISSED


def test_restoring_what_waits_changes_nothing(says: Says) -> None:
    says(TEXT)
    version = message().version
    assert restore().version == version
    assert not Change.objects.filter(verb="restored").exists()


def test_restoring_refuses_an_old_version(says: Says) -> None:
    says(TEXT)
    dismiss()
    with pytest.raises(Stale):
        restore(version=1)


def test_it_can_be_logged_after_all(says: Says) -> None:
    says(TEXT)
    dismiss("thanks")
    incident = log()
    found = message()
    assert (found.exit, found.incident, found.exit_reason) == (Exit.LOGGED, incident, "")
