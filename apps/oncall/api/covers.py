"""Requests for cover and swaps over the API: asked, accepted, declined, taken back."""

from typing import Any

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Person
from apps.core import clock
from apps.core.api.views import KeyedPost, ReadList, ReadOne
from apps.oncall.api.standing import person_of, refused
from apps.oncall.models import CoverRequest
from apps.oncall.serializers import CoverForm, CoverSerializer
from apps.oncall.serializers.standing import PartForm
from apps.oncall.services import (
    UnableToOverride,
    accept_cover,
    ask_for_cover,
    decline_cover,
    withdraw_cover,
)


class CoverFilter(django_filters.FilterSet):
    """Filters of requests for cover."""

    rota = django_filters.CharFilter("rota__key")
    programme = django_filters.CharFilter("rota__programme__key")
    asked = django_filters.CharFilter("asked__username")
    asked_by = django_filters.CharFilter("asked_by__username")

    class Meta:
        model = CoverRequest
        fields = ["answer"]


class Covers(ReadList[CoverRequest], KeyedPost):
    """Requests for cover and swaps, the latest first; POST asks for one."""

    queryset = CoverRequest.objects.with_people()
    serializer_class = CoverSerializer
    filterset_class = CoverFilter
    ordering = ("-id",)
    ordering_fields = ("id", "starts_at")

    @extend_schema(request=CoverForm, responses={201: CoverSerializer})
    def post(self, request: Request) -> Response:
        """201 with the request, the same when it was asked already; 409 where the shift is not
        the caller's, or the one in return not the asked person's."""
        form = CoverForm(data=request.data, context={"person": person_of(request)})
        form.is_valid(raise_exception=True)
        facts = form.validated_data
        self.check_object_permissions(request, facts["rota"])
        back = facts.get("in_return")
        try:
            row = ask_for_cover(
                rota=facts["rota"], part=PartForm.part(facts), asked_by=person_of(request),
                asked=facts.get("asked"), in_return=PartForm.part(back) if back else None,
                message=facts["message"], origin="api", now=clock.now(),
            )  # fmt: skip
        except UnableToOverride as problem:
            raise refused(problem) from problem
        return Response(_shown(row), status=201)


class OneCover(ReadOne[CoverRequest]):
    """One request for cover."""

    queryset = CoverRequest.objects.with_people()
    serializer_class = CoverSerializer
    lookup_field = "pk"


class _Act(KeyedPost):
    """Find the request, act, answer with it as it is now."""

    def act(self, row: CoverRequest, person: Person) -> None:
        raise NotImplementedError

    def done(self, request: Request, pk: int) -> Response:
        rows = CoverRequest.objects.visible_to(person_of(request)).with_people()
        row = get_object_or_404(rows, pk=pk)
        self.check_object_permissions(request, row.rota)
        try:
            self.act(row, person_of(request))
        except UnableToOverride as problem:
            raise refused(problem) from problem
        return Response(_shown(row))


class AcceptCover(_Act):
    """Take the shift, and give one's own where it is a swap."""

    def act(self, row: CoverRequest, person: Person) -> None:
        accept_cover(request=row, person=person, origin="api", now=clock.now())

    @extend_schema(request=None, responses=CoverSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with the request; 409 where somebody else was faster."""
        return self.done(request, pk)


class DeclineCover(_Act):
    """Say no; only somebody who was asked by name can."""

    def act(self, row: CoverRequest, person: Person) -> None:
        decline_cover(request=row, person=person, origin="api", now=clock.now())

    @extend_schema(request=None, responses=CoverSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with the request; 409 where it was answered already."""
        return self.done(request, pk)


class WithdrawCover(_Act):
    """Take one's own request back."""

    def act(self, row: CoverRequest, person: Person) -> None:
        withdraw_cover(request=row, person=person, origin="api", now=clock.now())

    @extend_schema(request=None, responses=CoverSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with the request; 409 where it was answered already."""
        return self.done(request, pk)


def _shown(row: CoverRequest) -> dict[str, Any]:
    fresh = CoverRequest.objects.with_people().get(pk=row.pk)
    answer: dict[str, Any] = CoverSerializer(fresh).data
    return answer
