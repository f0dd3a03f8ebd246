"""Each fault of the workspace: what the client sees, and whether a message was posted."""

from typing import Any

import pytest

from apps.simulator.fakes.slack import FakeSlack
from tests.simulator.asking import Answer, ask, slack


def _post(fake: FakeSlack, timeout: float = 10.0) -> Any:
    return slack(fake, "chat.postMessage", channel="C0HELP", text="x", timeout=timeout)


def _raw(fake: FakeSlack) -> Answer:
    headers = {"Authorization": f"Bearer {fake.token}"}
    query = {"channel": "C0HELP", "text": "x"}
    return ask("POST", fake.api_url + "chat.postMessage", query=query, headers=headers)


def test_it_is_covered_here_fault_by_fault(workspace: FakeSlack) -> None:
    assert set(workspace.switches.faults) == {
        *("rate_limited", "error", "error_500", "commit_then_500", "html", "redirect"),
        *("unavailable", "reset", "commit_then_reset", "hang", "commit_then_hang", "slow"),
    }


@pytest.mark.parametrize(("wait", "header"), [(30, "30"), (None, None)])
def test_it_limits_the_rate(workspace: FakeSlack, wait: int | None, header: str | None) -> None:
    workspace.switch("rate_limited", times=1, retry_after=wait)
    answer = _raw(workspace)
    assert (answer.status, answer.json) == (429, {"ok": False, "error": "ratelimited"})
    assert answer.headers["Retry-After"] == header
    assert workspace.posts("C0HELP") == []
    assert _post(workspace)["ok"] is True


@pytest.mark.parametrize("code", ["is_archived", "token_revoked", "fatal_error"])
def test_it_refuses_with_the_chosen_code(workspace: FakeSlack, code: str) -> None:
    workspace.switch("error", words=code)
    answer = _raw(workspace)
    assert (answer.status, answer.json) == (200, {"ok": False, "error": code})
    assert workspace.posts("C0HELP") == []


def test_it_can_fail_in_one_method_only(workspace: FakeSlack) -> None:
    workspace.switch("error", words="missing_scope", path="conversations.replies")
    assert _post(workspace)["ok"] is True
    answer = slack(workspace, "conversations.replies", channel="C0HELP", ts="1.000000")
    assert answer["error"] == "missing_scope"


@pytest.mark.parametrize(("fault", "posted"), [("error_500", 0), ("commit_then_500", 1)])
def test_it_fails_before_or_after_it_has_posted(
    workspace: FakeSlack, fault: str, posted: int
) -> None:
    workspace.switch(fault, times=1)
    answer = _raw(workspace)
    assert (answer.status, answer.headers.get_content_type()) == (500, "text/html")
    assert len(workspace.posts("C0HELP")) == posted


@pytest.mark.parametrize(("fault", "posted"), [("reset", 0), ("commit_then_reset", 1)])
def test_it_resets_before_or_after_it_has_posted(
    workspace: FakeSlack, fault: str, posted: int
) -> None:
    workspace.switch(fault, times=1)
    with pytest.raises(ConnectionResetError):
        _post(workspace)
    assert len(workspace.posts("C0HELP")) == posted


@pytest.mark.parametrize(("fault", "posted"), [("hang", 0), ("commit_then_hang", 1)])
def test_it_hangs_before_or_after_it_has_posted(
    workspace: FakeSlack, fault: str, posted: int
) -> None:
    workspace.switch(fault, times=1, seconds=60)
    with pytest.raises(TimeoutError):
        _post(workspace, timeout=0.2)
    assert workspace.quiet()
    assert len(workspace.posts("C0HELP")) == posted


@pytest.mark.parametrize(
    ("fault", "status"), [("html", 200), ("unavailable", 503), ("redirect", 302)]
)
def test_it_shows_pages_for_people(workspace: FakeSlack, fault: str, status: int) -> None:
    workspace.switch(fault)
    answer = _raw(workspace)
    assert (answer.status, answer.headers.get_content_type()) == (status, "text/html")
    assert workspace.posts("C0HELP") == []


def test_it_answers_slowly(workspace: FakeSlack) -> None:
    workspace.switch("slow", seconds=0.1)
    assert _post(workspace)["ok"] is True
