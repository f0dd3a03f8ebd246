"""Layouts of the map and the bars of its tiles, as arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.rollouts.rules import Layout, Place, bar, fitting, grid_of, natural
from apps.rollouts.rules.tiles import BAR_INSET
from apps.rollouts.tilemap import layouts

SMALL = Layout((Place("A", "Alpha", 0, 0), Place("B", "Beta", 1, 0), Place("C", "Gamma", 0, 1)))
PHASES = ("planned", "go_live_week", "servicenow", "paused", "rolled_back", "closed")


@pytest.mark.parametrize("codes", [{"A"}, {"A", "B", "C"}, {"A", "X"}])
def test_a_layout_fits_that_knows_half_of_the_codes(codes: set[str]) -> None:
    found = fitting(codes, [SMALL])
    assert found is not None
    assert codes <= {place.code for place in found.places}


@pytest.mark.parametrize("codes", [set(), {"X"}, {"A", "X", "Y"}])
def test_no_layout_fits_what_it_hardly_knows(codes: set[str]) -> None:
    assert fitting(codes, [SMALL]) is None
    assert fitting(codes, []) is None


def test_codes_a_layout_does_not_know_stand_in_rows_below() -> None:
    found = fitting({"A", "B", "C", "Z10", "Z2", "Z3"}, [SMALL])
    assert found is not None
    below = [(place.code, place.column, place.row) for place in found.places[3:]]
    assert below == [("Z2", 0, 2), ("Z3", 1, 2), ("Z10", 0, 3)]


def test_the_better_of_two_layouts_is_taken() -> None:
    other = Layout((Place("A", "A", 0, 0), Place("Q", "Q", 1, 0)))
    found = fitting({"A", "Q"}, [SMALL, other])
    assert found is not None
    assert found.places == other.places


def test_regions_stand_in_the_order_people_expect() -> None:
    found = grid_of(["Area 10", "Area 2", "Area 1", "Area 2"])
    assert [(place.name, place.column, place.row) for place in found.places] == [
        ("Area 1", 0, 0), ("Area 2", 1, 0), ("Area 10", 0, 1),
    ]  # fmt: skip
    assert grid_of([]).size == (found.width, found.height)


@given(st.lists(st.text(max_size=12), max_size=30))
def test_any_names_have_an_order_and_a_place_each(names: list[str]) -> None:
    assert len(sorted(names, key=natural)) == len(names)
    places = grid_of(names).places
    assert len({(place.column, place.row) for place in places}) == len(set(names)) == len(places)


@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: str(len(layout.places)))
def test_the_shipped_layouts_have_one_tile_for_each_code(layout: Layout) -> None:
    assert len({place.code for place in layout.places}) == len(layout.places)
    assert len({(place.column, place.row) for place in layout.places}) == len(layout.places)
    assert all(place.name and place.name != place.code for place in layout.places)


def test_the_states_of_the_us_are_there_with_their_territories() -> None:
    codes = {place.code for layout in layouts() for place in layout.places}
    assert {"AK", "HI", "ME", "FL", "DC", "PR", "GU", "VI", "AS", "MP", "PI"} <= codes
    assert len(codes) == 50 + 1 + 6


@given(st.dictionaries(st.sampled_from(PHASES), st.integers(0, 2000)))
def test_a_bar_fills_its_tile_and_hides_no_phase(counts: dict[str, int]) -> None:
    segments = bar(counts, PHASES, 60)
    assert [one.key for one in segments] == [key for key in PHASES if counts.get(key)]
    assert all(one.width > 2 for one in segments)
    if segments:
        assert segments[0].x == BAR_INSET
        assert abs(segments[-1].x + segments[-1].width - (60 - BAR_INSET)) < 0.1
