"""A look at what the guard hid: only by those who may, and each look is in the ledger."""

from datetime import datetime

from django.db import transaction

from apps.intake.models import Message
from apps.intake.services.refusals import UnableToReveal
from apps.intake.services.rows import tell


@transaction.atomic
def reveal_original(*, message_id: int, actor: str, origin: str, now: datetime) -> str:
    """The message as it was written; the ledger says who looked and when (product I6), not what.

    The caller has checked that the person handles messages of this programme. Raises
    UnableToReveal, Message.DoesNotExist.
    """
    message = Message.objects.select_related("channel__connection").get(pk=message_id)
    if not message.original:
        raise UnableToReveal("the original is no longer kept")
    tell(message, "revealed", actor=actor, origin=origin, now=now, found=message.found)
    return message.original
