"""Tags of templates: times in two zones, clocks, avatars, queries."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

NOW = datetime(2022, 6, 27, 14, 40, tzinfo=UTC)


def shown(source: str, **facts: Any) -> str:
    return Template("{% load rollcall %}" + source).render(Context({"now": NOW, **facts}))


@pytest.mark.parametrize(
    ("minutes", "words", "kind"),
    [
        (-42, "Overdue 42 min", "danger"),
        (-1, "Overdue 1 min", "danger"),
        (0, "Due now", "danger"),
        (0.5, "Due now", "warning"),
        (12, "Due in 12 min", "warning"),
        (60, "Due in 1 h", "warning"),
        (110, "Due 16:30", "info"),
        (24 * 60, "Tomorrow 14:40", "neutral"),
        (3 * 24 * 60, "Thu 30 Jun 14:40", "neutral"),
    ],
)
def test_it_says_when_something_is_due(minutes: float, words: str, kind: str) -> None:
    html = shown("{% due at now %}", at=NOW + timedelta(minutes=minutes))
    assert words in html
    assert f'class="badge {kind}"' in html


def test_it_says_any_time_without_a_due_time() -> None:
    assert "Any time" in shown("{% due at now %}", at=None)


def test_it_shows_the_readers_zone_and_the_sites() -> None:
    with timezone.override(ZoneInfo("America/New_York")):
        assert ">27 Jun 10:40<" in shown("{% instant now %}")
    assert "27 Jun 08:40 MDT" in shown('{% instant now "America/Denver" %}')
    assert ">08:40 MDT<" in shown('{% instant now "America/Denver" "time" %}')


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (3, "17:40"),
        (-3, "11:40"),
        (24, "Tue 14:40"),
        (6 * 24, "Sun 14:40"),
        (7 * 24, "4 Jul 14:40"),
    ],
)
def test_it_shortens_an_instant_of_these_days(hours: int, words: str) -> None:
    html = shown("{% near at now %}", at=NOW + timedelta(hours=hours))
    assert f">{words}<" in html


def test_it_says_how_long_ago_something_was() -> None:
    assert ">just now<" in shown("{% ago at now %}", at=NOW - timedelta(seconds=30))
    assert ">12 min ago<" in shown("{% ago at now %}", at=NOW - timedelta(minutes=12))


def test_it_keeps_the_exact_instant_for_machines() -> None:
    assert 'datetime="2022-06-27T14:40:00Z"' in shown("{% instant now %}")


@pytest.mark.parametrize(
    ("name", "initials"), [("Ana Ortiz", "AO"), ("Cher", "C"), ("A van der B", "AB")]
)
def test_it_makes_initials(name: str, initials: str) -> None:
    assert f">{initials}<" in shown("{% avatar person %}", person=name)


def test_it_escapes_what_people_wrote() -> None:
    html = shown("{% badge words %}", words="<script>alert(1)</script>")
    assert "<script>" not in html


def test_it_changes_one_name_of_the_query_and_starts_the_pages_anew() -> None:
    request = RequestFactory().get("/incidents/?state=new&site=442&cursor=abc")
    html = shown("{% with_query state='' severity=2 %}", request=request)
    assert html == "?site=442&amp;severity=2"


def test_it_shows_a_phase_in_the_programmes_own_words() -> None:
    class Bank:
        phases = [{"key": "go_live_week", "label": "Hypercare"}]

    assert "Hypercare" in shown('{% phase "go_live_week" bank %}', bank=Bank())
    assert "Rolled back" in shown('{% phase "rolled_back" bank %}', bank=Bank())


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 min"), (59, "59 min"), (60, "1 h"), (110, "1 h 50"), (3000, "2 d")],
)
def test_it_says_an_age_in_words(minutes: int, words: str) -> None:
    assert f">{words}<" in shown("{% age at now %}", at=NOW - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("word", "several"),
    [
        ("Site", "Sites"), ("Station", "Stations"), ("Branch", "Branches"), ("Campus", "Campuses"),
        ("Facility", "Facilities"), ("Bay", "Bays"), ("Box", "Boxes"), ("y", "ys"), ("", "s"),
    ],
)  # fmt: skip
def test_a_programmes_own_word_has_a_plural(word: str, several: str) -> None:
    assert shown("{{ word|plural }}", word=word) == several
