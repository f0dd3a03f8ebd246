"""Signs on messages: on what told somebody of a page they acknowledge it."""

from collections.abc import Sequence
from datetime import datetime

from apps.connectors.base import Reaction
from apps.intake.models import Arrival
from apps.paging.services import PostUnderWay, acknowledge_by_reaction


def take_reactions(
    *, arrival: Arrival, signs: Sequence[Reaction], may_wait: bool, now: datetime
) -> str:
    """What one arrival says of signs, in the caller's transaction; returns the outcome in words,
    empty when it says nothing of any. Raises PostUnderWay, unless it waited long enough: ask again
    in a moment."""
    return "; ".join(_take(arrival, one, may_wait, now) for one in signs)


def _take(arrival: Arrival, sign: Reaction, may_wait: bool, now: datetime) -> str:
    try:
        return acknowledge_by_reaction(connection=arrival.connection, reaction=sign, now=now)
    except PostUnderWay:
        if may_wait:
            raise
        return "a reaction to a message no page is known of"
