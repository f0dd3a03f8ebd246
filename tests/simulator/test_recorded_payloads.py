"""The fakes beside recorded payloads of the real systems, where these are at hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from apps.simulator.fakes.exchange import FORM_TYPE
from apps.simulator.fakes.servicenow import FakeServiceNow
from apps.simulator.fakes.slack import FakeSlack
from apps.simulator.fakes.slack.sender import signed
from tests.simulator.asking import INCIDENT, ask, slack, snow
from tests.simulator.hook import hook

PAYLOADS = Path(__file__).resolve().parents[2].parent / "shared" / "payloads"


def recorded(name: str) -> Any:
    """A recorded payload; skips the test where it is absent."""
    file = PAYLOADS / name
    if not file.is_file():
        pytest.skip(f"no recorded payload {name}")
    return json.loads(file.read_text("utf-8"))


def _kind(value: Any) -> str:
    """Text, or a reference by its keys."""
    return "text" if isinstance(value, str) else ",".join(sorted(value))


@pytest.mark.parametrize(
    "name", ["table_post_incident_201", "table_patch_incident_200", "table_put_incident_200"]
)
def test_it_answers_with_an_incident_of_the_same_shape(
    now_instance: FakeServiceNow, name: str
) -> None:
    real = recorded(f"servicenow/{name}.json")["result"]
    made = snow(now_instance, "POST", json_body={"assignment_group": "Desk"}).result
    assert set(real) <= set(made)
    kinds = {_kind(value) for value in real.values()}
    assert {_kind(value) for value in made.values()} == kinds == {"text", "link,value"}


def test_it_computes_the_recorded_priority(now_instance: FakeServiceNow) -> None:
    real = recorded("servicenow/table_post_incident_201.json")["result"]
    body = {name: real[name] for name in ("impact", "urgency", "short_description")}
    made = snow(now_instance, "POST", json_body=body).result
    same = ("priority", "state", "incident_state", "active", "sys_mod_count", "category")
    assert {name: made[name] for name in same} == {name: real[name] for name in same}


def test_it_lists_journal_rows_of_the_same_shape(now_instance: FakeServiceNow) -> None:
    real = recorded("servicenow/sys_journal_field_list_200.json")["result"]
    now_instance.insert(work_notes="note", comments="comment")
    rows = snow(now_instance, path="/api/now/table/sys_journal_field").result
    assert all(set(real[0]) <= set(row) for row in rows)
    assert {row["element"] for row in rows} == {row["element"] for row in real}


@pytest.mark.parametrize(
    ("name", "fault", "path"),
    [
        ("error_401_unauthenticated", "unauthorized", INCIDENT),
        ("error_403_null_detail", "forbidden", INCIDENT),
        ("error_429_rate_limit", "rate_limited", INCIDENT),
        ("error_404_no_record", "", f"{INCIDENT}/{'0' * 32}"),
        ("error_400_invalid_table", "", "/api/now/table/sys_nonexistent"),
        ("error_400_bad_uri", "", "/api/now/nothing"),
    ],
)
def test_it_refuses_in_the_recorded_words(
    now_instance: FakeServiceNow, name: str, fault: str, path: str
) -> None:
    real = recorded(f"servicenow/{name}.json")
    if fault:
        now_instance.switch(fault)
    answer = snow(now_instance, path=path)
    assert answer.json == real
    assert answer.status == int(name.split("_")[1])


def test_it_words_an_aborted_write_like_the_recorded_one(now_instance: FakeServiceNow) -> None:
    real = recorded("servicenow/error_403_business_rule_abort.json")["error"]
    now_instance.switch("business_rule")
    error = snow(now_instance, "POST", json_body={}).json["error"]
    assert error["message"] == real["message"]
    words = "Operation against file 'incident' was aborted by Business Rule '"
    assert error["detail"].startswith(words)
    assert real["detail"].startswith(words)


def test_it_gives_a_token_of_the_recorded_shape(now_instance: FakeServiceNow) -> None:
    real = recorded("servicenow/oauth_token_200_b.json")
    body = (
        f"grant_type=client_credentials&client_id={now_instance.client_id}"
        f"&client_secret={now_instance.client_secret}"
    )
    url = f"{now_instance.url}/oauth_token.do"
    given = ask("POST", url, body=body.encode(), headers={"Content-Type": FORM_TYPE}).json
    assert {name: type(value) for name, value in given.items()} == {
        name: type(value) for name, value in real.items()
    }


def test_it_signs_as_the_official_vector() -> None:
    vector = recorded("vectors/slack_signature_official.json")
    at = float(vector["timestamp"])
    headers = signed(vector["body"].encode(), vector["signing_secret"], at=at)
    assert headers["X-Slack-Signature"] == vector["signature"]
    assert headers["X-Slack-Request-Timestamp"] == vector["timestamp"]


NOT_OURS = {"enterprise_id", "authed_users"}


@pytest.mark.parametrize(
    ("name", "send"),
    [
        ("event_callback_message__message_L253", "send_echo"),
        ("event_callback_message_message_changed__message_changed_L68", "send_unfurl"),
        ("event_callback_message_message_deleted__message_deleted_L68", "send_deletion"),
        ("event_callback_app_mention__events_shared_channels_L60", "send_mention"),
    ],
)
def test_it_sends_envelopes_of_the_recorded_shape(
    workspace: FakeSlack, name: str, send: str
) -> None:
    real = recorded(f"slack/events_and_interactivity/{name}.json")
    ts = workspace.add_message("C0HELP", "hello")["ts"]
    with hook() as heard:
        getattr(workspace, send)(heard.url, "C0HELP", ts)
    ours = json.loads(heard.bodies[0])
    assert set(real) - NOT_OURS <= set(ours)
    assert set(real["event"]) <= set(ours["event"])
    assert [ours["event"].get(key) for key in ("type", "subtype")] == [
        real["event"].get(key) for key in ("type", "subtype")
    ]


def test_it_describes_people_in_the_recorded_way(workspace: FakeSlack) -> None:
    real = recorded("slack/events_realtext/slack_users_info_api_response.json")
    ours = slack(workspace, "users.info", user="U0PAM")
    assert set(ours["user"]) <= set(real["user"])
    assert set(ours["user"]["profile"]) <= set(real["user"]["profile"])
