"""The Table API makes, shows and changes incidents as the real one."""

from email.utils import parsedate_to_datetime

import pytest

from apps.simulator.fakes.servicenow import FakeServiceNow
from apps.simulator.fakes.servicenow.fields import PRIORITY
from tests.simulator.asking import INCIDENT, ask, basic, snow

JOURNAL = "/api/now/table/sys_journal_field"


def test_it_makes_an_incident_and_says_where(now_instance: FakeServiceNow) -> None:
    answer = snow(
        now_instance,
        "POST",
        json_body={"short_description": "636 link fails", "impact": "2", "urgency": 1},
    )
    made = answer.result
    assert answer.status == 201
    assert answer.headers["Location"] == f"{now_instance.url}{INCIDENT}/{made['sys_id']}"
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert parsedate_to_datetime(answer.headers["Date"]).tzinfo is not None
    assert made["number"] == "INC0010001"
    assert (made["state"], made["incident_state"], made["active"]) == ("1", "1", "true")
    assert (made["priority"], made["sys_mod_count"]) == ("2", "0")
    assert made["sys_created_by"] == now_instance.username
    assert all(isinstance(value, str | dict) for value in made.values())


def test_it_stamps_naive_utc_seconds() -> None:
    with FakeServiceNow(clock=lambda: 1_651_492_800.9) as fake:
        made = snow(fake, "POST", json_body={}).result
        date = snow(fake).headers["Date"]
    assert made["sys_created_on"] == made["opened_at"] == "2022-05-02 12:00:00"
    assert date == "Mon, 02 May 2022 12:00:00 GMT"


@pytest.mark.parametrize(("levels", "priority"), PRIORITY.items())
def test_it_computes_priority_whatever_was_sent(
    now_instance: FakeServiceNow, levels: tuple[str, str], priority: str
) -> None:
    body = {"impact": levels[0], "urgency": levels[1], "priority": "9"}
    assert snow(now_instance, "POST", json_body=body).result["priority"] == priority


def test_it_stores_everything_as_text(now_instance: FakeServiceNow) -> None:
    body = {"knowledge": True, "reopen_count": 3, "description": None, "no_such_field": "x"}
    made = snow(now_instance, "POST", json_body=body).result
    assert (made["knowledge"], made["reopen_count"], made["description"]) == ("true", "3", "")
    assert "no_such_field" not in made


def test_it_cuts_long_text_in_silence(now_instance: FakeServiceNow) -> None:
    body = {"short_description": "x" * 500, "description": "y" * 5000}
    made = snow(now_instance, "POST", json_body=body).result
    assert (len(made["short_description"]), len(made["description"])) == (160, 4000)


def test_it_takes_two_incidents_with_one_correlation_id(now_instance: FakeServiceNow) -> None:
    numbers = [
        snow(now_instance, "POST", json_body={"correlation_id": "rc-1"}).result["number"]
        for _ in range(2)
    ]
    assert numbers == ["INC0010001", "INC0010002"]
    assert len(now_instance.records(correlation_id="rc-1")) == 2


def test_it_takes_only_the_first_of_several_records(now_instance: FakeServiceNow) -> None:
    body = {"records": [{"short_description": "first"}, {"short_description": "second"}]}
    assert snow(now_instance, "POST", json_body=body).status == 201
    assert [each["short_description"] for each in now_instance.records()] == ["first"]


def test_it_takes_a_group_by_name_or_sys_id(now_instance: FakeServiceNow) -> None:
    by_name = snow(now_instance, "POST", json_body={"assignment_group": "Scheduling Support"})
    sys_id = by_name.result["assignment_group"]["value"]
    by_id = snow(now_instance, "POST", json_body={"assignment_group": sys_id})
    again = snow(
        now_instance,
        "POST",
        json_body={"assignment_group": "scheduling support"},
        sysparm_input_display_value="true",
    )
    assert by_id.result["assignment_group"] == again.result["assignment_group"]
    link = f"{now_instance.url}/api/now/table/sys_user_group/{sys_id}"
    assert by_id.result["assignment_group"] == {"link": link, "value": sys_id}
    (group,) = now_instance.records("sys_user_group")
    assert group["name"] == "Scheduling Support"


def test_it_leaves_an_unknown_group_empty_where_groups_are_given() -> None:
    with FakeServiceNow(groups=["Scheduling Support"]) as fake:
        wrong = snow(fake, "POST", json_body={"assignment_group": "Nobody"}).result
        right = snow(fake, "POST", json_body={"assignment_group": "Scheduling Support"}).result
        names = [each["name"] for each in fake.records("sys_user_group")]
    assert wrong["assignment_group"] == ""
    assert right["assignment_group"]["value"]
    assert names == ["Scheduling Support"]


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_it_changes_only_the_fields_sent(now_instance: FakeServiceNow, method: str) -> None:
    row = now_instance.insert(short_description="old", category="software")
    path = f"{INCIDENT}/{row['sys_id']}"
    changed = snow(now_instance, method, path, json_body={"short_description": "new"})
    assert changed.status == 200
    assert changed.result["short_description"] == "new"
    assert changed.result["category"] == "software"
    assert changed.result["sys_mod_count"] == "1"
    assert changed.result["sys_updated_by"] == now_instance.username


def test_it_writes_nothing_when_nothing_changes(now_instance: FakeServiceNow) -> None:
    row = now_instance.insert(short_description="same")
    path = f"{INCIDENT}/{row['sys_id']}"
    answer = snow(now_instance, "PATCH", path, json_body={"short_description": "same"})
    assert answer.result["sys_mod_count"] == "0"
    assert now_instance.ledger.effects("incident.updated") == []


def test_it_resolves_closes_and_reopens(now_instance: FakeServiceNow) -> None:
    sys_id = now_instance.insert(short_description="x")["sys_id"]
    resolved = now_instance.update(sys_id, state="6")
    assert resolved["incident_state"] == "6"
    assert resolved["resolved_at"]
    assert resolved["active"] == "true"
    reopened = now_instance.update(sys_id, incident_state="2")
    assert (reopened["state"], reopened["reopen_count"], reopened["resolved_at"]) == ("2", "1", "")
    closed = now_instance.update(sys_id, state="7")
    assert closed["active"] == "false"
    assert closed["closed_at"]


def test_it_counts_a_hand_over_to_another_group(now_instance: FakeServiceNow) -> None:
    sys_id = now_instance.insert(assignment_group="A")["sys_id"]
    assert now_instance.update(sys_id, assignment_group="B")["reassignment_count"] == "1"


def test_it_lets_a_business_rule_rewrite_an_insert(now_instance: FakeServiceNow) -> None:
    now_instance.behaviour.rewrites = {"state": "2", "assignment_group": "Front desk"}
    made = snow(now_instance, "POST", json_body={"assignment_group": "Us"}).result
    assert (made["state"], made["sys_mod_count"]) == ("2", "1")
    group = now_instance.records("sys_user_group", name="Front desk")[0]
    assert made["assignment_group"]["value"] == group["sys_id"]


def test_it_keeps_work_notes_in_the_journal_only(now_instance: FakeServiceNow) -> None:
    made = snow(now_instance, "POST", json_body={"work_notes": "first"}).result
    path = f"{INCIDENT}/{made['sys_id']}"
    changed = snow(now_instance, "PATCH", path, json_body={"work_notes": "second"}).result
    assert (made["work_notes"], changed["work_notes"]) == ("", "")
    assert changed["sys_mod_count"] == "1"
    query = f"name=incident^element_id={made['sys_id']}^elementINwork_notes,comments"
    rows = snow(now_instance, path=JOURNAL, sysparm_query=query).result
    assert [row["value"] for row in rows] == ["first", "second"]
    assert {row["sys_created_by"] for row in rows} == {now_instance.username}
    shown = snow(now_instance, path=path, sysparm_display_value="true").result["work_notes"]
    assert shown.index("(Work notes)\nsecond\n\n") < shown.index("(Work notes)\nfirst\n\n")


def test_it_can_hide_the_journal_as_most_instances_do(now_instance: FakeServiceNow) -> None:
    snow(now_instance, "POST", json_body={"comments": "hello"})
    now_instance.behaviour.journal_hidden = True
    answer = snow(now_instance, path=JOURNAL)
    assert (answer.status, answer.result) == (200, [])


def test_it_shows_a_record_and_knows_no_other(now_instance: FakeServiceNow) -> None:
    row = now_instance.insert(short_description="x")
    assert snow(now_instance, path=f"{INCIDENT}/{row['sys_id']}").result["number"] == row["number"]
    missing = snow(now_instance, path=f"{INCIDENT}/{'0' * 32}")
    assert missing.status == 404
    assert missing.json["error"]["message"] == "No Record found"


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_it_answers_for_a_hidden_record_as_for_a_missing_one(
    now_instance: FakeServiceNow, method: str
) -> None:
    sys_id = now_instance.insert(short_description="x")["sys_id"]
    now_instance.behaviour.hidden.add(sys_id)
    body = {"state": "2"} if method == "PATCH" else None
    hidden = snow(now_instance, method, f"{INCIDENT}/{sys_id}", json_body=body)
    missing = snow(now_instance, method, f"{INCIDENT}/{'0' * 32}", json_body=body)
    assert (hidden.status, hidden.body) == (404, missing.body)
    assert now_instance.records()[0]["state"] == "1"


def test_it_deletes(now_instance: FakeServiceNow) -> None:
    sys_id = now_instance.insert(short_description="x")["sys_id"]
    answer = snow(now_instance, "DELETE", f"{INCIDENT}/{sys_id}")
    assert (answer.status, answer.body) == (204, b"")
    assert now_instance.records() == []
    assert len(now_instance.ledger.effects("incident.deleted")) == 1


def test_it_answers_without_a_body_when_asked(now_instance: FakeServiceNow) -> None:
    headers = {
        "X-no-response-body": "true",
        "Content-Type": "application/json",
        **basic(now_instance.username, now_instance.password),
    }
    answer = ask("POST", now_instance.url + INCIDENT, body=b"{}", headers=headers)
    assert (answer.status, answer.body) == (201, b"")
    assert answer.headers["Location"]


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "text/xml"}, b"<a/>", 415),
        ({}, b"{}", 400),
        ({"Content-Type": "application/json"}, b"{", 400),
        ({"Content-Type": "application/json"}, b'"text"', 400),
        ({"Content-Type": "application/json"}, b"[]", 400),
        ({"Content-Type": "application/json"}, b"[" * 100_000, 400),
        ({"Content-Type": "application/json", "Accept": "text/html"}, b"{}", 406),
    ],
)
def test_it_refuses_other_content_and_makes_nothing(
    now_instance: FakeServiceNow, headers: dict[str, str], body: bytes, status: int
) -> None:
    signed_in = basic(now_instance.username, now_instance.password) | headers
    answer = ask("POST", now_instance.url + INCIDENT, body=body, headers=signed_in)
    assert answer.status == status
    assert set(answer.json["error"]) == {"message", "detail"}
    assert answer.json["status"] == "failure"
    assert now_instance.records() == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/now/table/sys_nonexistent", 400),
        ("GET", "/api/now/nothing", 400),
        ("GET", "/", 400),
        ("DELETE", INCIDENT, 405),
        ("POST", f"{INCIDENT}/{'0' * 32}", 405),
    ],
)
def test_it_refuses_other_paths_and_verbs(
    now_instance: FakeServiceNow, method: str, path: str, status: int
) -> None:
    answer = snow(now_instance, method, path, json_body={} if method == "POST" else None)
    assert answer.status == status
    assert answer.json["status"] == "failure"


def test_it_notes_request_and_effect_without_the_password(now_instance: FakeServiceNow) -> None:
    snow(now_instance, "POST", json_body={"short_description": "x"}, sysparm_fields="number")
    effect, request = now_instance.ledger.entries
    assert (effect.what, effect.method, effect.path) == ("incident.created", "POST", INCIDENT)
    assert effect.payload["record"]["short_description"] == "x"
    assert (request.method, request.status) == ("POST", 201)
    assert request.payload["body"] == {"short_description": "x"}
    assert request.payload["query"] == {"sysparm_fields": "number"}
    assert now_instance.password not in repr(now_instance.ledger.entries)
