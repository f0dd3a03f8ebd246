"""Programmes, products, sites, waves, go-lives, and the support phase of a site."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Person
from apps.core import clock
from apps.core.api.params import instant
from apps.core.api.problems import Problem
from apps.core.api.views import ApiView, ReadList, ReadOne
from apps.rollouts.choices import Status
from apps.rollouts.models import GoLive, Product, Programme, Site, Wave
from apps.rollouts.rules import support_phase
from apps.rollouts.serializers import (
    GoLiveSerializer,
    PhaseSerializer,
    ProductSerializer,
    ProgrammeSerializer,
    SiteSerializer,
    WaveSerializer,
)


class Programmes(ReadList[Programme]):
    """The programmes the caller belongs to."""

    queryset = Programme.objects.all()
    serializer_class = ProgrammeSerializer
    ordering = ("key",)
    ordering_fields = ("key", "first_week")


class Products(ReadList[Product]):
    """What goes live."""

    queryset = Product.objects.select_related("programme")
    serializer_class = ProductSerializer
    ordering = ("id",)
    ordering_fields = ("id", "key")


class SiteFilter(django_filters.FilterSet):
    """`search` looks in number and name."""

    search = django_filters.CharFilter(method="find")
    programme = django_filters.CharFilter("go_lives__programme__key", distinct=True)

    class Meta:
        model = Site
        fields = ["region", "state", "time_zone", "is_test"]

    def find(self, rows: QuerySet[Site], name: str, value: str) -> QuerySet[Site]:
        return rows.filter(number__istartswith=value) | rows.filter(name__icontains=value)


class Sites(ReadList[Site]):
    """The register of sites; it is the whole portal's."""

    queryset = Site.objects.select_related("parent")
    serializer_class = SiteSerializer
    filterset_class = SiteFilter
    ordering = ("number",)
    ordering_fields = ("number", "name", "region")

    def visible(self, rows: QuerySet[Site]) -> QuerySet[Site]:
        return rows


class OneSite(ReadOne[Site]):
    """One site by its number."""

    queryset = Site.objects.select_related("parent")
    serializer_class = SiteSerializer
    lookup_field = "number"

    def visible(self, rows: QuerySet[Site]) -> QuerySet[Site]:
        return rows


class Waves(ReadList[Wave]):
    """The weeks of the programmes."""

    queryset = Wave.objects.select_related("programme")
    serializer_class = WaveSerializer
    ordering = ("id",)
    ordering_fields = ("id", "number", "starts_on")


class GoLiveFilter(django_filters.FilterSet):
    """Filters of go-lives."""

    site = django_filters.CharFilter("site__number")
    product = django_filters.CharFilter("product__key")
    programme = django_filters.CharFilter("programme__key")
    wave = django_filters.NumberFilter("wave__number")

    class Meta:
        model = GoLive
        fields = ["status", "planned_on"]


class GoLives(ReadList[GoLive]):
    """Which product goes live where, and when."""

    queryset = GoLive.objects.select_related("programme", "site", "product", "wave")
    serializer_class = GoLiveSerializer
    filterset_class = GoLiveFilter
    ordering = ("id",)
    ordering_fields = ("id", "planned_on")


class SitePhase(ApiView):
    """The support phase of a site for a product at an instant."""

    @extend_schema(
        parameters=[
            OpenApiParameter("product", str, description="Needed when the site has several."),
            OpenApiParameter("programme", str, description="Needed when it is ambiguous."),
            OpenApiParameter("at", str, description="An instant; now if left out."),
        ],
        responses=PhaseSerializer,
    )
    def get(self, request: Request, number: str) -> Response:
        row = _go_live(request, number)
        phase = support_phase(row.facts(), instant(request, "at") or clock.now())
        facts = {
            "site": number,
            "product": row.product.key,
            "programme": row.programme.key,
            "phase": phase.key,
            "since": phase.since,
            "until": phase.until,
        }
        return Response(PhaseSerializer(facts).data)


def _go_live(request: Request, number: str) -> GoLive:
    """The one go-live asked about. Raises Http404, or Problem 400 when several fit."""
    person = request.user
    assert isinstance(person, Person)  # noqa: S101 - the policy lets nobody else through
    rows: Any = GoLive.objects.with_facts().visible_to(person).filter(site__number=number)
    rows = rows.select_related("site", "programme", "product")  # one row: one query
    for name in ("programme", "product"):
        if value := request.query_params.get(name):
            rows = rows.filter(**{f"{name}__key": value})
    found: list[GoLive] = list(rows)
    standing = list(_latest(found).values())
    if not standing:
        raise Http404
    if len(standing) > 1:
        raise _ambiguous(standing)
    return standing[0]


def _latest(rows: Iterable[GoLive]) -> dict[tuple[int, int], GoLive]:
    """For each programme and product the one that stands, else the latest that was cancelled."""
    by_age = sorted(rows, key=lambda row: (row.status != Status.CANCELLED, row.pk))
    return {(row.programme_id, row.product_id): row for row in by_age}


def _ambiguous(rows: list[GoLive]) -> Problem:
    name = "programme" if len({row.programme_id for row in rows}) > 1 else "product"
    choices = sorted({getattr(row, name).key for row in rows})
    words = f"Say which {name}: {', '.join(choices)}."
    return Problem(400, words, errors={name: [words]})
