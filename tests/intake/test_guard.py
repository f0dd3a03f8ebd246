"""What the guard hides, and what it must leave readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.guard import mask

HIDDEN = [
    ("SSN 123-45-6789 please", "SSN [SSN] please"),
    ("his ssn is 123456789", "his ssn is [SSN]"),
    ("123 45 6789 at desk 2", "[SSN] at desk 2"),
    ("last 4 of SSN: 6789", "last 4 of SSN: [SSN]"),
    ("last four 1234", "last four [SSN]"),
    ("ICN 1008596379V859838 fails", "ICN [ICN] fails"),
    ("EDIPI: 1234567890", "EDIPI: [EDIPI]"),
    ("DOB 03/04/1950", "DOB [date of birth]"),
    ("d.o.b. 1950-03-04.", "d.o.b. [date of birth]."),
    ("born on March 4, 1950 in Ohio", "born on [date of birth] in Ohio"),
    ("date of birth: 4 Mar 1950", "date of birth: [date of birth]"),
    ("call me at 402-555-0136", "call me at [phone]"),
    ("call (402) 555-0136 x12", "call [phone]"),
    ("call +1 402.555.0136", "call [phone]"),
    ("cell 4025550136", "cell [phone]"),
    ("write jane.doe+x@va.example.gov today", "write [e-mail] today"),
    ("Veteran John Smith cannot check in", "Veteran [name] cannot check in"),
    ("pt. Smith, John waits", "pt. [name] waits"),
    ("Mr. O'Brien was told to see staff", "Mr. [name] was told to see staff"),
    ("patient name: Maria Lopez", "patient name: [name]"),
]

READABLE = [
    "636 Omaha: check-in link gives an error, MSA has to check people in by hand",
    "442GC and 589A7 since 08:30, INC0010001, RC-12",
    "1503435956.000247 is the message",
    "Veterans are told to see staff; patient facing page is blank",
    "pre-check-in 41.6% of 6251 on 2022-06-13",
    "VSE-CS lists do not refresh, version 10.2.33.4",
    "Veteran Affairs portal, Veteran Facing Apps queue",
    "ticket INC1234567 with error 500, 10 of 12 clinics",
    "https://example.gov/a/123456789.html",
]


@pytest.mark.parametrize(("text", "shown"), HIDDEN)
def test_it_hides_identifiers(text: str, shown: str) -> None:
    assert mask(text).text == shown


@pytest.mark.parametrize("text", READABLE)
def test_it_leaves_what_an_engineer_needs(text: str) -> None:
    assert mask(text).text == text
    assert mask(text).found == ()


def test_it_says_which_kinds_it_found_once_each() -> None:
    found = mask("402-555-0136 or 402-555-0137, SSN 123-45-6789").found
    assert sorted(found) == ["SSN", "phone"]


@given(st.text(max_size=300))
def test_it_never_fails_and_masking_twice_changes_nothing(text: str) -> None:
    once = mask(text).text
    assert mask(once).text == once


@given(st.integers(1, 899), st.integers(1, 99), st.integers(1, 9999), st.text(max_size=20))
def test_it_lets_no_dashed_ssn_through(area: int, group: int, serial: int, noise: str) -> None:
    ssn = f"{area:03}-{group:02}-{serial:04}"
    if area == 666:
        return
    assert ssn not in mask(f"{noise} {ssn} {noise}").text
