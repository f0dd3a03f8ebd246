"""Which network addresses an outgoing call may reach: decisions over addresses alone."""

import ipaddress
import socket
from enum import StrEnum

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Addresses that hand out machine credentials, in ranges that look ordinary (AWS over IPv6,
# Alibaba, Oracle, Azure). The common 169.254.169.254 is link-local and refused as such.
METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in ("fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16")
)
# Ranges in which an IPv4 address hides inside an IPv6 one; `is_private` does not look inside.
NAT64 = ipaddress.ip_network("64:ff9b::/96")
LOCAL_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")
THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")


class Reach(StrEnum):
    """How far an address is from here."""

    PUBLIC = "public"
    PRIVATE = "private"
    LOOPBACK = "loopback"
    FORBIDDEN = "forbidden"


def reach(address: str) -> Reach:
    """Where `address` (a numeric IPv4 or IPv6 address, a zone after % allowed) leads.

    Shared address space (100.64.0.0/10) counts as private. An IPv6 address that carries an
    IPv4 one (NAT64, 6to4) is public only when the carried one is, otherwise forbidden.
    Raises ValueError when it is no address.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        return _reach6(ip)
    return _plain_reach(ip)


def _reach6(ip: ipaddress.IPv6Address) -> Reach:
    if ip.ipv4_mapped:  # the system really connects over IPv4
        return _plain_reach(ip.ipv4_mapped)
    carried = ip.sixtofour
    if ip in NAT64:
        carried = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if carried:
        return Reach.PUBLIC if _plain_reach(carried) is Reach.PUBLIC else Reach.FORBIDDEN
    if ip.teredo or ip in LOCAL_NAT64:
        return Reach.FORBIDDEN
    return _plain_reach(ip)


def _plain_reach(ip: IPAddress) -> Reach:
    if ip.is_loopback:
        return Reach.LOOPBACK
    if _never(ip):
        return Reach.FORBIDDEN
    return Reach.PUBLIC if ip.is_global else Reach.PRIVATE


def _never(ip: IPAddress) -> bool:
    special = ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip.is_reserved
    return special or ip in METADATA or ip in THIS_NETWORK


def permitted(address: str, *, encrypted: bool, own_host: bool) -> bool:
    """Whether a call may connect to `address`.

    `own_host`: the host is the one an administrator configured (only that one may be private
    or on this machine). `encrypted`: the call uses TLS (without it only loopback is allowed).
    """
    where = reach(address)
    if where is Reach.FORBIDDEN or (where is not Reach.PUBLIC and not own_host):
        return False
    return encrypted or where is Reach.LOOPBACK


def resolve(host: str, port: int) -> list[str]:
    """The numeric addresses of `host`, in the system's order, each once. Raises OSError.

    The system's resolver cannot be interrupted: its own limit (resolv.conf) bounds this step.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # an empty or overlong label
        raise OSError(f"not a host name: {host!r}") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
