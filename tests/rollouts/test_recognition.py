"""Which site and which product a message names."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.rollouts.rules import SiteIndex, SiteName, recognise_product, recognise_site

NAMES = {
    "442": "Cheyenne VA Medical Center",
    "442GC": "Fort Collins VA Clinic",
    "503": "James E. Van Zandt VA Medical Center",
    "519": "George H. O'Brien, Jr. VA Medical Center",
    "564": "Fayetteville VA Medical Center",
    "565": "Fayetteville VA Medical Center",
    "589": "Kansas City VA Medical Center",
    "589A7": "Robert J. Dole Department of Veterans Affairs Medical and Regional Office Center",
    "619": "Central Alabama VA Medical Center-Montgomery",
    "636": "Omaha VA Medical Center",
    "656": "St. Cloud VA Health Care System",
    "672": "San Juan VA Medical Center",
    "672B0": "Añasco VA Clinic",
    "693": "Wilkes-Barre VA Medical Center",
}
SITES = [SiteName(key, number, name) for key, (number, name) in enumerate(NAMES.items())]
INDEX = SiteIndex(SITES)


def named(text: str) -> tuple[str, str] | None:
    """(number, by what) of the site a text names."""
    guess = INDEX.recognise(text)
    return (SITES[guess.key].number, guess.by) if guess else None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("636 Omaha: check-in link gives an error", "636"),
        ("442", "442"),
        ("442GC kiosk is dark", "442GC"),
        ("at 442gc the kiosk is dark", "442GC"),
        ("589a7: nothing loads", "589A7"),
        ("(442) link dead", "442"),
        ("Station 442.", "442"),
        ("442, 442 and again 442!", "442"),
        ("442's kiosk", "442"),
        ("636-Omaha is down", "636"),
        ("636:link is down", "636"),
        ("636/Omaha is down", "636"),
        ("_636_ *down*", None),
        ("error at 442", "442"),
        ("Error: 442 has a dead link", "442"),
        ("503: kiosk dark", "503"),
        ("503 Altoona gets an error", "503"),
        ("2022-06-13 10:30 636 link dead", "636"),
        ("patient phone 402-555-0100, site 636", "636"),
        ("442 staff cannot check anybody in", "442"),
    ],
)
def test_it_finds_a_number_that_stands_alone(text: str, number: str | None) -> None:
    assert named(text) == (number and (number, "number"))


@pytest.mark.parametrize(
    "text",
    [
        "INC0010442 is open",
        "INC-442",
        "#442",
        "4420 people",
        "x442x",
        "442A is no site",
        "442-0100",
        "(442) 555-0100",
        "+1 442 555 0100",
        "1-442-555-0100",
        "$442",
        "442.50",
        "1,442 of them",
        "442,000",
        "442%",
        "442€",
        "442/05/2022",
        "12:442",
        "442:30",
        "/442/",
        "https://example.gov/442",
        "v1.442",
        "442@example.gov",
        "ext. 442",
        "extension 442",
        "room 442",
        "status: 442",
        "error 442",
        "ticket #442",
        "line 442 of the trace",
        "442 ms",
        "442ms",
        "442 minutes",
        "442 Veterans waiting",
        "442 appointments",
        "a 503",
        "gives a 503",
        "HTTP 503",
        "503 Service Unavailable",
        "503 bad gateway",
        "503 errors all morning",
        "VISN 19",
        "٤٤٢",
        "",
        "\x00",
    ],
)
def test_it_takes_no_other_number_for_a_site(text: str) -> None:
    assert named(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Omaha: the link is dead", "636"),
        ("omaha va medical center", "636"),
        ("OMAHA", "636"),
        ("at Wilkes Barre", "693"),
        ("WilkesBarre, PA", "693"),
        ("kansas  city", "589"),
        ("St Cloud has no link", "656"),
        ("Fort Collins", "442GC"),
        ("Anasco", "672B0"),
        ("AÑASCO", "672B0"),
        ("George H OBrien Jr", "519"),
        ("Central Alabama", "619"),
        ("442 patients wait at Omaha", "636"),
    ],
)
def test_it_finds_a_name_whatever_its_spelling(text: str, number: str) -> None:
    assert named(text) == (number, "name")


@pytest.mark.parametrize(
    "text",
    [
        "the cloud is down",
        "Omahans are waiting",
        "VA medical center",
        "Kansas",
        "Fayetteville",
        "Fayetteville VA Medical Center",
        "Omaha and Cheyenne",
        "Omaha, or was it Fayetteville",
        "442 and 636",
        "442 and 442GC",
    ],
)
def test_it_never_guesses(text: str) -> None:
    assert named(text) is None


def test_it_prefers_a_number_to_a_name() -> None:
    assert named("Omaha says that Cheyenne (442) has no link") == ("442", "number")
    assert named("Fayetteville (565)") == ("565", "number")


@pytest.mark.parametrize("number", ["BR-012", "N.Y-7", "0442", "A1"])
def test_it_reads_numbers_of_any_form(number: str) -> None:
    sites = [SiteName(7, number, "Main Street")]
    for text in (f"{number} is dark", f"at {number.lower()}.", f"({number})"):
        guess = recognise_site(text, sites)
        assert guess is not None
        assert guess.key == 7
    assert recognise_site(f"{number}9", sites) is None


def test_it_knows_no_site_when_there_is_none() -> None:
    assert recognise_site("442 Omaha", []) is None


@given(st.text(max_size=60), st.sampled_from(SITES))
def test_a_number_on_its_own_line_is_found_unless_another_is(text: str, site: SiteName) -> None:
    plain = re.sub(r"[\W\d_]+", " ", text)
    guess = INDEX.recognise(f"{plain}\n{site.number}\n")
    spoiled = re.search(r"[a-z]+ *$", plain, re.IGNORECASE)
    assert spoiled or (guess is not None and guess.key == site.key)


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    guess = INDEX.recognise(text)
    assert guess is None or 0 <= guess.key < len(SITES)


@pytest.mark.parametrize("piece", ["442 ", "442 patients ", "Omaha ", "4-", "St. Cloud VA ", "1."])
def test_it_reads_forty_thousand_characters_quickly(piece: str) -> None:
    sites = [
        SiteName(key, f"{key}X", f"Place {key} of the Valley VA Clinic") for key in range(1056)
    ]
    index = SiteIndex([*sites, *(SiteName(2000 + one.key, one.number, one.name) for one in SITES)])
    before = time.process_time()
    index.recognise(piece * (40_000 // len(piece)))
    assert time.process_time() - before < 2


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("check-in link gives an error", 1),
        ("Check In is broken", 1),
        ("echeckin", 1),
        ("the eCheck-in page", 1),
        ("e-check-in", 1),
        ("pre-check-in text", 1),
        ("VSE-CS does not refresh", 2),
        ("vsecs list", 2),
        ("vse cs", 2),
        ("VSE-CS shows no check-in", None),
        ("MSA must check people in", None),
        ("the link is dead", None),
        ("checking", None),
        ("", None),
    ],
)
def test_it_names_one_product(text: str, product: int | None) -> None:
    products = [(1, "echeckin", "eCheck-in"), (2, "vse-cs", "VSE-CS")]
    assert recognise_product(text, products) == product


def test_it_names_no_product_inside_a_word() -> None:
    assert recognise_product("the service is slow", [(1, "ice", "ICE")]) is None
    assert recognise_product("anything", []) is None
