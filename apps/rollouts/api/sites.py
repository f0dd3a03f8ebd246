"""The register of sites, which is the whole portal's, and the support phase of one."""

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.params import instant
from apps.core.api.problems import Problem
from apps.core.api.views import ApiView, KeyedPost, ReadList
from apps.rollouts.api.writes import EditOne, Registered, person_of
from apps.rollouts.models import Site
from apps.rollouts.phase_of_site import Ambiguous, phase_of_site
from apps.rollouts.serializers import EditSiteForm, NewSiteForm, PhaseSerializer, SiteSerializer


class SiteFilter(django_filters.FilterSet):
    """`search` looks in number and name."""

    search = django_filters.CharFilter(method="find")
    programme = django_filters.CharFilter("go_lives__programme__key", distinct=True)
    parent = django_filters.CharFilter("parent__number")

    class Meta:
        model = Site
        fields = ["region", "state", "time_zone", "is_test"]

    def find(self, rows: QuerySet[Site], name: str, value: str) -> QuerySet[Site]:
        return rows.filter(number__istartswith=value) | rows.filter(name__icontains=value)


class Sites(ReadList[Site], Registered[Site], KeyedPost):
    """The register of sites; it is the whole portal's."""

    queryset = Site.objects.select_related("parent")
    serializer_class = SiteSerializer
    filterset_class = SiteFilter
    ordering = ("number",)
    ordering_fields = ("number", "name", "region")

    def visible(self, rows: QuerySet[Site]) -> QuerySet[Site]:
        return rows

    @extend_schema(request=NewSiteForm, responses={201: SiteSerializer})
    def post(self, request: Request) -> Response:
        """201 with the new site; it is in no programme until something goes live there."""
        return self.added(request, Site(**self.form(NewSiteForm, request)))


class OneSite(EditOne[Site]):
    """One site by its number."""

    queryset = Site.objects.select_related("parent")
    serializer_class = SiteSerializer
    form_class = EditSiteForm
    lookup_field = "number"

    def visible(self, rows: QuerySet[Site]) -> QuerySet[Site]:
        return rows

    @extend_schema(request=EditSiteForm, responses=SiteSerializer)
    def patch(self, request: Request, number: str) -> Response:
        """200 with the site; 403 for one that only other programmes use; 409 or 412, with it, when
        somebody was faster."""
        return self.edited(request)

    def seen(self, request: Request) -> Site:
        found = super().seen(request)
        if not found.is_kept_by(person_of(request)):
            raise Problem(403, "Only programmes in which you do not decide use this site.")
        return found


class SitePhase(ApiView):
    """The support phase of a site for a product at an instant."""

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "product", str,
                description="Needed when the products of the site are in different phases then.",
            ),
            OpenApiParameter("programme", str, description="Needed when the site has several."),
            OpenApiParameter("at", str, description="An instant; now if left out."),
        ],
        responses=PhaseSerializer,
    )  # fmt: skip
    def get(self, request: Request, number: str) -> Response:
        """200 with the phase; 400 when it has to be said of which product or programme."""
        query, at = request.query_params, instant(request, "at") or clock.now()
        try:
            found = phase_of_site(
                person_of(request), number, at, product=query.get("product", ""),
                programme=query.get("programme", ""),
            )  # fmt: skip
        except Ambiguous as problem:
            words = {problem.field: [str(problem)]}
            raise Problem(400, str(problem), errors=words) from problem
        if found is None:
            raise Http404
        return Response(PhaseSerializer(found).data)
