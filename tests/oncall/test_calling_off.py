"""A change of a rota that is still to come is called off; what counts already stays."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from apps.ledger.models import Change
from apps.oncall.choices import Unit
from apps.oncall.models import Rota, RotaVersion
from apps.oncall.rules import final_schedule, why_it_stays
from apps.oncall.services import LayerDraft, Place, UnableToSaveRota, call_off, draft_of, save_rota
from apps.rollouts.models import Programme
from tests import build
from tests.oncall import rows
from tests.pages import at_work, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_its_now")]
NOW = datetime(2022, 5, 11, 15, tzinfo=UTC)
JUNE = date(2022, 6, 1)


@pytest.fixture
def programme() -> Programme:
    made = build.programme()
    save(made, rows.draft(), rows.NOW)
    return made


def save(programme: Programme, draft: Any, now: datetime = NOW) -> None:
    save_rota(programme=programme, key="support", draft=draft, actor="pam", origin="page", now=now)


def found() -> Rota:
    return Rota.objects.with_facts().get()


def schedule() -> list[Any]:
    start, end = datetime(2022, 5, 2, tzinfo=UTC), datetime(2022, 7, 4, tzinfo=UTC)
    return final_schedule(found().facts(), start, end)


def newest() -> RotaVersion:
    return RotaVersion.objects.latest("pk")


def off(version: RotaVersion, now: datetime = NOW) -> None:
    call_off(version=version, actor="dee", origin="page", now=now)


def test_what_was_said_before_goes_on_and_the_ledger_keeps_what_was_to_come(
    programme: Programme,
) -> None:
    before = schedule()
    save(programme, rows.draft({"primary": ["dev"]}, effective_from=JUNE))
    assert schedule() != before
    version = newest()
    off(version)
    off(version)
    assert schedule() == before
    [entry] = Change.objects.filter(subject="rota", verb="called_off")
    fields: Any = entry.fields
    assert fields["effective_from"] == "2022-06-01"
    assert "dev" in str(fields["duties"])
    save(programme, rows.draft({"primary": ["dee"]}))  # it may be edited before June again


def test_what_counts_already_stays(programme: Programme) -> None:
    save(programme, rows.draft({"primary": ["dev"]}))
    for now in (NOW, datetime(2022, 8, 1, tzinfo=UTC)):
        with pytest.raises(UnableToSaveRota, match="counts already"):
            off(newest(), now)
    assert RotaVersion.objects.count() == 2


def test_the_last_change_goes_first(programme: Programme) -> None:
    save(programme, rows.draft({"primary": ["dev"]}, effective_from=JUNE))
    first = newest()
    save(programme, rows.draft({"primary": ["dee"]}, effective_from=date(2022, 6, 8)))
    with pytest.raises(UnableToSaveRota, match="2022-06-08: call that off first"):
        off(first)
    off(newest())
    off(first)
    assert RotaVersion.objects.count() == 1


def test_all_that_a_rota_says_is_not_called_off_but_a_layer_to_come_is(
    programme: Programme,
) -> None:
    with pytest.raises(UnableToSaveRota, match="all the rota says"):
        off(RotaVersion.objects.get(), datetime(2022, 4, 1, tzinfo=UTC))
    nights = LayerDraft(
        key="nights", unit=Unit.WEEK, hand_off="mon 20:00", starts_on=JUNE, windows=None,
        duties={"primary": [Place(person=build.person("dev", programme))]},
    )  # fmt: skip
    draft = draft_of(found())
    draft = type(draft)(**vars(draft) | {"layers": [nights], "effective_from": JUNE})
    before = schedule()
    save(programme, draft)
    off(newest())
    assert schedule() == before


def test_it_is_called_off_on_the_rotas_page(programme: Programme) -> None:
    dee, vic = build.person("dee", programme), build.person("vic", programme)
    save(programme, rows.draft({"primary": ["dev"]}, effective_from=JUNE))
    path = f"/oncall/rotas/{found().pk}/"
    assert "Call it off" not in text_of(at_work(vic).get(path))
    page = at_work(dee)
    shown = text_of(page.get(path))
    assert shown.count("Call it off") == 1
    assert "from Wed 1 Jun 2022 on; until then the version before it" in shown
    address = f"{path}versions/{newest().pk}/call-off/"
    assert at_work(vic).post(address).status_code == 403
    assert "The change of 1 Jun 2022 is called off." in text_of(page.post(address, follow=True))
    assert "This change is no more." in text_of(page.post(address, follow=True))
    first = RotaVersion.objects.get().pk
    kept = page.post(f"{path}versions/{first}/call-off/", follow=True)
    assert "It counts already" in text_of(kept)


def test_an_edit_that_it_would_undo_says_that_it_may_be_called_off(
    programme: Programme,
) -> None:
    save(programme, rows.draft({"primary": ["dev"]}, effective_from=JUNE))
    with pytest.raises(UnableToSaveRota, match="or call that change off on the rota's page"):
        save(programme, rows.draft({"primary": ["dee"]}))


@pytest.mark.parametrize(
    ("days_ahead", "again", "is_all", "why"),
    [
        (1, None, False, ""),
        (0, None, False, "it counts already, and what was stays as it was"),
        (-1, JUNE, True, "it counts already, and what was stays as it was"),
        (1, JUNE, True, "it changes again on 2022-06-01: call that off first"),
        (1, None, True, "this is all the rota says: edit it instead"),
    ],
)
def test_why_a_version_stays(days_ahead: int, again: date | None, is_all: bool, why: str) -> None:
    today = NOW.date()
    effective_from = today + timedelta(days=days_ahead)
    assert why_it_stays(effective_from, today, changes_again_on=again, is_all=is_all) == why
