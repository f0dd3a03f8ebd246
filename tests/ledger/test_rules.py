"""The hash chain, as arithmetic."""

from hypothesis import given
from hypothesis import strategies as st

from apps.ledger.rules import GENESIS, change_digest, digest_of, next_link

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_it_does_not_depend_on_the_order_of_keys(value: dict[str, object]) -> None:
    backwards = dict(reversed(list(value.items())))
    assert digest_of(value) == digest_of(backwards)


@given(JSON, JSON)
def test_it_differs_for_different_values(one: object, other: object) -> None:
    same = digest_of(one) == digest_of(other)
    assert same == (one == other and repr(one) == repr(other)) or one == other


def test_it_covers_header_and_fields() -> None:
    base = change_digest({"actor": "ana"}, digest_of({}))
    assert base != change_digest({"actor": "ben"}, digest_of({}))
    assert base != change_digest({"actor": "ana"}, digest_of({"a": 1}))


def test_it_chains_number_digest_and_predecessor() -> None:
    first = next_link(GENESIS, 1, "d")
    assert len({first, next_link(GENESIS, 2, "d"), next_link(first, 1, "d"),
                next_link(GENESIS, 1, "e")}) == 4  # fmt: skip
