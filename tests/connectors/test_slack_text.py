"""Slack's markup, blocks and attachments as text people read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.connectors.slack.client import escape
from apps.connectors.slack.text import MAX_TEXT, decode, readable


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain", "plain"),
        ("a &amp; b", "a & b"),
        ("1 &lt; 2 &gt; 0", "1 < 2 > 0"),
        ("&amp;lt;", "&lt;"),
        ("&nbsp; &quot;", "&nbsp; &quot;"),
        ("<@U1>", "@U1"),
        ("<@U1|ana>", "@ana"),
        ("<@U1|@ana>", "@ana"),
        ("<@W1|Ana &amp; Ben>", "@Ana & Ben"),
        ("<#C1|go-live>", "#go-live"),
        ("<#C1>", "#C1"),
        ("<#C1|>", "#C1"),
        ("<!here>", "@here"),
        ("<!here|here>", "@here"),
        ("<!channel>", "@channel"),
        ("<!everyone|@everyone>", "@everyone"),
        ("<!subteam^S1|@desk>", "@desk"),
        ("<!subteam^S1>", "@S1"),
        ("<!date^1656000000^{date_short}|Jun 23, 2022>", "Jun 23, 2022"),
        ("<!date^1656000000^{date}^https://a.gov|Jun 23>", "Jun 23"),
        ("<!date^1656000000^{date_short}>", "1656000000"),
        ("<https://a.gov/x?y=1&amp;z=2>", "https://a.gov/x?y=1&z=2"),
        ("<https://a.gov|the page>", "the page (https://a.gov)"),
        ("<https://a.gov/?a=1&amp;b=2|1 &lt; 2>", "1 < 2 (https://a.gov/?a=1&b=2)"),
        ("<http://a.gov|a.gov>", "http://a.gov"),
        ("<https://a.gov|https://a.gov>", "https://a.gov"),
        ("<mailto:ana@a.gov|ana@a.gov>", "ana@a.gov"),
        ("<tel:+13035550100|+13035550100>", "+13035550100"),
        (
            "~_*<@U1>*_~ <!here>: 442 is <http://x.gov|down>",
            "~_*@U1*_~ @here: 442 is down (http://x.gov)",
        ),
        ("a < b", "a < b"),
        ("a <b\nc> d", "a <b\nc> d"),
        ("<>", ""),
        ("<@>", "@"),
        ("<|x>", "x"),
    ],
)
def test_it_reads_markup(markup: str, text: str) -> None:
    assert decode(markup) == text


@given(st.text())
def test_it_reads_back_whatever_we_escape(text: str) -> None:
    assert decode(escape(text)) == text


@given(st.text())
def test_it_leaves_no_mention_in_what_we_escape(text: str) -> None:
    assert "<" not in escape(text)


RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "user", "user_id": "U1"},
                {"type": "text", "text": " 442 & 436 "},
                {"type": "emoji", "name": "ambulance", "unicode": "1f691"},
                {"type": "emoji", "name": "our_logo"},
                {"type": "link", "url": "https://a.gov", "text": "page"},
                {"type": "channel", "channel_id": "C1"},
                {"type": "broadcast", "range": "here"},
                {"type": "usergroup", "usergroup_id": "S1"},
                {"type": "date", "timestamp": 1656000000, "fallback": "Jun 23"},
            ],
        },
        {
            "type": "rich_text_list",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]},
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "two"}]},
            ],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "&amp; as typed"}]},
    ],
}


def test_it_reads_rich_text_when_there_is_no_other() -> None:
    inline = "@U1 442 & 436 \U0001f691:our_logo:page (https://a.gov)#C1@here@S1Jun 23"
    expected = f"{inline}\none\ntwo\n&amp; as typed"

    assert readable({"text": "", "blocks": [RICH]}) == expected


def test_it_prefers_the_text_itself() -> None:
    assert readable({"text": " hello ", "blocks": [RICH]}) == "hello"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (
            {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*a* &amp; b"}}]},
            "*a* & b",
        ),
        (
            {"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "a &amp; b"}}]},
            "a &amp; b",
        ),
        ({"blocks": [{"type": "markdown", "text": "a"}]}, "a"),
        (
            {
                "blocks": [
                    {
                        "type": "section",
                        "fields": [
                            {"type": "mrkdwn", "text": "Site"},
                            {"type": "mrkdwn", "text": "442"},
                        ],
                    }
                ]
            },
            "Site\n442",
        ),
        (
            {"blocks": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "<!here>"}]}]},
            "@here",
        ),
        ({"blocks": [{"type": "divider"}, {"type": "image", "image_url": "https://a.gov"}]}, ""),
        (
            {"attachments": [{"pretext": "p", "title": "t", "text": "x", "fallback": "f"}]},
            "p\nt\nx",
        ),
        ({"attachments": [{"fallback": "only &lt;this&gt;"}]}, "only <this>"),
        (
            {"attachments": [{"fields": [{"title": "Site", "value": "442"}, {"value": "bare"}]}]},
            "Site: 442\nbare",
        ),
        ({"attachments": [{"blocks": [RICH["elements"][1]]}]}, "one\ntwo"),
        ({"attachments": [{}, {"text": "second"}]}, "second"),
        (
            {"files": [{"title": "screen.png"}, {"name": "b.pdf"}]},
            "(file: screen.png)\n(file: b.pdf)",
        ),
        ({"files": [{"id": "F1", "file_access": "check_file_info"}]}, "(file: not shown to us)"),
        ({"text": None, "blocks": "x", "attachments": 7, "files": {}}, ""),
        ({}, ""),
    ],
)
def test_it_falls_back_to_blocks_attachments_and_files(message: dict[str, Any], text: str) -> None:
    assert readable(message) == text


@pytest.mark.parametrize("unstorable", ["\0", "\ud800"])
def test_it_replaces_what_cannot_be_stored(unstorable: str) -> None:
    assert readable({"text": f"a{unstorable}b"}) == "a\N{REPLACEMENT CHARACTER}b"


def test_it_keeps_at_most_what_slack_keeps() -> None:
    assert len(readable({"text": "x" * (MAX_TEXT + 1)})) == MAX_TEXT


def test_it_stops_at_blocks_nested_without_end() -> None:
    block: dict[str, Any] = {"type": "text", "text": "deep"}
    for _ in range(300):
        block = {"type": "rich_text", "elements": [block]}

    assert readable({"blocks": [block]}) == ""


def test_it_stops_at_sections_nested_without_end() -> None:
    block: dict[str, Any] = {"type": "text", "text": "deep"}
    for _ in range(300):
        block = {"type": "section", "elements": [block]}

    assert readable({"blocks": [block]}) == ""
