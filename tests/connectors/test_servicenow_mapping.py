"""ServiceNow's records as tickets, drafts as records."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.connectors.base import ConnectorError, Ticket, TicketDraft
from apps.connectors.servicenow.mapping import (
    STATES,
    clean,
    cut,
    instant,
    names_references,
    query_value,
    record,
    state_name,
    sys_ids_query,
    ticket,
)
from tests.connectors.samples import load, ours, recorded

DRAFT = TicketDraft(
    correlation_key="0b9c2e0e-6d2f-4c38-9a1c-3f1f4f4f0001",
    title="442: check-in link gives an error",
    description="MSA checks people in by hand.",
    impact=2,
    urgency=1,
    group="Scheduling Support",
    category="software",
    caller="",
    work_note="",
)
RECORDED = [path for path in recorded("servicenow") if "_incident_" in path.stem]


def told(found: Ticket) -> dict[str, Any]:
    moments = {
        name: moment.isoformat() if moment else None
        for name, moment in (("updated_at", found.updated_at), ("created_at", found.created_at))
    }
    return {**asdict(found), **moments}


@pytest.mark.parametrize("path", ours("servicenow"), ids=lambda path: path.stem)
def test_it_reads_each_sample(path: Path) -> None:
    sample = load(path)

    assert told(ticket(sample["row"])) == sample["expected"]


@pytest.mark.parametrize("path", [p for p in RECORDED if "table_" in p.stem], ids=lambda p: p.stem)
@pytest.mark.skipif(not RECORDED, reason="the shared payloads are not here")
def test_it_reads_documented_records(path: Path) -> None:
    row = load(path)["result"]
    found = ticket(row)

    assert (found.ref, found.number, found.mod_count) == (
        row["sys_id"],
        row["number"],
        int(row["sys_mod_count"]),
    )
    assert found.state in STATES.values()
    assert found.updated_at == instant(row["sys_updated_on"])


@pytest.mark.parametrize("row", [None, [], "x", {}, {"sys_id": ""}, {"sys_id": None}, {"a": 1}])
def test_it_refuses_what_is_no_record(row: Any) -> None:
    with pytest.raises(ConnectorError, match="not a record"):
        ticket(row)


@pytest.mark.parametrize(
    ("state", "name"),
    [
        ("1", "New"),
        ("2", "In Progress"),
        ("3", "On Hold"),
        ("4", "On Hold"),
        ("5", "On Hold"),
        ("6", "Resolved"),
        ("7", "Closed"),
        ("8", "Canceled"),
        ("9", "9"),
        ("Pending Customer", "Pending Customer"),
        ("", ""),
    ],
)
def test_it_names_states_and_keeps_those_it_does_not_know(state: str, name: str) -> None:
    assert state_name(state) == name


def test_it_sends_only_text_and_nothing_empty() -> None:
    assert record(DRAFT) == {
        "short_description": "442: check-in link gives an error",
        "description": "MSA checks people in by hand.",
        "impact": "2",
        "urgency": "1",
        "assignment_group": "Scheduling Support",
        "category": "software",
        "correlation_id": "0b9c2e0e-6d2f-4c38-9a1c-3f1f4f4f0001",
        "correlation_display": "Rollcall",
        "contact_type": "chat",
    }


def test_it_sends_a_note_and_a_caller_when_given() -> None:
    fields = record(replace(DRAFT, work_note="Thread: https://a.gov", caller="ana"))

    assert (fields["work_notes"], fields["caller_id"]) == ("Thread: https://a.gov", "ana")


def test_it_keeps_to_the_lengths_the_instance_cuts_at() -> None:
    fields = record(replace(DRAFT, title="t" * 161, description="d" * 4001))

    assert (len(fields["short_description"]), len(fields["description"])) == (160, 4000)
    assert fields["short_description"].endswith("t…")


def test_it_keeps_a_title_on_one_line() -> None:
    assert record(replace(DRAFT, title=" a\n b\t c "))["short_description"] == "a b c"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[code]<b>x</b>[/code]", "<b>x</b>"),
        ("[CODE]x[/Code]", "x"),
        ("[co[code]de]x", "x"),
        ("[[/code]code]", ""),
        ("code [a]", "code [a]"),
        ("a\0b\ud800", "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_it_sends_nothing_that_is_shown_as_html(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(st.text(st.sampled_from("[/code]CODE x")))
def test_it_leaves_no_code_mark_however_nested(text: str) -> None:
    cleaned = clean(text).lower()

    assert "[code]" not in cleaned
    assert "[/code]" not in cleaned


@given(st.text(), st.integers(1, 50))
def test_it_cuts_to_the_limit_and_leaves_short_text_alone(text: str, limit: int) -> None:
    shorter = cut(text, limit)

    assert len(shorter) <= limit
    assert shorter == text or len(text) > limit


@given(
    st.builds(
        TicketDraft,
        correlation_key=st.uuids().map(str),
        title=st.text(),
        description=st.text(),
        impact=st.integers(1, 3),
        urgency=st.integers(1, 3),
        group=st.text(),
        category=st.text(),
        caller=st.text(),
        work_note=st.text(),
    )
)
def test_it_makes_a_record_of_any_draft(draft: TicketDraft) -> None:
    fields = record(draft)

    assert all(fields.values())
    assert "".join(fields.values()).encode()


@pytest.mark.parametrize(
    ("group", "caller", "expected"),
    [
        ("Scheduling Support", "", True),
        ("287ebd7da9fe198100f92cc8d1d2154e", "", False),
        ("287ebd7da9fe198100f92cc8d1d2154e", "ana", True),
        ("", "", False),
    ],
)
def test_it_notices_references_given_by_name(group: str, caller: str, expected: bool) -> None:
    assert names_references(record(replace(DRAFT, group=group, caller=caller))) is expected


@pytest.mark.parametrize("bad", ["", " ", "a^active=true", "a\nb", "a\rb", "a\0", "\ud800"])
def test_it_refuses_keys_that_would_change_the_query(bad: str) -> None:
    with pytest.raises(ConnectorError, match="cannot be used") as caught:
        query_value(bad)

    assert caught.value.permanent


@pytest.mark.parametrize("bad", ["", "a,b", "a^b", "a b", "x" * 65, "a\n"])
def test_it_refuses_refs_that_would_change_the_query(bad: str) -> None:
    with pytest.raises(ConnectorError, match="sys_id") as caught:
        sys_ids_query(["9d38", bad])

    assert caught.value.permanent


def test_it_asks_for_several_records_in_a_steady_order() -> None:
    assert sys_ids_query(["a1", "b2"]) == "sys_idINa1,b2^ORDERBYsys_id"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
VALUES = JSON | st.fixed_dictionaries({"value": JSON, "display_value": JSON})


@given(st.dictionaries(st.sampled_from(sorted(load(ours("servicenow")[0])["row"])), VALUES))
def test_it_survives_any_record(row: dict[str, Any]) -> None:
    found = ticket({**row, "sys_id": "a1"})

    assert f"{found.number}{found.state}{found.group}{found.title}".encode() is not None
    assert found.mod_count >= 0
