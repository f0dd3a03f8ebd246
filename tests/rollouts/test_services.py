"""Saving programmes, products, waves, members and sites."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from apps.accounts.choices import Role
from apps.ledger.models import Change
from apps.rollouts import api, models, rules, serializers, services, sheets
from apps.rollouts.models import Membership, Product, Programme, Site, Wave
from apps.rollouts.services import (
    UnableToSaveSites,
    save_member,
    save_product,
    save_programme,
    save_sites,
    save_wave,
    set_programme,
)
from tests import build

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 4, 1, 12, tzinfo=UTC)
BY: dict[str, Any] = {"actor": "adi", "now": NOW}


def last_change() -> Change:
    return Change.objects.latest("pk")


def site(number: str, **more: Any) -> dict[str, Any]:
    facts = {"name": f"Place {number}", "parent": "", "region": "", "state": "",
             "time_zone": "UTC", "opening_hours": {}, "is_test": False}  # fmt: skip
    return {"number": number} | facts | more


def test_it_makes_a_programme_and_changes_it() -> None:
    programme = build.programme(key="p", pace=7)
    same, (before, after) = save_programme(key="p", columns={"pace": 9}, **BY)
    assert (same, before, after) == (programme, {"pace": 7}, {"pace": 9})
    assert (last_change().type, last_change().fields) == ("programme.changed", {"pace": [7, 9]})


def test_it_tells_dates_of_a_new_programme_as_text() -> None:
    columns = {name: getattr(build.programme(), name)
               for name in ("name", "first_week", "last_week", "time_zone")}  # fmt: skip
    _, (before, _) = save_programme(key="new", columns=columns, **BY)
    assert before is None
    assert (last_change().fields or {})["first_week"] == [None, "2022-05-02"]


def test_it_tells_nothing_when_nothing_changed() -> None:
    programme = build.programme(key="p", pace=7)
    for _ in range(2):
        save_programme(key="p", columns={"pace": 7}, **BY)
        save_product(programme=programme, key="app", columns={"name": "App"}, **BY)
        save_wave(programme=programme, number=1, columns={"starts_on": programme.first_week}, **BY)
        save_member(programme=programme, person=build.person("ana"), role="engineer", **BY)
        set_programme(programme=programme, name="labels", value={"site": "Branch"}, **BY)
        save_sites(sites=[site("442")], **BY)
    kinds = list(Change.objects.order_by("pk").values_list("subject", flat=True))
    assert kinds == ["product", "wave", "member", "programme", "site"]
    assert (Product.objects.count(), Wave.objects.count(), Membership.objects.count()) == (1, 1, 1)


def test_it_sets_a_column_of_a_programme() -> None:
    programme = build.programme()
    first = set_programme(programme=programme, name="labels", value={"site": "Shop"}, **BY)
    second = set_programme(programme=programme, name="labels", value={}, **BY)
    assert first == (None, {"labels": {"site": "Shop"}})
    assert second == ({"labels": {"site": "Shop"}}, {"labels": {}})
    assert Programme.objects.get().labels == {}


def test_it_gives_a_person_one_role() -> None:
    programme, ana = build.programme(), build.person("ana")
    assert save_member(programme=programme, person=ana, role="engineer", **BY)[0] is None
    was, is_now = save_member(programme=programme, person=ana, role="dm", **BY)
    assert (was, is_now) == ({"role": "engineer"}, {"role": "dm"})
    assert ana.roles_in(programme.pk) == {Role.DM}
    assert last_change().fields == {"role": ["engineer", "dm"]}


def test_it_leaves_roles_in_other_programmes_alone() -> None:
    ana = build.person("ana", build.programme())
    save_member(programme=build.programme(), person=ana, role="dm", **BY)
    assert ana.roles() == {Role.ENGINEER, Role.DM}


def test_it_refuses_a_role_that_is_none() -> None:
    with pytest.raises(ValueError, match="king"):
        save_member(programme=build.programme(), person=build.person("ana"), role="king", **BY)


def test_it_saves_sites_with_parents_in_any_order() -> None:
    diffs = save_sites(sites=[site("442GC", parent="442"), site("442")], **BY)
    assert [before for before, _ in diffs.values()] == [None, None]
    child = Site.objects.get(number="442GC")
    assert child.parent is not None
    assert child.parent.number == "442"


def test_it_changes_only_the_sites_that_differ() -> None:
    save_sites(sites=[site("442"), site("636")], **BY)
    kept = Site.objects.get(number="442").pk
    diffs = save_sites(sites=[site("442", name="Cheyenne"), site("636", parent="442")], **BY)
    assert diffs["442"][0] != diffs["442"][1]
    assert Site.objects.get(number="442").pk == kept
    told = Change.objects.order_by("-pk")[:2]
    assert {one.subject_key: one.fields for one in told} == {
        "442": {"name": ["Place 442", "Cheyenne"]},
        "636": {"parent": ["", "442"]},
    }


def test_it_takes_a_parent_away() -> None:
    save_sites(sites=[site("442"), site("442GC", parent="442")], **BY)
    save_sites(sites=[site("442GC")], **BY)
    assert Site.objects.get(number="442GC").parent is None


def test_it_keeps_what_the_file_does_not_speak_of() -> None:
    build.site("442", latitude=41.1, longitude=-104.8)
    save_sites(sites=[site("442", name="Cheyenne")], **BY)
    assert Site.objects.get().latitude == pytest.approx(41.1)


def test_it_refuses_all_sites_for_one_unknown_parent() -> None:
    with pytest.raises(UnableToSaveSites, match="site 636: no site '9'"):
        save_sites(sites=[site("442"), site("636", parent="9")], **BY)
    assert Site.objects.count() == Change.objects.count() == 0


def test_it_saves_a_thousand_sites_in_few_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    sites = [site(str(number)) for number in range(1056)]
    # SQLite takes at most 999 values at once: a hundred rows or so.
    with django_assert_max_num_queries(32):
        save_sites(sites=sites, **BY)
    with django_assert_max_num_queries(8):
        save_sites(sites=sites, **BY)
    assert Site.objects.count() == Change.objects.count() == 1056


def test_every_name_a_package_lists_is_there() -> None:
    for module in (services, models, serializers, api, sheets, rules):
        assert [name for name in module.__all__ if not hasattr(module, name)] == []
