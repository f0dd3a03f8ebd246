"""Which addresses an outgoing call may reach."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.addresses import Reach, permitted, reach, resolve

TABLE = [
    ("8.8.8.8", Reach.PUBLIC),
    ("2606:4700::1111", Reach.PUBLIC),
    ("127.0.0.1", Reach.LOOPBACK),
    ("127.255.0.9", Reach.LOOPBACK),
    ("::1", Reach.LOOPBACK),
    ("::ffff:127.0.0.1", Reach.LOOPBACK),
    ("10.1.2.3", Reach.PRIVATE),
    ("172.16.0.1", Reach.PRIVATE),
    ("192.168.1.1", Reach.PRIVATE),
    ("100.64.0.1", Reach.PRIVATE),
    ("100.127.255.254", Reach.PRIVATE),
    ("::ffff:10.0.0.1", Reach.PRIVATE),
    ("fd12:3456::1", Reach.PRIVATE),
    ("169.254.169.254", Reach.FORBIDDEN),
    ("169.254.170.2", Reach.FORBIDDEN),
    ("::ffff:169.254.169.254", Reach.FORBIDDEN),
    ("fe80::1", Reach.FORBIDDEN),
    ("fe80::1%eth0", Reach.FORBIDDEN),
    ("fd00:ec2::254", Reach.FORBIDDEN),
    ("100.100.100.200", Reach.FORBIDDEN),
    ("168.63.129.16", Reach.FORBIDDEN),
    ("192.0.0.192", Reach.FORBIDDEN),
    ("0.0.0.0", Reach.FORBIDDEN),  # noqa: S104 (an address to refuse, not to bind)
    ("0.1.2.3", Reach.FORBIDDEN),
    ("::", Reach.FORBIDDEN),
    ("224.0.0.1", Reach.FORBIDDEN),
    ("255.255.255.255", Reach.FORBIDDEN),
    ("240.0.0.1", Reach.FORBIDDEN),
    ("ff02::1", Reach.FORBIDDEN),
    ("64:ff9b::8.8.8.8", Reach.PUBLIC),
    ("64:ff9b::10.0.0.1", Reach.FORBIDDEN),
    ("64:ff9b::169.254.169.254", Reach.FORBIDDEN),
    ("64:ff9b::127.0.0.1", Reach.FORBIDDEN),
    ("64:ff9b:1::10.0.0.1", Reach.FORBIDDEN),
    ("2002:808:808::1", Reach.PUBLIC),
    ("2002:7f00:1::1", Reach.FORBIDDEN),
    ("2002:a00:1::", Reach.FORBIDDEN),
    ("2002:a9fe:a9fe::", Reach.FORBIDDEN),
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", Reach.FORBIDDEN),
]


@pytest.mark.parametrize(("address", "expected"), TABLE)
def test_it_says_how_far_an_address_is(address: str, expected: Reach) -> None:
    assert reach(address) is expected


@pytest.mark.parametrize(
    ("address", "encrypted", "own_host", "expected"),
    [
        ("8.8.8.8", True, True, True),
        ("8.8.8.8", True, False, True),
        ("8.8.8.8", False, True, False),
        ("10.0.0.1", True, True, True),
        ("10.0.0.1", True, False, False),
        ("10.0.0.1", False, True, False),
        ("127.0.0.1", False, True, True),
        ("127.0.0.1", True, True, True),
        ("127.0.0.1", True, False, False),
        ("127.0.0.1", False, False, False),
        ("169.254.169.254", True, True, False),
        ("169.254.169.254", False, True, False),
        ("::ffff:169.254.169.254", True, True, False),
    ],
)
def test_it_permits_by_reach_encryption_and_whose_host_it_is(
    address: str, encrypted: bool, own_host: bool, expected: bool
) -> None:
    assert permitted(address, encrypted=encrypted, own_host=own_host) is expected


@given(st.ip_addresses(v=4))
def test_it_judges_a_mapped_address_as_the_one_inside(address: object) -> None:
    assert reach(f"::ffff:{address}") is reach(str(address))


@given(st.ip_addresses())
def test_it_never_lets_a_foreign_host_lead_here(address: object) -> None:
    allowed = permitted(str(address), encrypted=True, own_host=False)

    assert allowed is (reach(str(address)) is Reach.PUBLIC)


@given(st.ip_addresses())
def test_it_never_sends_anything_unencrypted_off_this_machine(address: object) -> None:
    allowed = permitted(str(address), encrypted=False, own_host=True)

    assert allowed is (reach(str(address)) is Reach.LOOPBACK)


def test_it_refuses_what_is_no_address() -> None:
    with pytest.raises(ValueError, match="does not appear"):
        reach("example.gov")


def test_it_resolves_each_address_once() -> None:
    assert resolve("127.0.0.1", 80) == ["127.0.0.1"]


def test_it_calls_an_impossible_name_unknown() -> None:
    with pytest.raises(OSError, match="not a host name"):
        resolve("a" * 70 + ".gov", 443)
