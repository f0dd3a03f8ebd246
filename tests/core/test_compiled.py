"""A query compiled once answers as Django does, for any keys, on the database of the run."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from pytest_django import DjangoAssertNumQueries

from apps.core.compiled import MOST, Compiled
from apps.oncall.models import Override, Rota, RotaVersion
from apps.rollouts.models import Programme
from tests import build

pytestmark = pytest.mark.django_db
MONDAY = date(2022, 5, 2)
NIGHTS = {"mon-sun": "20:00-06:00"}


def versions(keys: Sequence[int]) -> QuerySet[Any, Any]:
    rows = RotaVersion.objects.filter(rota__in=keys, follows_hours=False).order_by("-pk")
    return rows.values_list("rota__key", "made_at", "starts_on", "windows", "follows_hours", "pk")


def overrides(keys: Sequence[int]) -> QuerySet[Any, Any]:
    rotas = Rota.objects.filter(pk__in=keys).values("pk")
    return Override.objects.filter(rota__in=rotas).values_list("person__username", "starts_at")


def rotas() -> list[int]:
    programme = build.programme()
    return [made(programme, number) for number in range(3)]


def made(programme: Programme, number: int) -> int:
    row = Rota.objects.create(
        programme=programme, key=f"rota-{number}", name="Support", time_zone="America/New_York"
    )
    RotaVersion.objects.create(
        rota=row, effective_from=MONDAY, unit="day", hand_off="08:00", made_by="adi",
        starts_on=MONDAY, windows=NIGHTS if number == 1 else None, made_at=build.PLANNED_AT,
    )  # fmt: skip
    return row.pk


def test_it_answers_as_the_query_does_for_any_keys() -> None:
    keys, compiled = rotas(), Compiled(versions)
    for asked in ([keys[0]], [keys[1]], keys, keys[::-1], [keys[2], keys[1]], [10**9]):
        assert compiled.rows(asked) == list(versions(asked)), asked
    [row] = compiled.rows([keys[1]])
    assert row[0] == "rota-1"
    assert row[2:5] == (MONDAY, NIGHTS, False)


def test_it_sees_what_was_written_since() -> None:
    [key, *_], compiled = rotas(), Compiled(overrides)
    assert compiled.rows([key]) == []
    at = build.PLANNED_AT
    Override.objects.create(
        rota_id=key, duty="primary", person=build.person("zoe"), starts_at=at,
        ends_at=at + timedelta(hours=1), made_by="dee", made_at=at,
    )  # fmt: skip
    assert compiled.rows([key]) == [("zoe", at)]


def test_a_key_comes_twice_and_nothing_is_asked_without_keys(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    [key, *_], compiled = rotas(), Compiled(versions)
    assert compiled.rows([key, key]) == list(versions([key]))
    with django_assert_num_queries(0):
        assert compiled.rows([]) == []
    with django_assert_num_queries(1):
        assert len(compiled.rows([key])) == 1


def test_many_keys_are_asked_as_ever() -> None:
    keys, compiled = rotas(), Compiled(versions)
    many = [*keys, *range(10**6, 10**6 + MOST)]
    assert compiled.rows(many) == list(versions(many))
    assert len(compiled.rows(many)) == 3
