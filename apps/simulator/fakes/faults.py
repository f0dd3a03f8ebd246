"""The faults every fake knows, each a way to spoil the reply that would have been sent."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from apps.simulator.fakes.exchange import Reply, html_reply
from apps.simulator.fakes.switches import Switch

Spoil = Callable[[Switch, Reply], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`commits`: the request is carried out first, and a reply that refuses it stays as it is.

    `waits`: for `seconds` before anything else happens. That goes on when the client has left,
    so a slow request may take effect after its sender gave up.
    """

    spoil: Spoil
    commits: bool = False
    waits: bool = False


def _nothing(ends: str) -> Spoil:
    if ends == "reset":
        return lambda _, reply: replace(reply, ends="reset")
    return lambda switch, reply: replace(reply, ends="closed", after=switch.seconds)


def _unavailable(_: Switch, __: Reply) -> Reply:
    return html_reply(503, "Down for maintenance")


def _sign_in_page(_: Switch, __: Reply) -> Reply:
    return html_reply(200, "Your instance is hibernating")


def _redirect(_: Switch, __: Reply) -> Reply:
    return html_reply(302, "Moved", ("Location", "https://sso.example.gov/login"))


COMMON = {
    "reset": Fault(spoil=_nothing("reset")),
    "commit_then_reset": Fault(spoil=_nothing("reset"), commits=True),
    "hang": Fault(spoil=_nothing("closed")),
    "commit_then_hang": Fault(spoil=_nothing("closed"), commits=True),
    "slow": Fault(spoil=lambda _, reply: reply, commits=True, waits=True),
    "unavailable": Fault(spoil=_unavailable),
    "html": Fault(spoil=_sign_in_page),
    "redirect": Fault(spoil=_redirect),
}
