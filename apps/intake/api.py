"""The inbox over the API: messages, logging one as a ticket, arrivals and their replay."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.problems import Problem
from apps.core.api.views import ApiView, KeyedPost, ReadList, ReadOne
from apps.incidents.models import Incident
from apps.incidents.serializers import IncidentSerializer
from apps.intake.choices import Exit
from apps.intake.models import Arrival, ArrivalQuerySet, Message, MessageQuerySet
from apps.intake.serializers import ArrivalSerializer, LogSerializer, MessageSerializer
from apps.intake.services import LogForm, UnableToLog, log_message, replay_dead


class MessageFilter(django_filters.FilterSet):
    """Filters of the inbox."""

    logged = django_filters.BooleanFilter(
        method="by_exit", help_text="false: messages of people without an exit (the inbox)."
    )
    site = django_filters.CharFilter("site__number")
    channel = django_filters.CharFilter("channel__external_id")
    programme = django_filters.CharFilter("programme__key")
    incident = django_filters.NumberFilter("incident__pk")
    search = django_filters.CharFilter("text", "icontains")

    class Meta:
        model = Message
        fields = ["exit", "severity", "phase", "thread_ref"]

    def by_exit(self, rows: MessageQuerySet, name: str, value: bool) -> MessageQuerySet:
        return rows.filter(exit=Exit.LOGGED) if value else rows.inbox()


class Messages(ReadList[Message]):
    """Channel messages, newest first."""

    queryset = Message.objects.with_facts()
    serializer_class = MessageSerializer
    filterset_class = MessageFilter
    ordering = ("-source_at", "-id")
    ordering_fields = ("source_at", "received_at", "id")


class OneMessage(ReadOne[Message]):
    """One channel message."""

    queryset = Message.objects.with_facts()
    serializer_class = MessageSerializer

    def find(self, rows: QuerySet[Any], **kwargs: Any) -> Any:
        return get_object_or_404(rows, pk=kwargs["pk"])


class LogMessage(KeyedPost):
    """Make a ticket of a message: one step, everything proposed may be changed."""

    @extend_schema(
        request=LogSerializer, responses={201: IncidentSerializer, 200: IncidentSerializer}
    )
    def post(self, request: Request, pk: int) -> Response:
        """201 with the new ticket; 200 with the ticket it has when it was logged before."""
        message = get_object_or_404(Message.objects.visible_to(request.user), pk=pk)  # type: ignore[arg-type]  # signed in
        if message.programme_id is not None:  # an unbound channel's is refused below, in words
            self.check_object_permissions(request, message)
        form = LogSerializer(data=request.data, context={"message": message})
        form.is_valid(raise_exception=True)
        try:
            incident, is_new = log_message(
                message_id=message.pk,
                form=LogForm(**form.validated_data),
                actor=request.user.get_username(),
                origin="api",
                now=timezone.now(),
            )
        except UnableToLog as problem:
            raise _refusal(problem) from problem
        shown = Incident.objects.with_facts().get(pk=incident.pk)
        return Response(IncidentSerializer(shown).data, status=201 if is_new else 200)


def _refusal(problem: UnableToLog) -> Problem:
    status = 409 if problem.field == "version" else 400
    return Problem(status, str(problem), errors={problem.field: [str(problem)]})


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
        replayed = replay_dead(ids=[arrival.pk], actor=actor, origin="api", now=timezone.now())
        if not replayed:
            raise Problem(409, f"this arrival is {arrival.state}, not dead")
        arrival.refresh_from_db()
        return Response(ArrivalSerializer(arrival).data)
