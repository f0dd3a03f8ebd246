"""Signs on messages: on what told somebody of a page they acknowledge it."""

from collections.abc import Sequence
from datetime import datetime

from apps.connectors.base import Reaction
from apps.intake.models import Arrival
from apps.paging.services import acknowledge_by_reaction


def take_reactions(*, arrival: Arrival, signs: Sequence[Reaction], now: datetime) -> str:
    """What one arrival says of signs, in the caller's transaction; returns the outcome in words,
    empty when it says nothing of any. Raises PostUnderWay: ask again in a moment."""
    outcomes = [
        acknowledge_by_reaction(connection=arrival.connection, reaction=one, now=now)
        for one in signs
    ]
    return "; ".join(outcomes)
