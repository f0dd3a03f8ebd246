"""Our own clients against the fakes: the answers they were written for, over real HTTP."""

from collections.abc import Iterator

import pytest

from apps.connectors.base import ConnectorError, TicketDraft
from apps.connectors.servicenow.client import ServiceNowDesk
from apps.connectors.servicenow.config import ServiceNowConfig
from apps.connectors.slack.client import SlackChat
from apps.connectors.slack.config import SlackConfig
from apps.core.http import Http, Limits
from apps.simulator.fakes.servicenow import FakeServiceNow
from apps.simulator.fakes.slack import FakeSlack

DRAFT = TicketDraft(
    correlation_key="rollcall-1",
    title="636 Omaha: check-in link gives an error",
    description="MSA has to check people in by hand",
    impact=2,
    urgency=2,
    group="Scheduling Support",
    category="software",
    caller="",
    work_note="Seen in Slack",
)
IMPATIENT = Limits(connect=1, read=0.3, total=0.5)


@pytest.fixture(params=["basic", "oauth"])
def desk(now_instance: FakeServiceNow, request: pytest.FixtureRequest) -> Iterator[ServiceNowDesk]:
    config = ServiceNowConfig(
        base_url=now_instance.url,
        auth=request.param,
        username=now_instance.username,
        password=now_instance.password,
        client_id=now_instance.client_id,
        client_secret=now_instance.client_secret,
    )
    with Http(now_instance.url, limits=IMPATIENT) as http:
        yield ServiceNowDesk(config, http)


@pytest.fixture
def chat(workspace: FakeSlack) -> Iterator[SlackChat]:
    config = SlackConfig(base_url=workspace.api_url, bot_token=workspace.token)
    with Http(workspace.api_url, limits=IMPATIENT) as http:
        yield SlackChat(config, http)


def test_it_makes_finds_and_reads_a_ticket(
    desk: ServiceNowDesk, now_instance: FakeServiceNow
) -> None:
    assert desk.find(DRAFT.correlation_key) == []
    made = desk.create(DRAFT)
    assert (made.number, made.state, made.group) == ("INC0010001", "New", "Scheduling Support")
    assert desk.find(DRAFT.correlation_key) == [made]
    now_instance.update(made.ref, state="2")
    (read,) = desk.read([made.ref, "0" * 32])
    assert (read.state, read.mod_count) == ("In Progress", 1)
    (note,) = now_instance.records("sys_journal_field")
    assert note["value"] == "Seen in Slack"


@pytest.mark.parametrize(
    "fault",
    ["commit_then_500", "commit_then_hang", "commit_then_reset", "truncated", "html", "reset"],
)
def test_it_is_told_that_the_outcome_is_open(
    desk: ServiceNowDesk, now_instance: FakeServiceNow, fault: str
) -> None:
    now_instance.switch(fault, times=1, method="POST")
    with pytest.raises(ConnectorError) as told:
        desk.create(DRAFT)
    assert told.value.ambiguous
    assert now_instance.quiet()
    assert len(desk.find(DRAFT.correlation_key)) == len(now_instance.records())


@pytest.mark.parametrize("fault", ["business_rule", "forbidden"])
def test_it_is_told_that_repeating_cannot_help(
    desk: ServiceNowDesk, now_instance: FakeServiceNow, fault: str
) -> None:
    now_instance.switch(fault, method="POST", path="incident")
    with pytest.raises(ConnectorError) as told:
        desk.create(DRAFT)
    assert (told.value.permanent, told.value.ambiguous) == (True, False)


def test_it_is_told_when_to_come_back(desk: ServiceNowDesk, now_instance: FakeServiceNow) -> None:
    now_instance.switch("rate_limited", retry_after=17)
    with pytest.raises(ConnectorError) as told:
        desk.find(DRAFT.correlation_key)
    assert told.value.retry_after == 17


def test_it_posts_in_a_thread_and_finds_its_post_by_key(
    chat: SlackChat, workspace: FakeSlack
) -> None:
    root = workspace.add_message("C0HELP", "help")["ts"]
    ref = chat.post(channel_ref="C0HELP", thread_ref=root, text="INC1 & <you>", key="k1")
    assert chat.find_post(channel_ref="C0HELP", thread_ref=root, key="k1") == ref
    assert chat.find_post(channel_ref="C0HELP", thread_ref=root, key="k2") is None
    (post,) = workspace.posts("C0HELP", root)
    assert post["text"] == "INC1 &amp; &lt;you&gt;"


@pytest.mark.parametrize("fault", ["commit_then_500", "commit_then_reset", "commit_then_hang"])
def test_it_finds_the_post_it_was_not_told_of(
    chat: SlackChat, workspace: FakeSlack, fault: str
) -> None:
    root = workspace.add_message("C0HELP", "help")["ts"]
    workspace.switch(fault, times=1)
    with pytest.raises(ConnectorError) as told:
        chat.post(channel_ref="C0HELP", thread_ref=root, text="x", key="k1")
    assert told.value.ambiguous
    assert workspace.quiet()
    found = chat.find_post(channel_ref="C0HELP", thread_ref=root, key="k1")
    assert found == workspace.posts("C0HELP", root)[0]["ts"]


def test_it_is_told_of_a_limit_and_of_a_closed_channel(
    chat: SlackChat, workspace: FakeSlack
) -> None:
    workspace.switch("rate_limited", times=1, retry_after=9)
    with pytest.raises(ConnectorError) as limited:
        chat.post(channel_ref="C0HELP", thread_ref="", text="x", key="k")
    assert (limited.value.retry_after, limited.value.permanent) == (9, False)
    with pytest.raises(ConnectorError) as refused:
        chat.post(channel_ref="C0PRIVATE", thread_ref="", text="x", key="k")
    assert refused.value.permanent
