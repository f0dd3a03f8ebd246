"""Files kept while somebody looks at them; what becomes of them; the undo of a whole import."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from pytest_django import Settings

from apps.accounts.models import Person
from apps.core import clock
from apps.ledger.models import Change
from apps.rollouts.models import ImportDraft, Programme, ScheduleChange, Site
from apps.rollouts.services import (
    GivenFile,
    ImportOptions,
    UnableToChangeSchedule,
    announce_change,
    import_draft,
    keep_draft,
    look_at_draft,
    purge_drafts,
    read_draft_as,
    undo_import,
)
from apps.rollouts.sheets import BadFile, NoColumn
from apps.rollouts.tasks import purge_imports
from portal.celery import app
from tests import build
from tests.rollouts.importing import (
    DECISION,
    FIRST,
    NOW,
    PLAIN,
    SECOND,
    WHOLE,
    make_programme,
    standing,
    table,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
PLAN = table("442,2022-05-09,2", "358,2022-05-09,2")


@pytest.fixture
def programme() -> Programme:
    return make_programme()


@pytest.fixture
def pam(programme: Programme) -> Person:
    return build.person("pam", programme)


def keep(
    pam: Person, content: bytes = PLAN, kind: str = "schedule", options: ImportOptions = PLAIN
) -> ImportDraft:
    given = GivenFile(kind=kind, name="plan.csv", content=content)
    programme = Programme.objects.get()
    return keep_draft(programme=programme, person=pam, given=given, options=options, now=NOW)


def take_over(draft: ImportDraft, digest: str = "") -> ImportDraft:
    return import_draft(draft=draft, decision=DECISION, digest=digest, now=NOW)


def undo(draft: ImportDraft) -> ImportDraft:
    return undo_import(draft=draft, actor="pam", origin="page", now=NOW)


def test_a_file_is_kept_and_looked_at(pam: Person) -> None:
    seen = look_at_draft(draft=keep(pam), now=NOW)
    assert seen.counts == {"added": 1, "moved": 1, "changed": 0, "cancelled": 0}


def test_what_cannot_be_read_at_all_is_not_kept(pam: Person) -> None:
    with pytest.raises(BadFile, match="XLSX"):
        keep(pam, b"PK\x03\x04 nonsense")
    assert not ImportDraft.objects.exists()


def test_of_one_person_the_last_ten_are_kept(pam: Person, programme: Programme) -> None:
    other = keep(build.person("dee", programme))
    drafts = [keep(pam).pk for _ in range(12)]
    assert set(ImportDraft.objects.values_list("pk", flat=True)) == {other.pk, *drafts[2:]}


def test_it_is_done_once_and_the_file_is_let_go(pam: Person) -> None:
    draft = keep(pam)
    done = take_over(draft, look_at_draft(draft=draft, now=NOW).digest)
    assert standing() == {"442": SECOND, "358": SECOND, "636": FIRST}
    changes = ScheduleChange.objects.order_by("-pk")[:2]
    assert sorted(done.changes) == sorted(one.pk for one in changes)
    assert (done.counts["moved"], bytes(done.content)) == (1, b"")
    assert take_over(draft).done_at == done.done_at
    assert ScheduleChange.objects.count() == 3


def test_sites_are_done_too(pam: Person) -> None:
    draft = keep(pam, table("442,Cheyenne VA", head="number,name"), kind="sites")
    assert take_over(draft).counts["changed"] == 1
    assert Site.objects.get(number="442").name == "Cheyenne VA"


def test_what_headers_mean_is_remembered_for_the_programme(
    pam: Person, programme: Programme
) -> None:
    content = table("442,2022-05-09", head="Sta3n,Cut-over")
    draft = keep(pam, content)
    with pytest.raises(NoColumn):
        look_at_draft(draft=draft, now=NOW)
    read = read_draft_as(
        draft=draft, options=WHOLE, columns={"Sta3n": "site", "Cut-over": "planned_on"},
        actor="pam", origin="page", now=NOW,
    )  # fmt: skip
    assert look_at_draft(draft=read, now=NOW).counts["cancelled"] == 1
    assert look_at_draft(draft=keep(pam, content), now=NOW).counts["moved"] == 1
    programme.refresh_from_db()
    assert programme.import_columns == {"schedule": {"sta3n": "site", "cut over": "planned_on"}}
    assert Change.objects.filter(subject="programme", actor="pam").exists()


def test_a_whole_import_is_undone(pam: Person) -> None:
    before = standing()
    draft = take_over(keep(pam, table("442,2022-05-09,2", "358,2022-05-09,2"), options=WHOLE))
    assert len(draft.changes) == 3
    undone = undo(draft)
    assert standing() == before
    assert undone.undone_at is not None
    reason = "The import was undone: New plan"
    assert ScheduleChange.objects.filter(kind="cancel", reason=reason).count() == 1


def test_undoing_twice_does_no_harm(pam: Person) -> None:
    draft = take_over(keep(pam))
    first, count = undo(draft), ScheduleChange.objects.count()
    assert undo(draft).undone_at == first.undone_at
    assert ScheduleChange.objects.count() == count


def test_undone_it_can_be_imported_again(pam: Person) -> None:
    undo(take_over(keep(pam)))
    take_over(keep(pam))
    assert standing() == {"442": SECOND, "358": SECOND, "636": FIRST}


def test_what_was_announced_is_not_undone(pam: Person) -> None:
    draft = take_over(keep(pam))
    move = ScheduleChange.objects.get(kind="move")
    announce_change(change=move, actor="pam", origin="page", now=NOW)
    with pytest.raises(UnableToChangeSchedule, match="announced"):
        undo(draft)
    assert standing()["358"] == SECOND


def test_what_has_begun_since_is_not_undone_and_neither_is_the_rest(pam: Person) -> None:
    draft = take_over(keep(pam))
    with pytest.raises(UnableToChangeSchedule, match="roll it back"):
        undo_import(draft=draft, actor="pam", origin="page", now=NOW + 30 * DAY)
    assert standing()["442"] == SECOND


def test_an_import_of_sites_has_no_undo(pam: Person) -> None:
    draft = take_over(keep(pam, table("442,X", head="number,name"), kind="sites"))
    with pytest.raises(UnableToChangeSchedule, match="no schedule"):
        undo(draft)


def test_a_file_older_than_a_day_is_forgotten(pam: Person) -> None:
    draft = keep(pam)
    assert purge_drafts(now=NOW + DAY) == 0
    assert purge_drafts(now=NOW + DAY + timedelta(seconds=1)) == 1
    assert not ImportDraft.objects.filter(pk=draft.pk).exists()


def test_the_hourly_task_forgets_and_so_does_the_next_file(pam: Person, settings: Settings) -> None:
    draft = keep(pam)
    settings.CLOCK_OFFSET += (NOW + 2 * DAY - clock.now()).total_seconds()
    entry = app.conf.beat_schedule["purge-imports"]
    assert (entry["task"], entry["schedule"]) == (purge_imports.name, 3600.0)
    assert purge_imports() == 1
    ImportDraft.objects.create(
        programme=draft.programme, person=pam, kind="schedule", name="old", content=b"x",
        made_at=NOW - 2 * DAY,
    )  # fmt: skip
    keep(pam)
    assert [one.name for one in ImportDraft.objects.all()] == ["plan.csv"]


# --- at rest ------------------------------------------------------------------------------------


def raw() -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM rollouts_importdraft")
        return bytes(cursor.fetchone()[0])


def test_nobody_reads_a_file_in_the_database(pam: Person) -> None:
    draft = keep(pam, table("442,2022-05-09,2"))
    assert b"442" not in raw()
    draft.refresh_from_db()
    assert bytes(draft.content) == table("442,2022-05-09,2")
    take_over(draft)
    draft.refresh_from_db()
    assert draft.content == b""


@pytest.mark.django_db(transaction=True)
def test_files_kept_before_are_sealed_and_can_be_opened_again() -> None:
    before, after = ("rollouts", "0012_holiday_calendar"), ("rollouts", "0013_more_versions")
    draft = keep(build.person("pam", make_programme()))
    MigrationExecutor(connection).migrate([before])
    try:
        assert raw() == PLAN
    finally:
        MigrationExecutor(connection).migrate([after])
    assert PLAN not in raw()
    draft.refresh_from_db()
    assert bytes(draft.content) == PLAN
