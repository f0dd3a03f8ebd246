"""Which tickets are suggested for a message, and in which words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.intake.rules.duplicates import MOST, About, KnownTicket, suggest

TEXT = "636 Omaha: check-in link gives an error since this morning"


def known(key: int, text: str, *, is_open: bool = True, **about: int) -> KnownTicket:
    return KnownTicket(key=key, about=About(text=text, **about), is_open=is_open)


def keys(message: About, *tickets: KnownTicket) -> list[int]:
    return [one.key for one in suggest(message, tickets)]


def test_it_finds_the_same_words_in_another_order() -> None:
    message = About(text=TEXT, site=636)
    found = suggest(message, [known(1, "An error by the check-in link, 636 Omaha", site=636)])
    assert [one.key for one in found] == [1]
    assert found[0].score > 70
    assert found[0].why.startswith("same site, ")
    assert found[0].why.endswith("% of the words alike")


def test_it_puts_the_same_site_before_the_same_words() -> None:
    message = About(text=TEXT, site=636)
    elsewhere = known(1, "check-in link gives an error", site=442)
    here = known(2, "check-in link gives error", site=636)
    assert keys(message, elsewhere, here) == [2, 1]


def test_it_weighs_category_and_product() -> None:
    message = About(text="it shows an error page", site=1, product=2, category=3)
    text = "an error page is shown"
    rows = [known(1, text), known(2, text, product=2), known(3, text, product=2, category=3)]
    assert keys(message, *rows) == [3, 2, 1]
    assert "same category, same product" in suggest(message, rows)[0].why


def test_it_puts_an_open_ticket_before_a_resolved_one() -> None:
    message = About(text=TEXT)
    assert keys(message, known(1, TEXT, is_open=False), known(2, TEXT)) == [2, 1]
    assert suggest(message, [known(1, TEXT, is_open=False)])[0].why.endswith("resolved already")


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (TEXT, "VSE-CS list does not refresh at Cheyenne"),
        ("", TEXT),
        ("[name] [SSN]", "[name] [SSN]"),
        (TEXT, ""),
    ],
)
def test_it_suggests_nothing_without_common_words(text: str, other: str) -> None:
    assert keys(About(text=text, site=1, category=2), known(1, other, site=1, category=2)) == []


def test_it_does_not_take_unknown_for_equal() -> None:
    (found,) = suggest(About(text=TEXT), [known(1, TEXT)])
    assert "same" not in found.why


def test_it_suggests_at_most_five() -> None:
    assert len(keys(About(text=TEXT), *[known(key, TEXT) for key in range(1, 20)])) == MOST


@given(st.lists(st.text(max_size=60), max_size=12), st.text(max_size=60))
def test_it_is_ordered_bounded_and_in_words(texts: list[str], text: str) -> None:
    rows = [known(key, words, site=key % 3) for key, words in enumerate(texts)]
    found = suggest(About(text=text, site=1), rows)
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 100 for score in scores)
    assert all(one.why for one in found)
