"""A look at what the guard hid is in the ledger; what was seen is not."""

from collections.abc import Callable

import pytest

from apps.intake.models import Message
from apps.intake.services import UnableToReveal, reveal_original
from apps.ledger.models import Change
from tests.intake.conftest import NOW

SECRET = "636: SSN 123-45-6789"


def reveal() -> str:
    pk = Message.objects.get().pk
    return reveal_original(message_id=pk, actor="ana", origin="page", now=NOW)


def test_it_shows_the_original_and_notes_each_look(says: Callable[..., int]) -> None:
    says(SECRET)
    assert [reveal(), reveal()] == [SECRET, SECRET]
    looks = Change.objects.filter(subject="message", verb="revealed")
    assert [(one.actor, one.fields) for one in looks] == [("ana", {"found": ["SSN"]})] * 2
    assert "123-45" not in str(list(Change.objects.values_list("fields", flat=True)))


def test_it_says_so_when_the_original_was_purged(says: Callable[..., int]) -> None:
    says(SECRET)
    Message.objects.update(original="")
    with pytest.raises(UnableToReveal, match="no longer kept"):
        reveal()
    assert not Change.objects.filter(verb="revealed").exists()
