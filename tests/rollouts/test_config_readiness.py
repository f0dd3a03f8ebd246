"""programme.yaml: the checklist, applied twice, changed, retired, exported."""

from pathlib import Path

import pytest
from django.core.management import call_command

from apps.rollouts.choices import Readiness
from apps.rollouts.models import ReadinessItem, ReadinessTemplate
from apps.rollouts.services import Tick, tick
from tests import build
from tests.rollouts.files import HEAD, NOW, PRODUCT, WHOLE, apply, refused

pytestmark = pytest.mark.django_db
TRAINING = "{key: training, name: Training held, owner: pm, due: -7, blocks: true}"
AUDIT = "{key: audit, name: Audit, owner: devops, due: 1, products: [app]}"
FILE = f"{WHOLE}readiness: [{TRAINING}, {AUDIT}]\n"


def test_it_makes_the_checklist_and_its_items(tmp_path: Path) -> None:
    assert apply(tmp_path, FILE)[-2:] == ["+ readiness training", "+ readiness audit"]
    first, second = ReadinessTemplate.objects.order_by("position")
    assert (first.key, first.owner_role, first.offset_days, first.is_blocking) == (
        "training", "pm", -7, True,
    )  # fmt: skip
    assert [product.key for product in second.products.all()] == ["app"]
    assert ReadinessItem.objects.current().count() == 2


def test_it_changes_nothing_the_second_time(tmp_path: Path) -> None:
    apply(tmp_path, FILE)
    assert apply(tmp_path, FILE) == []


def test_a_file_without_it_leaves_it_alone(tmp_path: Path) -> None:
    apply(tmp_path, FILE)
    assert apply(tmp_path, WHOLE) == []
    assert ReadinessTemplate.objects.filter(retired_at=None).count() == 2


def test_it_shows_what_changes(tmp_path: Path) -> None:
    apply(tmp_path, FILE)
    changed = FILE.replace("due: -7", "due: -10").replace("name: Audit", "name: Audited")
    assert apply(tmp_path, changed) == [
        "~ readiness training: offset_days -7 → -10",
        "~ readiness audit: name 'Audit' → 'Audited'",
    ]


def test_what_left_the_file_is_retired_and_its_ticks_come_back(tmp_path: Path) -> None:
    apply(tmp_path, FILE)
    row = ReadinessItem.objects.get(template__key="audit")
    programme = row.template.programme
    tick(programme=programme, wanted={row.pk: Tick(Readiness.DONE, "report 7")},
         by=build.person("adi"), origin="page", now=NOW)  # fmt: skip
    assert apply(tmp_path, f"{WHOLE}readiness: [{TRAINING}]\n") == [
        "- readiness audit: its ticks are kept"
    ]
    assert not ReadinessItem.objects.current().filter(template__key="audit").exists()
    assert apply(tmp_path, FILE) == ["~ readiness audit: is_retired True → False"]
    row.refresh_from_db()
    assert (row.state, row.evidence) == ("done", "report 7")


def test_a_new_item_is_made_for_go_lives_that_are_there(tmp_path: Path) -> None:
    apply(tmp_path, WHOLE)
    assert apply(tmp_path, FILE) == ["+ readiness training", "+ readiness audit"]
    assert ReadinessItem.objects.count() == 2


def test_what_is_exported_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apply(tmp_path, FILE)
    capsys.readouterr()
    call_command("export")
    text = capsys.readouterr().out
    assert "readiness:\n" in text
    assert apply(tmp_path, text) == []
    assert apply(tmp_path, FILE) == []


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{key: a, name: A, owner: viewer, due: 1}", "readiness.owner"),
        ("{key: a, name: A, owner: pm, due: soon}", "readiness.due"),
        ("{key: a, name: A, owner: pm, due: -999}", "readiness.due"),
        ("{key: a, name: A, owner: pm}", "readiness.due"),
        ("{key: a b, name: A, owner: pm, due: 1}", "readiness.key"),
        ("{key: a, name: A, owner: pm, due: 1, blocks: true}", "readiness.blocks: what is due"),
        ("{key: a, name: A, owner: pm, due: 1, products: [web]}", "no product 'web'"),
        ("{key: a, name: A, owner: pm, due: 1, block: true}", "block"),
        (f"{AUDIT}, {AUDIT}", "audit stands here a second time"),
    ],
)
def test_it_says_what_is_wrong(tmp_path: Path, entry: str, words: str) -> None:
    (problem,) = refused(tmp_path, f"{HEAD}{PRODUCT}readiness: [{entry}]\n")
    assert words in problem
    assert not ReadinessTemplate.objects.exists()
