"""Finding, making and reading incidents, over real HTTP."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from apps.connectors.base import ConnectorError, Ticket
from apps.connectors.servicenow.client import ServiceNowDesk
from apps.connectors.servicenow.config import ServiceNowConfig
from apps.core.http import Http, Limits
from tests.connectors.samples import SHARED, load, recorded
from tests.connectors.serving import (
    Closed,
    Reply,
    answering,
    cut_short,
    hanging,
    raw,
    resetting,
    serving,
)
from tests.connectors.test_servicenow_mapping import DRAFT

PASSWORD = "very-secret"
KEY = DRAFT.correlation_key
QUICK = Limits(connect=0.5, read=0.2, total=0.4)
HTML = raw(b"<html>Instance is asleep</html>", kind="text/html")
TRUNCATED = raw(
    b'{"result":[{"sys_id":"a"}""],"error":{"message":"Transaction cancelled"}}',
    kind="application/json",
)


def desk(url: str, limits: Limits | None = None) -> ServiceNowDesk:
    config = ServiceNowConfig.from_settings(url, {"username": "svc"}, {"password": PASSWORD})
    return ServiceNowDesk(config, Http(config.base_url, limits=limits))


def row(ref: str = "a1", key: str = KEY, created: str = "2022-06-13 14:00:00") -> dict[str, Any]:
    shown = {"sys_id": ref, "number": f"INC{ref}", "state": "1", "correlation_id": key}
    shown |= {"sys_created_on": created, "sys_mod_count": "0"}
    return {name: {"value": text, "display_value": text} for name, text in shown.items()}


def rows(*found: dict[str, Any], **headers: str) -> Reply:
    return answering({"result": list(found)}, status=200, **headers)


def failure(status: int, message: str = "Operation Failed", detail: Any = None) -> Reply:
    body = {"error": {"message": message, "detail": detail}, "status": "failure"}
    return answering(body, status=status)


def find(snow: ServiceNowDesk) -> list[Ticket]:
    return snow.find(KEY)


def create(snow: ServiceNowDesk) -> Ticket:
    return snow.create(DRAFT)


def read(snow: ServiceNowDesk) -> list[Ticket]:
    return snow.read(["a1"])


Call = Callable[[ServiceNowDesk], object]


def refused(url: str, call: Call = create) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        call(desk(url, QUICK))
    assert PASSWORD not in str(caught.value)
    return caught.value


def test_it_finds_by_correlation_oldest_first() -> None:
    late, early = row("a1", created="2022-06-13 15:00:00"), row("b2")
    with serving(rows(late, early)) as server:
        assert [each.ref for each in find(desk(server.url))] == ["b2", "a1"]

    (seen,) = server.seen
    assert (seen.method, seen.path) == ("GET", "/api/now/table/incident")
    assert seen.query["sysparm_query"] == f"correlation_id={KEY}^ORDERBYsys_created_on"
    assert seen.query["sysparm_exclude_reference_link"] == "true"
    assert seen.query["sysparm_display_value"] == "all"
    assert "correlation_id" in seen.query["sysparm_fields"].split(",")
    assert seen.headers["accept"] == "application/json"
    assert seen.headers["authorization"] == "Basic c3ZjOnZlcnktc2VjcmV0"


@pytest.mark.parametrize("reply", [rows(), failure(404, "No Record found", "or ACL restricts")])
def test_it_finds_nothing_where_nothing_matches(reply: Reply) -> None:
    with serving(reply) as server:
        assert find(desk(server.url)) == []


@pytest.mark.parametrize("foreign", [row("b2", key="another"), row("b2", key="")])
def test_it_notices_an_instance_that_ignored_the_search(foreign: dict[str, Any]) -> None:
    with serving(rows(foreign)) as server:
        error = refused(server.url, find)

    assert error.permanent
    assert "ignored the search" in str(error)


def test_it_knows_its_own_among_everything() -> None:
    with serving(rows(row("b2", key="another"), row())) as server:
        found = find(desk(server.url))

    assert [each.correlation_key for each in found] == [KEY]


def test_it_does_not_take_a_hidden_record_for_none() -> None:
    with serving(rows(X_Total_Count="1")) as server:
        error = refused(server.url, find)

    assert error.permanent
    assert "hide" in str(error)


@pytest.mark.parametrize("total", ["1", "0", "", "many", "-5"])
def test_it_is_not_confused_by_the_count(total: str) -> None:
    with serving(rows(row(), X_Total_Count=total)) as server:
        assert len(find(desk(server.url))) == 1


def test_it_asks_nothing_with_a_key_that_would_change_the_query() -> None:
    with serving(rows()) as server:
        error = refused(server.url, lambda snow: snow.find("x^ORactive=true"))

    assert (error.permanent, server.seen) == (True, [])


def test_it_creates_one_incident() -> None:
    with serving(answering({"result": row("c3")}, status=201)) as server:
        made = create(desk(server.url))

    (seen,) = server.seen
    assert (made.ref, made.number, made.state, made.correlation_key) == ("c3", "INCc3", "New", KEY)
    assert (seen.method, seen.path) == ("POST", "/api/now/table/incident")
    assert seen.json["correlation_id"] == KEY
    assert all(isinstance(value, str) for value in seen.json.values())
    assert seen.query["sysparm_input_display_value"] == "true"
    assert seen.query["sysparm_display_value"] == "all"


def test_it_reads_in_chunks_and_leaves_out_what_is_gone() -> None:
    refs = [f"r{number}" for number in range(41)]
    with serving(rows(row("r0"), row("r7")), rows()) as server:
        found = desk(server.url).read([*refs, "r0"])

    assert [each.ref for each in found] == ["r0", "r7"]
    assert server.seen[0].query["sysparm_query"].startswith("sys_idINr0,r1,")
    assert server.seen[0].query["sysparm_limit"] == "40"
    assert server.seen[1].query["sysparm_query"] == "sys_idINr40^ORDERBYsys_id"


def test_it_asks_nothing_when_there_is_nothing_to_read() -> None:
    with serving(rows()) as server:
        assert desk(server.url).read([]) == []

    assert server.seen == []


def test_it_notices_records_it_did_not_ask_for() -> None:
    with serving(rows(row("a1"), row("zz"))) as server:
        assert refused(server.url, read).permanent


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 415])
@pytest.mark.parametrize("call", [create, find])
def test_it_gives_up_on_a_refusal(status: int, call: Call) -> None:
    with serving(failure(status, "Invalid table incident")) as server:
        error = refused(server.url, call)

    assert (error.permanent, error.ambiguous, len(server.seen)) == (True, False, 1)


def test_it_shows_what_a_business_rule_says() -> None:
    detail = (
        "Operation against file 'incident' was aborted by Business Rule 'Closed group"
        f"^{'4d' * 16}'.\nAsk the desk."
    )
    with serving(failure(403, "Operation Failed", detail)) as server:
        error = refused(server.url)

    assert str(error) == (
        "ServiceNow refused (403): Operation Failed: Operation against file 'incident' was "
        "aborted by Business Rule 'Closed group'. Ask the desk."
    )


@pytest.mark.parametrize("path", recorded("servicenow"), ids=lambda path: path.stem)
@pytest.mark.skipif(not recorded("servicenow"), reason="the shared payloads are not here")
def test_it_words_every_recorded_refusal(path: Path) -> None:
    if not path.stem.startswith("error_4"):
        return
    status = int(path.stem.split("_")[1])
    with serving(answering(load(path), status=status)) as server:
        error = refused(server.url)

    assert error.permanent is (status != 429)
    assert error.ambiguous is False


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry_After": "17"}, 17.0),
        ({}, None),
        ({"X_RateLimit_Reset": "1655128830", "Date": "Mon, 13 Jun 2022 14:00:00 GMT"}, 30.0),
        ({"X_RateLimit_Reset": "1655128000", "Date": "Mon, 13 Jun 2022 14:00:00 GMT"}, 0.0),
        ({"X_RateLimit_Reset": "1755128830", "Date": "Mon, 13 Jun 2022 14:00:00 GMT"}, 3600.0),
        ({"X_RateLimit_Reset": "1655128830"}, None),
        ({"X_RateLimit_Reset": "soon", "Date": "Mon, 13 Jun 2022 14:00:00 GMT"}, None),
        ({"X_RateLimit_Reset": "1655128830", "Date": "today"}, None),
    ],
)
def test_it_passes_on_how_long_to_wait(headers: dict[str, str], wait: float | None) -> None:
    with serving(answering({"error": {"message": "Rate"}}, status=429, **headers)) as server:
        error = refused(server.url)

    assert (error.retry_after, error.permanent, error.ambiguous) == (wait, False, False)


UNDECIDED: list[Reply] = [
    failure(500, "Transaction cancelled: maximum execution time exceeded"),
    raw(b"<html>maintenance</html>", status=503, kind="text/html"),
    raw(b"", status=502),
    raw(b"", status=408),
    HTML,
    TRUNCATED,
    raw(b'{"result":{"sys_id"', kind="application/json"),
    raw(b"", kind="application/json"),
    raw(b'{"result":[]}', kind="text/plain"),
    answering({"result": "done"}),
    answering({"result": [], "error": {"message": "late"}}),
    answering([]),
    resetting,
    hanging,
    cut_short,
]


@pytest.mark.parametrize("reply", UNDECIDED)
def test_it_says_so_when_the_incident_may_have_been_made(reply: Reply) -> None:
    with serving(reply) as server:
        error = refused(server.url)

    assert (error.permanent, error.ambiguous, len(server.seen)) == (False, True, 1)


@pytest.mark.parametrize("reply", UNDECIDED)
@pytest.mark.parametrize("call", [find, read])
def test_it_never_takes_a_broken_answer_for_nothing_found(reply: Reply, call: Call) -> None:
    with serving(reply) as server:
        error = refused(server.url, call)

    assert (error.permanent, error.ambiguous) == (False, False)


@pytest.mark.parametrize("record", [{}, {"number": "INC1"}, []])
def test_it_says_so_when_the_answer_to_a_create_is_no_record(record: Any) -> None:
    with serving(answering({"result": record}, status=201)) as server:
        assert refused(server.url).ambiguous


def test_it_says_that_an_instance_is_asleep() -> None:
    asleep = "The ServiceNow instance is asleep or shows a sign-in page."
    with serving(HTML) as server:
        assert str(refused(server.url, find)) == asleep
    with serving(raw(b"", status=302, Location="/login_redirect.do")) as server:
        error = refused(server.url)

    assert (str(error), error.permanent, error.ambiguous) == (asleep, False, False)


def test_it_knows_that_nothing_was_made_when_nobody_listens() -> None:
    error = refused(Closed.make().url)

    assert (error.permanent, error.ambiguous) == (False, False)


def test_it_calls_a_forbidden_address_permanent() -> None:
    config = ServiceNowConfig.from_settings(
        "https://169.254.169.254", {"username": "svc"}, {"password": PASSWORD}
    )
    with pytest.raises(ConnectorError, match="not allowed") as caught:
        ServiceNowDesk(config, Http(config.base_url)).find(KEY)

    assert (caught.value.permanent, caught.value.ambiguous) == (True, False)


NASTY = SHARED / "servicenow" / "nasty_200_truncated_with_error.txt"


@pytest.mark.skipif(not NASTY.exists(), reason="the shared payloads are not here")
def test_it_distrusts_the_recorded_200_cut_in_the_middle() -> None:
    with serving(raw(NASTY.read_bytes(), kind="application/json")) as server:
        error = refused(server.url, find)

    assert "incomplete" in str(error)
