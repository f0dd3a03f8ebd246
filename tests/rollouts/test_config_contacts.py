"""programme.yaml: contacts and coordinates of sites, applied and exported."""

from pathlib import Path
from typing import Any

import pytest

from apps.core.config.problems import Refused
from apps.core.config.run import Outcome, Request, apply_file, config_sections
from apps.core.config.writing import export_text
from apps.ledger.models import Change
from apps.rollouts.models import Contact, Programme, Site
from tests.rollouts.test_contacts import NOW

pytestmark = pytest.mark.django_db
FILE = """
programme: {key: check-in, name: Check-in, first_week: 2022-05-02, last_week: 2022-08-22,
            time_zone: America/New_York}
products: [{key: echeckin, name: eCheck-in}]
sites:
  - number: "442"
    name: Cheyenne
    time_zone: America/Denver
    latitude: 41.15
    longitude: -104.79
    contacts:
      - {role: poc, role_label: Point of contact, name: Mia Moreno, email: mia@example.gov,
         phone: 307-555-0143, preferred: phone, note: "Away, on Fridays"}
      - {role: trainer, name: Lee Long, slack: U0LEE, product: echeckin}
  - {number: "636", name: Omaha, time_zone: America/Chicago}
"""


def applied(folder: Path, text: str = FILE, *, is_dry: bool = False) -> Outcome:
    path = folder / "programme.yaml"
    path.write_text(text, encoding="utf-8")
    request = Request(path=path, now=NOW, actor="system", is_dry=is_dry, environment={})
    return apply_file(request)


def changes(outcome: Outcome) -> list[str]:
    return [str(note) for note in outcome.notes if note.verb != "="]


def test_they_are_applied_once(tmp_path: Path) -> None:
    assert "+ contacts of 442" in changes(applied(tmp_path))
    poc, trainer = Contact.objects.order_by("role")
    assert (poc.phone, poc.preferred, poc.note) == ("307-555-0143", "phone", "Away, on Fridays")
    assert (trainer.role_label, str(trainer.product)) == ("Trainer", "eCheck-in")
    count = Change.objects.count()
    assert changes(applied(tmp_path)) == []
    assert Change.objects.count() == count


def test_a_dry_run_and_a_diff_say_no_word_about_the_person(tmp_path: Path) -> None:
    dry = applied(tmp_path, is_dry=True)
    assert not Contact.objects.exists()
    applied(tmp_path)
    text = FILE.replace("307-555-0143", "307-555-0199").replace("U0LEE", "U0LEON")
    said = " ".join([*map(str, dry.notes), *changes(applied(tmp_path, text))])
    assert "contacts of 442: changes nothing → 'changed'" in said
    assert not [word for word in ("Moreno", "555", "mia@", "U0LE") if word in said]


def test_a_site_that_does_not_speak_of_them_keeps_them(tmp_path: Path) -> None:
    applied(tmp_path)
    before, _, after = FILE.partition("    contacts:\n")
    applied(tmp_path, before + "  - {number: " + after.partition("  - {number: ")[2])
    assert Contact.objects.standing().count() == 2
    applied(tmp_path, before + "    contacts: []\n")
    assert not Contact.objects.standing().exists()


def test_what_is_exported_changes_nothing_when_it_is_applied(tmp_path: Path) -> None:
    applied(tmp_path)
    text = export_text(Programme.objects.get(), config_sections())
    assert "latitude: 41.15" in text
    assert "preferred: phone" in text
    assert changes(applied(tmp_path, text)) == []


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [("product: echeckin}", "product: nothing}", "no product 'nothing'"),
     ("preferred: phone", "preferred: slack", "preferred, and empty"),
     ("longitude: -104.79", "longitude: -204.79", "longitude"),
     ("    longitude: -104.79\n", "", "belong together"),
     ("slack: U0LEE", "telex: 12", "telex"),
     ("name: Lee Long", "name: ''", "name")],
)  # fmt: skip
def test_what_is_wrong_is_refused_and_nothing_loaded(
    tmp_path: Path, before: str, after: str, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        applied(tmp_path, FILE.replace(before, after))
    assert not Site.objects.exists()


@pytest.mark.parametrize("columns", [
    {"latitude": 91.0, "longitude": 0.0}, {"latitude": 1.0}, {"longitude": 1.0},
    {"latitude": 0.0, "longitude": -181.0}, {"time_zone": ""}, {"name": ""},
])  # fmt: skip
def test_the_register_holds_no_impossible_site(tmp_path: Path, columns: dict[str, Any]) -> None:
    applied(tmp_path)
    with pytest.raises(Exception, match="site_"):
        Site.objects.filter(number="636").update(**columns)


def test_no_site_is_its_own_parent(tmp_path: Path) -> None:
    applied(tmp_path)
    site = Site.objects.get(number="442")
    with pytest.raises(Exception, match="site_is_not_its_own_parent"):
        Site.objects.filter(pk=site.pk).update(parent=site)
