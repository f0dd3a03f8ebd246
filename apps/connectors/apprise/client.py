"""Telling one address of another service, through the library apprise.

An address is apprise's own, such as `twilio://SID:TOKEN@FROM/TO`. Only services at addresses of
their own makers are taken, so that nobody can point Rollcall at hosts of our network. Plain JSON is
taken for the loopback alone, and only where an administrator entered it.
"""

from urllib.parse import urlsplit

from apprise import Apprise, NotifyBase, NotifyFormat

from apps.connectors.base import ConnectorError

SCHEMES = frozenset({
    "clicksend", "d7sms", "msg91", "msgbird", "nexmo", "pagertree", "plivo", "pover", "prowl",
    "pushed", "pushy", "signl4", "sinch", "spush", "tgram", "twilio", "vonage", "webex", "wxteams",
})  # fmt: skip
JSON = "json"
LOOPBACK = frozenset({"127.0.0.1", "localhost"})


def scheme_of(address: str) -> str:
    """The scheme of an address that is taken; empty for any other."""
    try:
        scheme = urlsplit(address.strip()).scheme
    except ValueError:
        return ""
    return scheme if scheme in SCHEMES or scheme == JSON else ""


def is_address(address: str) -> bool:
    """Whether apprise can read it and we take it, from an administrator."""
    return _service(address) is not None


def is_public_address(address: str) -> bool:
    """Whether we take it from anybody: a service at its maker's own address."""
    return scheme_of(address) != JSON and is_address(address)


def tell(address: str, *, title: str, text: str) -> None:
    """Tell it; the answer is yes or no, so a failure is worth another try.

    Raises ConnectorError, whose words hold nothing of the address.
    """
    scheme, service = scheme_of(address), _service(address)
    if service is None:
        raise ConnectorError("this address is none that can be told", permanent=True)
    try:
        is_told = service.notify(body=text, title=title, body_format=NotifyFormat.TEXT)
    except TypeError as problem:  # what apprise says of a message it cannot send
        raise ConnectorError(f"{scheme} does not take this message", permanent=True) from problem
    if not is_told:
        raise ConnectorError(f"{scheme} did not take it", ambiguous=True)


def _service(address: str) -> NotifyBase | None:
    scheme = scheme_of(address)
    service = Apprise.instantiate(address, suppress_exceptions=True) if scheme else None
    if scheme == JSON and service is not None and service.host not in LOOPBACK:
        return None  # as apprise reads the host, for that is where it sends
    return service
