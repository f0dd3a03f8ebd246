"""Arrivals over the API, and their second chance."""

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.problems import Problem
from apps.core.api.views import ApiView, ReadList
from apps.intake.models import Arrival, ArrivalQuerySet
from apps.intake.serializers import ArrivalSerializer
from apps.intake.services import replay_dead


class ArrivalFilter(django_filters.FilterSet):
    """`state`: waiting, processed or dead."""

    state = django_filters.ChoiceFilter(
        method="in_state", choices=[(name, name) for name in ("waiting", "processed", "dead")]
    )
    connection = django_filters.CharFilter("connection__key")

    class Meta:
        model = Arrival
        fields: list[str] = []

    def in_state(self, rows: ArrivalQuerySet, name: str, value: str) -> ArrivalQuerySet:
        if value == "dead":
            return rows.dead()
        return rows.waiting() if value == "waiting" else rows.exclude(done_at=None)


class Arrivals(ReadList[Arrival]):
    """What arrived, newest first, without bodies."""

    queryset = Arrival.objects.select_related("connection").defer("body")
    serializer_class = ArrivalSerializer
    filterset_class = ArrivalFilter
    ordering = ("-id",)
    ordering_fields = ("id",)


class ReplayArrival(ApiView):
    """Process a dead arrival again."""

    @extend_schema(request=None, responses=ArrivalSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with the arrival, waiting again; 409 when it is not dead."""
        mine = Arrival.objects.visible_to(request.user)  # type: ignore[arg-type]  # signed in
        arrival = get_object_or_404(mine, pk=pk)
        actor = request.user.get_username()
        replayed = replay_dead(ids=[arrival.pk], actor=actor, origin="api", now=clock.now())
        if not replayed:
            raise Problem(409, f"this arrival is {arrival.state}, not dead")
        arrival.refresh_from_db()
        return Response(ArrivalSerializer(arrival).data)
