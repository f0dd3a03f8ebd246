"""The audit page."""

import pytest
from django.db import connection

from apps.ledger.models import Change
from apps.ledger.services import record, seal
from apps.ledger.views import fields_of
from tests import build
from tests.pages import at_work, text_of

pytestmark = pytest.mark.django_db
NOW = build.MONDAY


def happen(programme_id: int | None, key: str, **more: object) -> None:
    fields = {"title": ["before", "after"], **more}
    record(subject="incident", subject_key=key, verb="opened", actor="ana", origin="page",
           programme_id=programme_id, now=NOW, fields=fields)  # fmt: skip


def test_it_shows_what_changed_newest_first() -> None:
    programme = build.programme()
    for number in range(60):
        happen(programme.pk, f"RC-{number}")
    seal(now=NOW)
    client = at_work(build.person("vic", programme))
    page = client.get("/audit/")
    assert page.context["lines"][0].change.subject_key == "RC-59"
    assert "<del>before</del>" in text_of(page)
    older = client.get(f"/audit/{page.context['older']}")
    assert [line.change.subject_key for line in older.context["lines"]][-1] == "RC-0"
    assert text_of(client.get("/audit/?subject_key=RC-7")).count("RC-7<") == 1
    assert client.get("/audit/?last=2022-06-26").context["lines"] == []
    assert len(client.get("/audit/?first=2022-06-27").context["lines"]) == 50


def test_it_hides_other_programmes_and_what_belongs_to_none() -> None:
    happen(build.programme().pk, "RC-1")
    happen(None, "RC-2")
    seal(now=NOW)
    assert "No changes yet" in text_of(
        at_work(build.person("vic", build.programme())).get("/audit/")
    )
    assert len(at_work(build.person("adi")).get("/audit/").context["lines"]) == 2


def test_the_csv_makes_no_formulas() -> None:
    programme = build.programme()
    happen(programme.pk, "=cmd()")
    seal(now=NOW)
    answer = at_work(build.person("vic", programme)).get("/audit/audit.csv")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]  # it streams
    assert "'=cmd()" in text


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        (None, ("purged", None, "the fields of this change were purged")),
        ({"a": [None, ""]}, ("a", "–", "–")),
        ({"a": {"b": 1}}, ("a", None, '{"b": 1}')),
    ],
)
def test_fields_are_shown_for_people(fields: object, shown: tuple[str, str | None, str]) -> None:
    assert fields_of(fields) == [shown]  # type: ignore[arg-type]  # as JSON has them


@pytest.mark.postgresql_only
def test_the_page_is_read_over_an_index() -> None:
    programme = build.programme()
    Change.objects.bulk_create(
        Change(at=NOW, actor="x", origin="x", programme_id=programme.pk + n % 50, subject="s",
               subject_key=str(n), verb="v", fields={}, fields_digest="", digest="", seq=n + 1)
        for n in range(5000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ledger_change")
    rows = Change.objects.filter(programme_id=programme.pk).exclude(seq=None).order_by("-seq")[:50]
    assert "Seq Scan" not in rows.explain()
