"""Who asks for a change on a page of tickets, and who may."""

from apps.accounts.pages import SignedIn
from apps.core import clock
from apps.core.numbers import whole_number
from apps.core.pages import sent
from apps.incidents.services import Asked

WRITES = frozenset({"engineer", "pm", "dm", "administrator"})


def asked_by(request: SignedIn) -> Asked:
    """What a service is told of a form's sender, with the version they saw."""
    return Asked(
        actor=request.user.username, origin="page", now=clock.now(),
        version=whole_number(sent(request).get("version", "")),
    )  # fmt: skip
