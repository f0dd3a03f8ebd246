"""Switches: which request meets which fault, and how often."""

from typing import Any

import pytest

from apps.simulator.fakes.servicenow import FakeServiceNow
from apps.simulator.fakes.switches import Switches
from tests.simulator.asking import INCIDENT, ask, snow


def _faults(switches: Switches, *requests: tuple[str, str]) -> list[str]:
    taken = [switches.take(method, path) for method, path in requests]
    return [each.fault if each else "" for each in taken]


GET, POST = ("GET", "/api/a"), ("POST", "/api/b")


def test_it_stays_on_until_cleared() -> None:
    switches = Switches({"reset"})
    switches.set("reset")
    assert _faults(switches, GET, GET, POST) == ["reset"] * 3
    switches.clear()
    assert _faults(switches, GET) == [""]


def test_it_is_good_for_the_next_few_requests_only() -> None:
    switches = Switches({"reset"})
    switches.set("reset", times=2)
    assert _faults(switches, GET, GET, GET) == ["reset", "reset", ""]


def test_it_does_not_count_requests_it_is_not_for() -> None:
    switches = Switches({"reset"})
    switches.set("reset", times=1, method="POST")
    assert _faults(switches, GET, GET, POST, POST) == ["", "", "reset", ""]


def test_it_can_be_for_one_path() -> None:
    switches = Switches({"reset"})
    switches.set("reset", path="/b")
    assert _faults(switches, GET, POST) == ["", "reset"]


def test_it_uses_up_the_first_before_the_next() -> None:
    switches = Switches({"reset", "hang"})
    switches.set("reset", times=1)
    switches.set("hang", times=1)
    assert _faults(switches, GET, GET, GET) == ["reset", "hang", ""]


def test_it_clears_one_fault_and_leaves_the_others() -> None:
    switches = Switches({"reset", "hang"})
    switches.set("reset")
    switches.set("hang")
    switches.clear("reset")
    assert [each["fault"] for each in switches.now()] == ["hang"]


@pytest.mark.parametrize(
    ("fault", "options", "words"),
    [
        ("explode", {}, "no fault 'explode'"),
        ("reset", {"tmies": 1}, "no option 'tmies'"),
        ("reset", {"times": 0}, "times starts at 1"),
        ("reset", {"times": "2"}, "times cannot be '2'"),
        ("reset", {"times": True}, "times cannot be True"),
        ("reset", {"seconds": -1}, "seconds are between"),
        ("reset", {"method": 5}, "method cannot be 5"),
    ],
)
def test_it_refuses_what_it_does_not_know(fault: str, options: Any, words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words):
        Switches({"reset"}).set(fault, **options)


def test_it_is_set_and_read_and_cleared_in_a_running_process(now_instance: FakeServiceNow) -> None:
    url = f"{now_instance.url}/_fake/switch"
    body = b'{"fault": "error_500", "times": 2, "method": "GET"}'
    on = ask("POST", url, body=body).json["on"]
    assert [(each["fault"], each["times"]) for each in on] == [("error_500", 2)]
    assert snow(now_instance).status == 500
    assert ask("GET", url).json["on"][0]["times"] == 1
    assert ask("DELETE", url, query={"fault": "error_500"}).json["on"] == []
    assert snow(now_instance).status == 200


@pytest.mark.parametrize("body", [b"no", b"[]", b"{}", b'{"fault": 5}', b'{"fault": "x"}'])
def test_it_refuses_a_bad_order_in_words(now_instance: FakeServiceNow, body: bytes) -> None:
    answer = ask("POST", f"{now_instance.url}/_fake/switch", body=body)
    assert answer.status == 400
    assert answer.json["error"]


def test_it_shows_the_ledger_from_a_sequence_on(now_instance: FakeServiceNow) -> None:
    snow(now_instance, "POST", json_body={"short_description": "one"})
    url = f"{now_instance.url}/_fake/ledger"
    entries = ask("GET", url).json["entries"]
    assert [each["what"] or each["kind"] for each in entries] == ["incident.created", "request"]
    later = ask("GET", url, query={"after": "1"}).json["entries"]
    assert [each["path"] for each in later] == [INCIDENT]


def test_it_shows_the_records_and_does_not_log_those_who_look(now_instance: FakeServiceNow) -> None:
    now_instance.insert(short_description="one")
    records = ask("GET", f"{now_instance.url}/_fake/records").json
    assert [row["short_description"] for row in records["incident"]] == ["one"]
    assert now_instance.ledger.requests() == []


def test_it_does_not_know_other_admin_paths(now_instance: FakeServiceNow) -> None:
    assert ask("GET", f"{now_instance.url}/_fake/nothing").status == 404
