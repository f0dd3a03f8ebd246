"""Lists of the Table API: encoded queries, pages, and the three ways to show values."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.simulator.fakes.servicenow import FakeServiceNow
from apps.simulator.fakes.servicenow.query import parse
from tests.simulator.asking import INCIDENT, find, snow


@pytest.fixture
def filled(now_instance: FakeServiceNow) -> FakeServiceNow:
    insert = now_instance.insert
    insert(short_description="alpha", state="1", correlation_id="rc-1", assignment_group="Desk")
    insert(short_description="Beta", state="2", correlation_id="rc-2", assignment_group="Desk")
    insert(short_description="gamma ray", state="10", correlation_id="")
    return now_instance


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["alpha", "Beta", "gamma ray"]),
        ("correlation_id=rc-1", ["alpha"]),
        ("correlation_id=RC-1", ["alpha"]),  # the database does not tell case apart
        ("correlation_id!=rc-1", ["Beta", "gamma ray"]),
        ("correlation_id=", ["gamma ray"]),
        ("correlation_idISEMPTY", ["gamma ray"]),
        ("correlation_idISNOTEMPTY", ["alpha", "Beta"]),
        ("correlation_idINrc-1,rc-2", ["alpha", "Beta"]),
        ("correlation_idNOT INrc-1,rc-2", ["gamma ray"]),
        ("correlation_id>rc-1", ["Beta"]),
        ("correlation_id>=rc-1", ["alpha", "Beta"]),
        ("correlation_id<rc-2", ["alpha"]),
        ("correlation_id<=rc-2", ["alpha", "Beta"]),
        ("state>2", ["gamma ray"]),  # numbers by size
        ("stateBETWEEN1@2", ["alpha", "Beta"]),
        ("short_descriptionLIKEET", ["Beta"]),
        ("short_descriptionNOT LIKEa r", ["alpha", "Beta"]),
        ("short_descriptionSTARTSWITHga", ["gamma ray"]),
        ("short_descriptionENDSWITHa", ["alpha", "Beta"]),
        ("stateANYTHING", ["alpha", "Beta", "gamma ray"]),
        ("correlation_idISNOTEMPTY^state=2", ["Beta"]),
        ("state=1^ORstate=10", ["alpha", "gamma ray"]),
        ("correlation_idISNOTEMPTY^state=10^ORstate=2", ["Beta"]),
        ("state=1^NQstate=2^correlation_id=rc-2", ["alpha", "Beta"]),
        ("assignment_group.name=Desk", ["alpha", "Beta"]),
        ("ORDERBYshort_description", ["alpha", "Beta", "gamma ray"]),
        ("ORDERBYDESCstate", ["gamma ray", "Beta", "alpha"]),
        ("correlation_idISNOTEMPTY^ORDERBYDESCcorrelation_id", ["Beta", "alpha"]),
        ("ORDERBYassignment_group.name^ORDERBYDESCstate", ["gamma ray", "Beta", "alpha"]),
        ("state=1^NQstate=2^ORDERBYDESCstate", ["Beta", "alpha"]),
    ],
)
def test_it_finds(filled: FakeServiceNow, query: str, found: list[str]) -> None:
    assert find(filled, query) == found


@pytest.mark.parametrize(
    "query",
    [
        "no_such_field=1",
        "stateSOUNDSLIKE1",
        "caller_id.no_such=1",
        "correlation_id.name=x",
        "sys_created_on>javascript:gs.daysAgo(1)",
        "a^^b",
        "^OR^NQ",
    ],
)
def test_it_drops_what_it_does_not_understand_and_finds_everything(
    filled: FakeServiceNow, query: str
) -> None:
    assert len(find(filled, query)) == 3


def test_it_can_be_set_to_find_nothing_instead(filled: FakeServiceNow) -> None:
    filled.behaviour.strict_queries = True
    assert find(filled, "no_such_field=1^state=1") == []
    assert find(filled, "state=1") == ["alpha"]


def test_it_keeps_the_rest_of_a_query_it_understands_in_part(filled: FakeServiceNow) -> None:
    assert find(filled, "no_such_field=1^state=2") == ["Beta"]


def test_it_takes_plain_pairs_for_a_query(filled: FakeServiceNow) -> None:
    answer = snow(filled, state="2", sysparm_fields="number")
    assert [row["number"] for row in answer.result] == ["INC0010002"]


def test_it_ties_break_by_the_next_order(now_instance: FakeServiceNow) -> None:
    for title in ("c", "a", "b"):
        now_instance.insert(short_description=title)  # all in one second, or two
    for row in now_instance.records():
        now_instance.update(row["sys_id"], category="tie")
    assert find(now_instance, "ORDERBYcategory^ORDERBYshort_description") == ["a", "b", "c"]


FIELD = st.sampled_from(["state", "impact", "category"])
VALUE = st.sampled_from(["1", "2", "10", "", "b", "B"])
OPERATOR = st.sampled_from(["=", "!="])
CONDITION = st.tuples(FIELD, OPERATOR, VALUE)
ROW = st.fixed_dictionaries({"state": VALUE, "impact": VALUE, "category": VALUE})


@given(
    arms=st.lists(
        st.lists(st.lists(CONDITION, min_size=1, max_size=3), min_size=1, max_size=3),
        min_size=1,
        max_size=3,
    ),
    rows=st.lists(ROW, max_size=8),
)
def test_it_agrees_with_the_meaning_of_and_or_and_new_query(
    arms: list[list[list[tuple[str, str, str]]]], rows: list[dict[str, str]]
) -> None:
    text = "^NQ".join(
        "^".join("^OR".join("".join(term) for term in group) for group in arm) for arm in arms
    )

    def holds(row: dict[str, str], term: tuple[str, str, str]) -> bool:
        return (row[term[0]].lower() == term[2].lower()) == (term[1] == "=")

    wanted = [
        row
        for row in rows
        if any(all(any(holds(row, term) for term in group) for group in arm) for arm in arms)
    ]
    query = parse(text, lambda name: name in {"state", "impact", "category"})
    assert query.find(rows, lambda row, name: row[name]) == wanted
    assert query.invalid is False


@given(text=st.text(max_size=60))
def test_it_reads_any_query_without_breaking(text: str) -> None:
    query = parse(text, lambda _: True)
    assert query.find([{}], lambda row, name: row.get(name, "")) in ([], [{}])


def _rels(link: str) -> dict[str, str]:
    return {rel: url for url, rel in re.findall(r'<([^>]*)>;rel="(\w+)"', link)}


def test_it_leads_through_the_pages(now_instance: FakeServiceNow) -> None:
    for number in range(5):
        now_instance.insert(short_description=str(number))
    params: dict[str, Any] = {"sysparm_limit": "2", "sysparm_fields": "short_description,number"}
    first = snow(now_instance, **params)
    assert first.headers["X-Total-Count"] == "5"
    assert ", <" not in first.headers["Link"]
    assert set(_rels(first.headers["Link"])) == {"first", "next", "last"}
    assert "sysparm_fields=short_description,number" in first.headers["Link"]
    middle = snow(now_instance, sysparm_offset="2", **params)
    assert set(_rels(middle.headers["Link"])) == {"first", "prev", "next", "last"}
    last = snow(now_instance, sysparm_offset="4", **params)
    assert set(_rels(last.headers["Link"])) == {"first", "prev", "last"}
    rows = [*first.result, *middle.result, *last.result]
    assert [row["short_description"] for row in rows] == ["0", "1", "2", "3", "4"]


def test_it_leads_to_the_next_page_by_its_own_link(now_instance: FakeServiceNow) -> None:
    for number in range(3):
        now_instance.insert(short_description=f"n {number}")
    first = snow(now_instance, sysparm_limit="2", sysparm_query="short_descriptionLIKEn ")
    path, _, query = _rels(first.headers["Link"])["next"].partition("?")
    assert path == now_instance.url + INCIDENT
    follow = snow(now_instance, path=f"{INCIDENT}?{query}")
    assert [row["short_description"] for row in follow.result] == ["n 2"]


def test_it_has_no_link_when_all_is_on_one_page(filled: FakeServiceNow) -> None:
    answer = snow(filled, sysparm_limit="3")
    assert answer.headers["Link"] is None
    assert answer.headers["X-Total-Count"] == "3"


def test_it_leaves_counts_and_links_out_when_told(filled: FakeServiceNow) -> None:
    answer = snow(
        filled,
        sysparm_limit="1",
        sysparm_no_count="true",
        sysparm_suppress_pagination_header="true",
    )
    assert (answer.headers["Link"], answer.headers["X-Total-Count"]) == (None, None)


def test_it_applies_the_limit_before_access_rules(filled: FakeServiceNow) -> None:
    filled.behaviour.hidden.add(filled.records()[0]["sys_id"])
    answer = snow(filled, sysparm_limit="1")
    assert (answer.result, answer.headers["X-Total-Count"]) == ([], "3")
    assert 'rel="next"' in answer.headers["Link"]


@pytest.mark.parametrize(("version", "status"), [("", 200), ("/v2", 200), ("/v1", 404)])
def test_it_finds_nothing_in_the_way_of_its_version(
    now_instance: FakeServiceNow, version: str, status: int
) -> None:
    answer = snow(now_instance, path=f"/api/now{version}/table/incident")
    assert answer.status == status
    if status == 200:
        assert answer.result == []
    else:
        assert answer.json["error"]["message"] == "No Record found"


def _shown(fake: FakeServiceNow, **params: Any) -> dict[str, Any]:
    fields = "number,state,impact,assignment_group,caller_id,assignment_group.name,no_such"
    (row,) = snow(fake, sysparm_query="correlation_id=rc-1", sysparm_fields=fields, **params).result
    assert isinstance(row, dict)
    return row


def test_it_shows_values_links_and_what_people_read(filled: FakeServiceNow) -> None:
    group = filled.records("sys_user_group")[0]["sys_id"]
    link = f"{filled.url}/api/now/table/sys_user_group/{group}"
    assert _shown(filled) == {
        "number": "INC0010001",
        "state": "1",
        "impact": "3",
        "assignment_group": {"link": link, "value": group},
        "caller_id": "",
        "assignment_group.name": "Desk",
    }
    read = _shown(filled, sysparm_display_value="true")
    assert (read["state"], read["impact"]) == ("New", "3 - Low")
    assert read["assignment_group"] == {"display_value": "Desk", "link": link}
    both = _shown(filled, sysparm_display_value="all")
    assert both["state"] == {"display_value": "New", "value": "1"}
    wanted = {"display_value": "Desk", "value": group, "link": link}
    assert both["assignment_group"] == wanted
    assert both["caller_id"] == {"display_value": "", "value": ""}


def test_it_leaves_links_out_when_told(filled: FakeServiceNow) -> None:
    bare = {"sysparm_exclude_reference_link": "true"}
    group = filled.records("sys_user_group")[0]["sys_id"]
    assert _shown(filled, **bare)["assignment_group"] == group
    assert _shown(filled, sysparm_display_value="true", **bare)["assignment_group"] == "Desk"
    both = _shown(filled, sysparm_display_value="all", **bare)["assignment_group"]
    assert both == {"display_value": "Desk", "value": group}


def test_it_shows_nothing_for_a_reference_that_dangles(now_instance: FakeServiceNow) -> None:
    row = now_instance.insert(assignment_group="a" * 32)
    answer = snow(now_instance, path=f"{INCIDENT}/{row['sys_id']}", sysparm_display_value="all")
    assert answer.result["assignment_group"]["value"] == "a" * 32
    assert answer.result["assignment_group"]["display_value"] == ""
