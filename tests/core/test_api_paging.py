"""Lists: pages by keyset, ordering, sparse fields, what a person may see."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from apps.core.api.paging import Cursor, KeysetPagination, chosen_ordering
from apps.core.api.problems import Problem
from apps.incidents.models import Incident
from apps.rollouts.models import Wave
from tests import build
from tests.core import api_setup

DAY = date(2022, 5, 2)


@pytest.fixture(autouse=True)
def _routes(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    api_setup.install(settings, monkeypatch)


@pytest.fixture
def client(db: None) -> Client:
    programme = build.programme(key="x")
    for number in range(1, 8):  # three share a day
        build.wave(programme, number, DAY + timedelta(days=max(0, number - 3)))
    return api_setup.signed_in()


def numbers(answer: dict[str, Any]) -> list[int]:
    return [row["number"] for row in answer["results"]]


def follow(client: Client, url: str, way: str = "next") -> list[list[int]]:
    """The numbers of each page, from `url` on until there is no other."""
    pages = []
    while url:
        answer = client.get(url).json()
        pages.append(numbers(answer))
        url = answer[way]
    return pages


def test_it_walks_forward_through_all_pages(client: Client) -> None:
    assert follow(client, "/api/waves/?page_size=2") == [[1, 2], [3, 4], [5, 6], [7]]


def test_it_walks_back_again(client: Client) -> None:
    first = client.get("/api/waves/?page_size=3").json()
    second = client.get(first["next"]).json()
    last = client.get(second["next"]).json()
    assert numbers(last) == [7]
    assert follow(client, last["previous"], "previous") == [[4, 5, 6], [1, 2, 3]]


def test_the_first_page_has_no_page_before_it(client: Client) -> None:
    first = client.get("/api/waves/?page_size=3").json()
    assert first["previous"] is None
    back = client.get(client.get(first["next"]).json()["previous"]).json()
    assert back["previous"] is None
    assert numbers(client.get(back["next"]).json()) == [4, 5, 6]


@pytest.mark.parametrize(
    ("ordering", "first"),
    [
        ("number", [1, 2]),
        ("-number", [7, 6]),
        ("-starts_on", [7, 6]),
        ("-starts_on,number", [7, 6]),
        ("name,-number", [7, 6]),
        ("programme__key,-number", [7, 6]),
    ],
)
def test_it_orders_as_asked_on_every_page(client: Client, ordering: str, first: list[int]) -> None:
    pages = follow(client, f"/api/waves/?page_size=2&ordering={ordering}")
    assert pages[0] == first
    assert sorted(number for page in pages for number in page) == list(range(1, 8))


def test_it_shows_nobody_twice_when_rows_come_and_go(client: Client) -> None:
    first = client.get("/api/waves/?page_size=3&ordering=-number").json()
    Wave.objects.filter(number=6).delete()
    build.wave(Wave.objects.all()[0].programme, 9, DAY)
    assert numbers(client.get(first["next"]).json()) == [4, 3, 2]


def test_it_keeps_other_parameters_in_its_links(client: Client) -> None:
    answer = client.get("/api/waves/?page_size=2&fields=number&ordering=-number").json()
    assert answer["next"].startswith("http://testserver/api/waves/?")
    assert client.get(answer["next"]).json()["results"] == [{"number": 5}, {"number": 4}]


def test_it_answers_an_empty_list(db: None) -> None:
    answer = api_setup.signed_in().get("/api/waves/").json()
    assert answer == {"next": None, "previous": None, "results": []}


@pytest.mark.parametrize("size", ["0", "201", "-1", "x", "", "1.5", "٣", "9" * 40])
def test_it_wants_a_page_size_from_1_to_200(client: Client, size: str) -> None:
    answer = client.get("/api/waves/", {"page_size": size})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"page_size": ["page_size is a whole number from 1 to 200."]}


@pytest.mark.parametrize("size", ["1", "200"])
def test_it_takes_the_bounds_of_page_size(client: Client, size: str) -> None:
    assert client.get("/api/waves/", {"page_size": size}).status_code == 200


@pytest.mark.parametrize("ordering", ["programme", "password", "number,id", "-", "number__gt"])
def test_it_orders_only_by_what_is_offered(client: Client, ordering: str) -> None:
    answer = client.get("/api/waves/", {"ordering": ordering})
    assert answer.status_code == 400
    assert "offered: number, starts_on, name, programme__key" in answer.json()["detail"]


@pytest.mark.parametrize("change", ["x", "a.b.c", "e30", "%00", "\u00e9"])
def test_it_refuses_a_cursor_that_is_not_ours(client: Client, change: str) -> None:
    answer = client.get(f"/api/waves/?cursor={change}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_it_refuses_a_cursor_with_one_letter_changed(client: Client) -> None:
    url = client.get("/api/waves/?page_size=2").json()["next"]
    start = url.index("cursor=") + 7
    changed = url[:start] + ("X" if url[start] != "X" else "Y") + url[start + 1 :]
    answer = client.get(changed)
    assert answer.status_code == 400
    assert "not one of ours" in answer.json()["detail"]


def test_it_refuses_a_cursor_of_another_ordering(client: Client) -> None:
    url = client.get("/api/waves/?page_size=2&ordering=number").json()["next"]
    answer = client.get(url.replace("ordering=number", "ordering=name"))
    assert answer.status_code == 400
    assert "another ordering" in answer.json()["detail"]


def test_it_refuses_a_cursor_whose_values_no_longer_fit(client: Client) -> None:
    text = Cursor(("starts_on", "pk"), False, ("no date", 1)).text()
    answer = client.get("/api/waves/", {"cursor": text})
    assert answer.status_code == 400
    assert "another version" in answer.json()["detail"]


def test_it_shows_only_what_the_caller_may_see(client: Client) -> None:
    mine = build.programme(key="mine")
    build.wave(mine, 50)
    ana = api_setup.signed_in(build.person("ana", mine))
    assert follow(ana, "/api/waves/") == [[50]]


def test_it_leaves_out_other_fields(client: Client) -> None:
    answer = client.get("/api/waves/?fields=number,starts_on&page_size=1").json()
    assert answer["results"] == [{"number": 1, "starts_on": "2022-05-02"}]


def test_it_names_a_field_that_is_not_there(client: Client) -> None:
    answer = client.get("/api/waves/?fields=number,nmae")
    assert answer.status_code == 400
    assert answer.json()["detail"] == "No field nmae; there are id, number, name, starts_on."


def test_a_page_costs_the_same_at_any_depth(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    url = client.get("/api/waves/?page_size=2").json()["next"]
    with django_assert_num_queries(2):  # the token, the page
        client.get(url)


def _request(**query: str) -> Request:
    return Request(APIRequestFactory().get("/", query))


def test_it_pages_by_the_order_of_the_model_when_the_view_says_none(db: None) -> None:
    assert chosen_ordering(Wave.objects.all(), _request(), None)[-1] in {"pk", "-pk", "id"}
    assert chosen_ordering(Wave.objects.order_by("-name"), _request(), None) == ("-name", "-pk")


@pytest.mark.parametrize("column", ["resolved_at", "nothing", "assignee__username"])
def test_it_refuses_to_page_by_what_may_be_null(db: None, column: str) -> None:
    view = type("View", (), {"ordering": (column,)})
    with pytest.raises(ImproperlyConfigured, match=column.partition("__")[0]):
        chosen_ordering(Incident.objects.all(), _request(), view)


def test_an_ordering_that_is_not_offered_is_a_problem(db: None) -> None:
    with pytest.raises(Problem) as problem:
        chosen_ordering(Wave.objects.all(), _request(ordering="name"), None)
    assert problem.value.status_code == 400


class TestEveryOrder(TestCase):
    """Pages in any order and size are the list in that order, cut into pieces."""

    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ab")), max_size=9),
        st.lists(st.sampled_from(["number", "-starts_on", "starts_on", "name", "-name"]),
                 min_size=1, max_size=3, unique_by=lambda name: name.removeprefix("-")),
        st.integers(1, 4),
    )  # fmt: skip
    def test_pages_are_the_list(
        self, rows: list[tuple[int, str]], order: list[str], size: int
    ) -> None:
        programme = build.programme()
        for number, (days, name) in enumerate(rows, 1):
            Wave.objects.create(programme=programme, number=number, name=name,
                                starts_on=DAY + timedelta(days=days))  # fmt: skip
        view = type("View", (), {"ordering": tuple(order), "ordering_fields": ()})
        url, seen = "/", list[int]()
        while url:
            request = Request(
                APIRequestFactory().get(url, {} if "?" in url else {"page_size": size})
            )
            pages = KeysetPagination()
            seen += [row.pk for row in pages.paginate_queryset(Wave.objects.all(), request, view)]
            url = pages.get_paginated_response([]).data["next"]
        tie = "-pk" if order[-1].startswith("-") else "pk"
        assert seen == list(Wave.objects.order_by(*order, tie).values_list("pk", flat=True))
