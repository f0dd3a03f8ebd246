"""The outbox over the API: deliveries, and the replay of a dead one."""

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.problems import Problem
from apps.core.api.views import ApiView, ReadList
from apps.outbox.models import Delivery, DeliveryQuerySet
from apps.outbox.serializers import DeliverySerializer
from apps.outbox.services import replay_dead

STATES = ("waiting", "sent", "left_out", "dead", "held")


class DeliveryFilter(django_filters.FilterSet):
    """`state`: waiting, sent, left_out, dead or held."""

    state = django_filters.ChoiceFilter(method="in_state", choices=[(one, one) for one in STATES])
    connection = django_filters.CharFilter("connection__key")

    class Meta:
        model = Delivery
        fields = ["action", "subject", "subject_key"]

    def in_state(self, rows: DeliveryQuerySet, name: str, value: str) -> DeliveryQuerySet:
        named = {"waiting": rows.waiting, "sent": rows.sent, "left_out": rows.left_out,
                 "dead": rows.dead, "held": rows.held}  # fmt: skip
        return named[value]()


class Deliveries(ReadList[Delivery]):
    """What was promised to other systems, newest first."""

    queryset = Delivery.objects.select_related("connection")
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter
    ordering = ("-id",)
    ordering_fields = ("id", "due_at")


class ReplayDelivery(ApiView):
    """Try a dead delivery again."""

    @extend_schema(request=None, responses=DeliverySerializer)
    def post(self, request: Request, pk: int) -> Response:
        """200 with the delivery, waiting again; 409 when it is not dead."""
        mine = Delivery.objects.visible_to(request.user)  # type: ignore[arg-type]  # signed in
        delivery = get_object_or_404(mine, pk=pk)
        self.check_object_permissions(request, delivery)
        actor = request.user.get_username()
        replayed = replay_dead(ids=[delivery.pk], actor=actor, origin="api", now=clock.now())
        if not replayed:
            raise Problem(409, f"this delivery is {delivery.state}, not dead")
        delivery.refresh_from_db()
        return Response(DeliverySerializer(delivery).data)
